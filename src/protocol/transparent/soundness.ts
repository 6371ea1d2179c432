// SPDX-License-Identifier: Apache-2.0
import { EXT_ORDER } from '../../field/index.ts';

/** No verifier accepts a program whose parameters prove less. */
export const SOUNDNESS_FLOOR = 100;

/** Everything the error bound depends on. */
export interface SoundnessInput {
  /** Cells of the lookup tree and of the table tree; 0 without lookups. */
  readonly lookups: number;
  readonly tableRows: number;
  /** Variables of each layer's sumcheck, both trees. */
  readonly layers: readonly number[];
  readonly zeroCheckBits: number;
  readonly equalityBits: number;
  /** Variables of the inner product. */
  readonly innerBits: number;
  /** Linear equations that are combined. */
  readonly equations: number;
  readonly rowBits: number;
  /** Code length, message length with its random coefficients, queries. */
  readonly points: number;
  readonly coefficients: number;
  readonly queries: number;
  readonly grinding: { readonly lookup: number; readonly query: number };
}

/** An exact non-negative fraction. */
interface Fraction {
  readonly num: bigint;
  readonly den: bigint;
}

/** Entries of a table row in the fingerprint, the row's outputs included. */
const FINGERPRINT_WIDTH = 3;

/**
 * The probability that a false statement is accepted, summed over the rounds, each an exact fraction: no floating point decides
 * anything, so that every engine computes the same parameters. Unique decoding only: proximity up to (n - k) / 2 errors,
 * union over 2 log2(m) + 2 combinations (BCIKS 2020/654 section 6, Diamond-Gruen 2024/1351); logarithmic derivatives
 * 2022/1530; sumcheck by Schwartz-Zippel on each round.
 */
export function soundnessError(input: SoundnessInput): { readonly parts: Readonly<Record<string, Fraction>>; readonly total: Fraction } {
  const {
    lookups,
    tableRows,
    layers,
    zeroCheckBits,
    equalityBits,
    innerBits,
    equations,
    rowBits,
    points,
    coefficients,
    queries,
    grinding,
  } = input;
  const errors = Math.floor((points - coefficients) / 2);
  let num = 1n;
  let den = 2n ** BigInt(grinding.query);
  for (let i = 0; i < queries; i++) {
    num *= BigInt(Math.max(0, points - errors - 1 - i));
    den *= BigInt(points - i);
  }
  const fingerprints = lookups === 0 ? 0 : lookups + tableRows - 1 + FINGERPRINT_WIDTH * tableRows;
  const algebra = layers.reduce((sum, bits) => sum + 3 * bits + 2, 0) + 4 * zeroCheckBits + equalityBits + 2 * innerBits + equations + 6;
  const parts = {
    lookup: { num: BigInt(fingerprints), den: EXT_ORDER * 2n ** BigInt(grinding.lookup) },
    algebra: { num: BigInt(algebra), den: EXT_ORDER },
    proximity: { num: BigInt((2 * rowBits + 2) * points), den: EXT_ORDER },
    query: { num, den },
  };
  const total = Object.values(parts).reduce((a, b) => ({ num: a.num * b.den + b.num * a.den, den: a.den * b.den }), { num: 0n, den: 1n });
  return { parts, total };
}

/** Whether the error is at most 2^-bits. */
export const atMost = ({ num, den }: Fraction, bits: number): boolean => num * 2n ** BigInt(bits) <= den;

/** -log2 of a fraction, rounded down to hundredths: for people, never for a decision. */
export function bitsOfSecurity({ num, den }: Fraction): number {
  if (num === 0n) return Number.POSITIVE_INFINITY;
  const scale = 2n ** 200n;
  const ratio = (den * scale) / num;
  const length = ratio.toString(2).length;
  const mantissa = Number(ratio >> BigInt(length - 53)) / 2 ** 52;
  return Math.floor((length - 1 + Math.log2(mantissa) - 200) * 100) / 100;
}
