// SPDX-License-Identifier: Apache-2.0
import { add, inv, mul, neg, P, pow } from './koalabear.ts';

/**
 * Poseidon2 (eprint 2023/323) over KoalaBear: width 16, S-box x^3, 8 full and 20 partial rounds, the parameters that Plonky3
 * publishes. The constants come out of the Grain LFSR of the Poseidon paper (appendix E), so nobody chose them; the published
 * vector is a test.
 */
export const WIDTH = 16;
export const FULL_ROUNDS = 8;
export const PARTIAL_ROUNDS = 20;
export const HASH_ID = 'poseidon2-koalabear-16/v1';

/** Grain LFSR in self-shrinking mode, yielding 31-bit numbers below p (rejected otherwise). */
function* grain(): Generator<number, never> {
  const bits: number[] = [];
  const push = (value: number, width: number): void => {
    for (let i = width - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  push(1, 2); // prime field
  push(0, 4); // S-box x^alpha
  push(31, 12);
  push(WIDTH, 12);
  push(FULL_ROUNDS, 10);
  push(PARTIAL_ROUNDS, 10);
  push(0x3fffffff, 30);
  const step = (): number => {
    const bit = bits[62] ^ bits[51] ^ bits[38] ^ bits[23] ^ bits[13] ^ bits[0];
    bits.shift();
    bits.push(bit);
    return bit;
  };
  for (let i = 0; i < 160; i++) step();
  const next = (): number => {
    while (step() === 0) step();
    return step();
  };
  for (;;) {
    let value = 0;
    for (let i = 0; i < 31; i++) value = value * 2 + next();
    if (value < P) yield value;
  }
}

function constants(): { readonly initial: number[][]; readonly partial: number[]; readonly final: number[][] } {
  const source = grain();
  const take = (count: number): number[] => Array.from({ length: count }, () => source.next().value);
  const rounds = (count: number): number[][] => Array.from({ length: count }, () => take(WIDTH));
  const initial = rounds(FULL_ROUNDS / 2);
  const partial = take(PARTIAL_ROUNDS);
  return { initial, partial, final: rounds(FULL_ROUNDS / 2) };
}

export const ROUND_CONSTANTS = constants();

const half = inv(2);
/** The internal layer is J + diag(V): small numbers and inverse powers of two. */
export const INTERNAL_DIAGONAL: readonly number[] = [
  neg(2),
  1,
  2,
  half,
  3,
  4,
  neg(half),
  neg(3),
  neg(4),
  pow(half, 8),
  pow(half, 3),
  pow(half, 24),
  neg(pow(half, 8)),
  neg(pow(half, 3)),
  neg(pow(half, 4)),
  neg(pow(half, 24)),
];

/** The 4 x 4 MDS block circ(2, 3, 1, 1) of the external layer. */
const BLOCK = [
  [2, 3, 1, 1],
  [1, 2, 3, 1],
  [1, 1, 2, 3],
  [3, 1, 1, 2],
];

/** The external layer: M4 on each quarter, then each quarter plus the sum of all quarters. */
export function externalLayer(state: readonly number[]): number[] {
  const mixed = state.map((_, i) => BLOCK[i % 4].reduce((sum, c, j) => add(sum, mul(c, state[i - (i % 4) + j])), 0));
  const sums = [0, 1, 2, 3].map((j) => add(add(mixed[j], mixed[4 + j]), add(mixed[8 + j], mixed[12 + j])));
  return mixed.map((x, i) => add(x, sums[i % 4]));
}

export function internalLayer(state: readonly number[]): number[] {
  const sum = state.reduce(add, 0);
  return state.map((x, i) => add(sum, mul(INTERNAL_DIAGONAL[i], x)));
}

export const cube = (x: number): number => mul(x, mul(x, x));

/** x mod p of a sum of canonical elements, below 2^40: the quotient fits 32 bits and is off by one at most. */
function reduce(x: number): number {
  const rest = x - ((x / P) | 0) * P;
  return rest < 0 ? rest + P : rest >= P ? rest - P : rest;
}

/** {@link externalLayer} in place: no products, and one reduction an element. */
function mixAll(s: number[]): void {
  for (let i = 0; i < WIDTH; i += 4) {
    const [a, b, c, d] = [s[i], s[i + 1], s[i + 2], s[i + 3]];
    const all = a + b + c + d;
    s[i] = all + a + 2 * b;
    s[i + 1] = all + b + 2 * c;
    s[i + 2] = all + c + 2 * d;
    s[i + 3] = all + d + 2 * a;
  }
  for (let j = 0; j < 4; j++) {
    const column = s[j] + s[4 + j] + s[8 + j] + s[12 + j];
    for (let i = j; i < WIDTH; i += 4) s[i] = reduce(s[i] + column);
  }
}

/**
 * The permutation of F^16: full rounds of constants, cubes and {@link externalLayer}, partial ones of the first element's cube and
 * {@link internalLayer}. In place, since trees of registries are hashed with it where no module is loaded; a test holds it
 * against the layers.
 */
export function permute(input: readonly number[]): number[] {
  const state = [...input];
  const full = (round: readonly number[]): void => {
    for (let i = 0; i < WIDTH; i++) state[i] = cube(add(state[i], round[i]));
    mixAll(state);
  };
  mixAll(state);
  for (const round of ROUND_CONSTANTS.initial) full(round);
  for (const constant of ROUND_CONSTANTS.partial) {
    state[0] = cube(add(state[0], constant));
    let sum = 0;
    for (let i = 0; i < WIDTH; i++) sum += state[i];
    for (let i = 0; i < WIDTH; i++) state[i] = reduce(sum + mul(INTERNAL_DIAGONAL[i], state[i]));
  }
  for (const round of ROUND_CONSTANTS.final) full(round);
  return state;
}

/** Tree node: the first half of P(x) + x. Without the feed-forward the permutation could be run backwards into collisions. */
export function compress(left: readonly number[], right: readonly number[]): number[] {
  const input = [...left, ...right];
  return permute(input)
    .slice(0, 8)
    .map((x, i) => add(x, input[i]));
}

/** Sponge, rate 8, over `values` of any length: `tag` and the length sit in the capacity, so no padding is ambiguous. Digest: 8 elements. */
export function sponge(tag: number, values: readonly number[]): number[] {
  let state = [...Array<number>(8).fill(0), tag, values.length, 0, 0, 0, 0, 0, 0];
  for (let at = 0; at < values.length || at === 0; at += 8) {
    for (let i = 0; i < 8; i++) state[i] = add(state[i], values[at + i] ?? 0);
    state = permute(state);
  }
  return state.slice(0, 8);
}
