import { describe, expect, it } from 'vitest';
import { rosettePaths } from './rosettePaths.ts';

const hash = '7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069';

describe('rosettePaths', () => {
  it('is a function of the hash alone, and differs with it', () => {
    expect(rosettePaths(hash)).toEqual(rosettePaths(hash));
    expect(rosettePaths(hash)).not.toEqual(rosettePaths(`00${hash.slice(2)}`));
  });
  it('stays in its box', () => {
    const points = rosettePaths(hash).flatMap((path) => [...path.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)]);
    expect(points.length).toBe(240 * 11);
    for (const [, x, y] of points) expect(Math.hypot(Number(x) - 100, Number(y) - 100)).toBeLessThan(98);
  });
  it('draws something for any text', () => {
    expect(rosettePaths('zz')).toHaveLength(3);
  });
});
