import { describe, expect, it } from 'vitest';
import { rosettePaths } from './rosettePaths.ts';

const hash = '7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069';

describe('rosettePaths', () => {
  it('is a function of the hash alone, and differs with it', () => {
    expect(rosettePaths(hash)).toEqual(rosettePaths(hash));
    expect(rosettePaths(hash)).not.toEqual(rosettePaths(`00${hash.slice(2)}`));
  });
  it('stays in its box and closes', () => {
    for (const path of rosettePaths(hash)) {
      const points = [...path.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map((m) => [Number(m[1]), Number(m[2])] as const);
      expect(points.length).toBe(721);
      for (const [x, y] of points) expect(Math.hypot(x - 100, y - 100)).toBeLessThan(97);
      const [first, last] = [points[0], points.at(-1)];
      expect(last?.[0]).toBeCloseTo(first?.[0] ?? Number.NaN, 0);
      expect(last?.[1]).toBeCloseTo(first?.[1] ?? Number.NaN, 0);
    }
  });
  it('draws something for any text', () => {
    expect(rosettePaths('zz')).toHaveLength(4);
  });
});
