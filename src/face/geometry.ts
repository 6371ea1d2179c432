// SPDX-License-Identifier: Apache-2.0
//
// Only + - * / and sqrt, each in double precision and in the order written: IEEE 754 gives the same bits for them in every
// engine, which it does not for sin, atan2, hypot or powers. So whoever has the same points has the same transform.

/** x' = a·x - b·y + c, y' = b·x + a·y + d: scaling, turning and shifting. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}
export type Point = readonly [number, number];

export const apply = ({ a, b, c, d }: Similarity, [x, y]: Point): Point => [a * x - b * y + c, b * x + a * y + d];

/** First `inner`, then `outer`. */
export const compose = (outer: Similarity, inner: Similarity): Similarity => ({
  a: outer.a * inner.a - outer.b * inner.b,
  b: outer.b * inner.a + outer.a * inner.b,
  c: outer.a * inner.c - outer.b * inner.d + outer.c,
  d: outer.b * inner.c + outer.a * inner.d + outer.d,
});

/** Not for a similarity that takes everything to one point (a = b = 0): gives no finite numbers then. */
export function invert({ a, b, c, d }: Similarity): Similarity {
  const square = a * a + b * b;
  const [p, q] = [a / square, -b / square];
  return { a: p, b: q, c: -(p * c - q * d), d: -(q * c + p * d) };
}

/** The vector from one point to another. */
export const between = ([ax, ay]: Point, [bx, by]: Point): Point => [bx - ax, by - ay];

export const midpoint = ([ax, ay]: Point, [bx, by]: Point): Point => [(ax + bx) / 2, (ay + by) / 2];

export const length = ([x, y]: Point): number => Math.sqrt(x * x + y * y);

export const distance = (from: Point, to: Point): number => length(between(from, to));

/**
 * The least-squares similarity that takes `from` to `to` (Umeyama 1991 without reflection; five pairs in use, two at least).
 * Undefined when all of `from` lie on one point or a number is not finite.
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity | undefined {
  let [fx, fy, tx, ty] = [0, 0, 0, 0];
  for (const [x, y] of from) [fx, fy] = [fx + x, fy + y];
  for (const [x, y] of to) [tx, ty] = [tx + x, ty + y];
  [fx, fy, tx, ty] = [fx / from.length, fy / from.length, tx / to.length, ty / to.length];
  let [dot, cross, power] = [0, 0, 0];
  from.forEach(([x, y], i) => {
    const [u, v] = to[i] as Point;
    dot += (x - fx) * (u - tx) + (y - fy) * (v - ty);
    cross += (x - fx) * (v - ty) - (y - fy) * (u - tx);
    power += (x - fx) * (x - fx) + (y - fy) * (y - fy);
  });
  const [a, b] = [dot / power, cross / power];
  const fit = { a, b, c: tx - a * fx + b * fy, d: ty - b * fx - a * fy };
  return a * a + b * b > 0 && Number.isFinite(fit.a + fit.b + fit.c + fit.d) ? fit : undefined;
}
