import { expect, it } from 'vitest';
import { transparentStages } from '../../src/client/transparent/types.ts';
import { estimateMs, stageEnds } from './estimate.ts';

it('the stages follow each other from nothing to the whole', () => {
  const ends = transparentStages.map((stage) => stageEnds[stage]);
  expect([ends[0]?.[0], ends.at(-1)?.[1]]).toEqual([0, 1]);
  for (const [i, [from, to]] of ends.entries()) {
    expect(to).toBeGreaterThan(from);
    expect(from).toBe(i === 0 ? 0 : ends[i - 1]?.[1]);
  }
});

it('the time grows with lookups and products, and a second thread shortens it', () => {
  const space = (bits: number) => ({ bits, used: 2 ** bits, offsets: [] });
  const plan = (lookups: number, products?: number) => ({
    lookupSpace: space(lookups),
    tableSpace: space(12),
    zeroSpace: products === undefined ? undefined : space(products),
  });
  expect(estimateMs(plan(21), 1)).toBeGreaterThan(1.7 * estimateMs(plan(20), 1));
  expect(estimateMs(plan(16, 17), 1)).toBeGreaterThan(2 * estimateMs(plan(16, 14), 1));
  expect(estimateMs(plan(21), 2)).toBeLessThan(estimateMs(plan(21), 1));
  expect(estimateMs({ lookupSpace: undefined, tableSpace: undefined, zeroSpace: undefined }, 1)).toBeGreaterThan(0);
});
