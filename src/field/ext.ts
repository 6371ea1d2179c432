// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { add, inv, mul, neg, P, sub } from './koalabear.ts';

/** An element c0 + c1 X + c2 X^2 + c3 X^3 of K = F[X]/(X^4 - 3), |K| = 2^123.955. Every challenge is one. */
export type Ext = readonly [number, number, number, number];

export const ZERO: Ext = [0, 0, 0, 0];
export const ONE: Ext = [1, 0, 0, 0];

/** |K|, for soundness bounds. */
export const EXT_ORDER = BigInt(P) ** 4n;

export const ext = (a: number): Ext => [a, 0, 0, 0];

/** X^j, 0 <= j < 4: the K-value of four consecutive F cells is their sum weighted by these. */
export const basis = (j: number): Ext => [j === 0 ? 1 : 0, j === 1 ? 1 : 0, j === 2 ? 1 : 0, j === 3 ? 1 : 0];

export const extAdd = (a: Ext, b: Ext): Ext => [add(a[0], b[0]), add(a[1], b[1]), add(a[2], b[2]), add(a[3], b[3])];
export const extSub = (a: Ext, b: Ext): Ext => [sub(a[0], b[0]), sub(a[1], b[1]), sub(a[2], b[2]), sub(a[3], b[3])];
export const extNeg = (a: Ext): Ext => [neg(a[0]), neg(a[1]), neg(a[2]), neg(a[3])];
export const extScale = (a: Ext, s: number): Ext => [mul(a[0], s), mul(a[1], s), mul(a[2], s), mul(a[3], s)];
export const extEqual = (a: Ext, b: Ext): boolean => a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
export const extIsZero = (a: Ext): boolean => (a[0] | a[1] | a[2] | a[3]) === 0;

const triple = (a: number): number => {
  const t = 3 * a;
  return t >= 2 * P ? t - 2 * P : t >= P ? t - P : t;
};

export function extMul(a: Ext, b: Ext): Ext {
  const [a0, a1, a2, a3] = a;
  const [b0, b1, b2, b3] = b;
  return [
    add(mul(a0, b0), triple(add(add(mul(a1, b3), mul(a2, b2)), mul(a3, b1)))),
    add(add(mul(a0, b1), mul(a1, b0)), triple(add(mul(a2, b3), mul(a3, b2)))),
    add(add(mul(a0, b2), add(mul(a1, b1), mul(a2, b0))), triple(mul(a3, b3))),
    add(add(mul(a0, b3), mul(a1, b2)), add(mul(a2, b1), mul(a3, b0))),
  ];
}

export const extSum = (...terms: readonly Ext[]): Ext => terms.reduce(extAdd, ZERO);
export const extProduct = (...factors: readonly Ext[]): Ext => factors.reduce(extMul, ONE);

/**
 * 1/a by the tower F < F[Y]/(Y^2 - 3) < K, Y = X^2: a = A + X B, a (A - X B) = A^2 - Y B^2 lies in the middle field.
 * Throws InvariantError for zero.
 */
export function extInv(a: Ext): Ext {
  invariant(!extIsZero(a), 'extInv: zero has no inverse');
  const [a0, a1, a2, a3] = a;
  const n0 = sub(add(mul(a0, a0), triple(mul(a2, a2))), triple(add(mul(a1, a3), mul(a1, a3))));
  const n1 = sub(add(mul(a0, a2), mul(a0, a2)), add(mul(a1, a1), triple(mul(a3, a3))));
  const d = inv(sub(mul(n0, n0), triple(mul(n1, n1))));
  return extMul([a0, neg(a1), a2, neg(a3)], [mul(n0, d), 0, neg(mul(n1, d)), 0]);
}

/** a^e, e a non-negative safe integer. */
export function extPow(a: Ext, e: number): Ext {
  let result = ONE;
  for (let base = a, left = e; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = extMul(result, base);
    base = extMul(base, base);
  }
  return result;
}
