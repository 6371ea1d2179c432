// SPDX-License-Identifier: Apache-2.0
import type { Fp2 } from '@noble/curves/abstract/tower.js';
import type { WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js';
import { bn254 } from '@noble/curves/bn254.js';

/** BN254 (EIP-196, EIP-197). G1: y² = x³ + 3 over Fp, of prime order r. G2: y² = x³ + 3/(9 + u) over Fp² = Fp[u]/(u² + 1), order h·r. */
export type G1 = WeierstrassPoint<bigint>;
export type G2 = WeierstrassPoint<Fp2>;

export const G1 = bn254.G1.Point;
export const G2 = bn254.G2.Point;
export const { Fp12 } = bn254.fields;

/** Order of the base field, in which coordinates live. */
export const BASE_ORDER: bigint = bn254.fields.Fp.ORDER;

/** Why coordinates are not a group element: they spell infinity, miss the curve, or lie on it outside the subgroup of order r. */
export type BadPoint = 'infinity' | 'off-curve' | 'wrong-subgroup';

/** The affine point (x, y) of G1, other than infinity. Coordinates are below {@link BASE_ORDER}. */
export function readG1(x: bigint, y: bigint): G1 | BadPoint {
  if (x === 0n && y === 0n) return 'infinity';
  return validated(() => G1.fromAffine({ x, y }));
}

/** The affine point (x, y) of G2, other than infinity; each coordinate is (c0, c1), that is c0 + c1·u, both below {@link BASE_ORDER}. */
export function readG2(x: readonly [bigint, bigint], y: readonly [bigint, bigint]): G2 | BadPoint {
  if (x[0] === 0n && x[1] === 0n && y[0] === 0n && y[1] === 0n) return 'infinity';
  return validated(() => G2.fromAffine({ x: { c0: x[0], c1: x[1] }, y: { c0: y[0], c1: y[1] } }));
}

/**
 * noble's assertValidity checks the curve equation, then membership in the subgroup: by h = 1 for G1; for G2 by ψ(P) = [6x²]P with ψ the
 * untwisted Frobenius. That test is exact: 6x² = t - 1, and ψ² - tψ + p = 0 on the curve, so ψ(P) = [t - 1]P gives [p + 1 - t]P = [r]P = 0;
 * and r does not divide h, so the points of order r are exactly G2. It reports by throwing, which is caught and told apart here.
 */
function validated<P extends G1 | G2>(make: () => P): P | BadPoint {
  let point: P;
  try {
    point = make();
  } catch {
    return 'off-curve'; // y = 0: a point of order 2, and both curves have odd order
  }
  try {
    point.assertValidity();
    return point;
  } catch (error) {
    return error instanceof Error && error.message.includes('subgroup') ? 'wrong-subgroup' : 'off-curve';
  }
}
