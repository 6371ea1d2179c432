// SPDX-License-Identifier: Apache-2.0

/** Bits of work before the queries in every program of this product (src/program/builder.ts; a test compares the two). */
export const QUERY_WORK = 16;

/**
 * Proven bits as two parts: what holds of itself, and what holds because each try at the queries costs 2^work hashes. A bound with work in it is
 * not one without, so both are said wherever bits are shown. `bits`: 100 or more, rounded down.
 */
export function soundnessSplit(bits: number): { readonly bits: number; readonly bare: number; readonly work: number } {
  const whole = Math.floor(bits);
  return { bits: whole, bare: whole - QUERY_WORK, work: QUERY_WORK };
}

/** The same in words: "100 bits (84 + 16 by work)". */
export function soundnessWords(bits: number): string {
  const { bits: whole, bare, work } = soundnessSplit(bits);
  return `${whole} bits (${bare} + ${work} by work)`;
}
