// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../base/index.ts';
import { add, permute, sponge, WIDTH } from '../../field/index.ts';
import type { ProgramBuilder } from '../builder.ts';
import { bitsOf, entriesMatrix, paddedIndices, publicValues, same, type Tensor, type Virtual } from '../linear.ts';
import type { Range } from '../types.ts';
import { permutations } from './poseidon2.ts';

const RATE = 8;
/** Elements of a digest, a secret or a blinding: 248 bits, so collisions cost 2^124. */
export const DIGEST = 8;

/** How bounded integers are packed: `digits` of them an element, in base max - min + 1, least first. */
export interface Packing {
  readonly base: number;
  readonly digits: number;
  readonly count: number;
}

export function packing({ min, max }: Range, count: number): Packing {
  const base = max - min + 1;
  let digits = 1;
  while (base ** (digits + 1) < 2 ** 30) digits++;
  return { base, digits, count: Math.ceil(count / digits) };
}

/** The packed elements; injective for values in range. */
export function pack(values: ArrayLike<number>, range: Range): number[] {
  const { base, digits, count } = packing(range, values.length);
  return Array.from({ length: count }, (_, e) => {
    let element = 0;
    for (let i = Math.min(values.length - 1, (e + 1) * digits - 1); i >= e * digits; i--)
      element = element * base + (values[i] - range.min);
    return element;
  });
}

/** What `commitTensor` proves, computed in the clear: Poseidon2 sponge over (blinding, packed values). */
export const commitmentOf = (tag: number, blinding: readonly number[], values: ArrayLike<number>, range: Range): number[] =>
  sponge(tag, [...blinding, ...pack(values, range)]);

export interface Commitment {
  /** Blinding (8 uniform elements) and the values' true cells, row-major, signed; the blocks that the gadget added. */
  fill(blinding: readonly number[], values: ArrayLike<number>): readonly { readonly block: number; readonly cells: Uint32Array }[];
}

/**
 * Proves that the public values [first, first + 8) are a hiding commitment to x, every true cell of it range-checked elsewhere to lie
 * in `range`. Binding needs the range (packing is injective on it), hiding needs a uniform blinding drawn for this commitment.
 */
export function commitTensor(b: ProgramBuilder, name: string, x: Tensor, range: Range, tag: number, first: number): Commitment {
  const cells = paddedIndices(x.axes);
  const { base, digits, count } = packing(range, cells.length);
  const length = DIGEST + count;
  const blocks = Math.ceil(length / RATE);
  const blinding = b.block(`${name} blinding`, [DIGEST]);
  const perms = permutations(b, name, blocks);
  const [top] = perms.state.axes;
  const bits = bitsOf(perms.state.axes);
  /** Cell of the state that absorbs element e. */
  const place = (e: number): number => Math.floor(e / RATE) * WIDTH + (e % RATE);

  // state[p] = output[p - 1] + message[p] + (tag, length) in the first capacity.
  const behind = entriesMatrix(
    top.bits,
    top.bits,
    Array.from({ length: blocks - 1 }, (_, p) => [p + 1, p, 1] as const),
  );
  const chained = perms.output(behind, WIDTH, false);
  const blinded = entriesMatrix(
    bits,
    3,
    Array.from({ length: DIGEST }, (_, e) => [place(e), e, 1] as const),
  );
  const packed = entriesMatrix(
    bits,
    bitsOf(x.axes),
    Array.from(cells, (cell, i) => [place(DIGEST + Math.floor(i / digits)), cell, base ** (i % digits)] as const),
  );
  const constants = new Map([
    [RATE, tag],
    [RATE + 1, length],
  ]);
  cells.forEach((_, i) => {
    const at = place(DIGEST + Math.floor(i / digits));
    constants.set(at, (constants.get(at) ?? 0) - range.min * base ** (i % digits));
  });
  const constant = entriesMatrix(
    bits,
    b.publicBits,
    [...constants].map(([at, value]) => [at, 0, value] as const),
  );
  const single = (source: Tensor['source'], matrix: typeof packed): Virtual => ({
    axes: perms.state.axes,
    terms: [{ source, scale: 1, factors: [{ outShift: 0, inShift: 0, matrix }] }],
  });
  const right = [single(blinding.source, blinded), single(x.source, packed), single('public', constant)];
  const state = { axes: perms.state.axes, terms: same(perms.state, -1).terms };
  b.zero({ bits, terms: [...state.terms, ...chained.terms, ...right.flatMap(({ terms }) => terms)] });

  const last = entriesMatrix(0, top.bits, [[0, blocks - 1, 1]]);
  const digest = perms.output(last, DIGEST, false);
  b.zero({ bits: 3, terms: [...digest.terms, ...publicValues(DIGEST, first, b.publicBits, -1).terms] });

  return {
    fill: (blind, values) => {
      invariant(blind.length === DIGEST, 'commitTensor: blinding of a wrong length');
      const message = [...blind, ...pack(values, range)];
      const states: number[] = [];
      let current: number[] = [...Array<number>(RATE).fill(0), tag, message.length, ...Array<number>(WIDTH - RATE - 2).fill(0)];
      for (let p = 0; p < blocks; p++) {
        current = current.map((c, i) => (i < RATE ? add(c, message[p * RATE + i] ?? 0) : c));
        states.push(...current);
        current = permute(current);
      }
      return [{ block: blinding.source as number, cells: Uint32Array.from(blind) }, ...perms.fill(states)];
    },
  };
}
