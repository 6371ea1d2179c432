import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auc, deviation, logit, median, sigmoid } from './metrics.ts';
import { prettyJson } from './pretty.ts';
import { seeded } from './random.ts';

describe('auc', () => {
  it('is the share of good-bad pairs in the right order, ties half, by counting every pair', () => {
    const scored = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(scored, (items) => {
        const goods = items.filter(([, good]) => good);
        const bads = items.filter(([, good]) => !good);
        fc.pre(goods.length > 0 && bads.length > 0);
        const won = goods.flatMap(([a]) => bads.map(([b]) => (a > b ? 1 : a === b ? 0.5 : 0))).reduce((sum: number, v) => sum + v, 0);
        const found = auc(
          items.map(([score]) => score),
          items.map(([, good]) => good),
        );
        expect(found).toBeCloseTo(won / (goods.length * bads.length), 12);
      }),
    );
  });
});

describe('small statistics', () => {
  it('are the textbook ones', () => {
    expect(deviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
    expect(sigmoid(logit(0.7))).toBeCloseTo(0.7, 12);
  });
});

describe('seeded', () => {
  it('repeats itself, and its normals have mean 0 and deviation 1', () => {
    const draw = (seed: number) => Array.from({ length: 5000 }, seeded(seed).normal);
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    expect(Math.abs(draw(3).reduce((sum, v) => sum + v, 0) / 5000)).toBeLessThan(0.05);
    expect(deviation(draw(3))).toBeCloseTo(1, 1);
    expect(seeded(1).shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('prettyJson', () => {
  it('says the same as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(prettyJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
