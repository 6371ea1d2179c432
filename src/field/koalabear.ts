// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';

/** The KoalaBear prime 2^31 - 2^24 + 1; p - 1 = 127 * 2^24. Elements are canonical residues in [0, p), as plain numbers. */
export const P = 0x7f000001;
export const TWO_ADICITY = 24;
const INVERSE_OF_P = 1 / P;

export const add = (a: number, b: number): number => {
  const sum = a + b;
  return sum >= P ? sum - P : sum;
};

export const sub = (a: number, b: number): number => (a >= b ? a - b : a - b + P);

export const neg = (a: number): number => (a === 0 ? 0 : P - a);

/**
 * a * b mod p for canonical a, b. The quotient is found in floating point: its error is below 2^-19, so truncation is off by one
 * at most, and then the remainder lies within 2^12 of 0 or of p; both still fit a signed 32-bit word.
 */
export function mul(a: number, b: number): number {
  const quotient = (a * b * INVERSE_OF_P) | 0;
  const rest = (Math.imul(a, b) - Math.imul(quotient, P)) | 0;
  return rest < 0 ? rest + P : rest >= P ? rest - P : rest;
}

/** a^e for e a non-negative safe integer; 0^0 = 1. */
export function pow(a: number, e: number): number {
  let result = 1;
  for (let base = a, left = e; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = mul(result, base);
    base = mul(base, base);
  }
  return result;
}

/** 1/a; a must not be zero (InvariantError). */
export function inv(a: number): number {
  invariant(a !== 0, 'inv: zero has no inverse');
  return pow(a, P - 2);
}

/** A signed integer as a residue. The map is injective for |x| <= (p - 1) / 2, which the caller guarantees. */
export const fromSigned = (x: number): number => (x < 0 ? x + P : x);

/** The representative of least magnitude, in [-(p-1)/2, (p-1)/2]. */
export const toSigned = (a: number): number => (a > (P - 1) / 2 ? a - P : a);

export const isCanonical = (a: number): boolean => Number.isInteger(a) && a >= 0 && a < P;

/** A generator of F*, so that powers of it have every order that divides p - 1. */
export const GENERATOR = 3;

/** The primitive 2^logSize-th root of unity 3^((p-1)/2^logSize); logSize <= 24. */
export function rootOfUnity(logSize: number): number {
  invariant(logSize >= 0 && logSize <= TWO_ADICITY, 'rootOfUnity: beyond the two-adicity');
  return pow(GENERATOR, (P - 1) / 2 ** logSize);
}
