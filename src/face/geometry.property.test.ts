// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CANONICAL, frameTransform, TEMPLATE, templateIn } from './frame.ts';
import { apply, compose, fitSimilarity, invert, type Point, type Similarity } from './geometry.ts';

const number = fc.double({ min: -500, max: 500, noNaN: true });
const similarity: fc.Arbitrary<Similarity> = fc
  .record({ a: number, b: number, c: number, d: number })
  .filter(({ a, b }) => a * a + b * b > 1e-3);
const near = ([ax, ay]: Point, [bx, by]: Point): boolean =>
  Math.abs(ax - bx) + Math.abs(ay - by) < 1e-6 * (1 + Math.abs(ax) + Math.abs(ay));

describe('similarities', () => {
  it('are found from five points they moved, whatever they are', () => {
    fc.assert(
      fc.property(similarity, (s) => {
        const fit = fitSimilarity(
          TEMPLATE,
          TEMPLATE.map((point) => apply(s, point)),
        );
        expect(fit).toBeDefined();
        for (const point of TEMPLATE) expect(near(apply(s, point), apply(fit as Similarity, point))).toBe(true);
      }),
    );
  });
  it('undo and follow one another', () => {
    fc.assert(
      fc.property(similarity, similarity, number, number, (s, t, x, y) => {
        expect(near(apply(invert(s), apply(s, [x, y])), [x, y])).toBe(true);
        expect(near(apply(compose(s, t), [x, y]), apply(s, apply(t, [x, y])))).toBe(true);
      }),
    );
  });
  it('are not found where there is no face: all points in one place, or numbers that are none', () => {
    expect(frameTransform(Array<Point>(5).fill([10, 10]), CANONICAL)).toBeUndefined();
    expect(frameTransform([[Number.NaN, 0], ...TEMPLATE.slice(1)], CANONICAL)).toBeUndefined();
    expect(frameTransform([[Number.POSITIVE_INFINITY, 0], ...TEMPLATE.slice(1)], CANONICAL)).toBeUndefined();
  });
  it('lay the template where the frame has it', () => {
    const wider = { size: 192, scale: 1.5, offset: 12 };
    const [eye] = templateIn(wider);
    expect(eye).toEqual([1.5 * 38.2946 + 12, 1.5 * 51.6963 + 12]);
  });
});
