// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../base/index.ts';
import { sponge } from '../../field/index.ts';
import type { ProgramBuilder } from '../builder.ts';
import { paddedIndices, type Tensor } from '../linear.ts';
import type { Range } from '../types.ts';
import { DIGEST, elements, type MessagePart, publishDigest, spongeGadget } from './sponge.ts';

/** How bounded integers are packed: `digits` of them an element, in base max - min + 1, least first. */
export interface Packing {
  readonly base: number;
  readonly digits: number;
  readonly count: number;
}

export function packing({ min, max }: Range, count: number): Packing {
  const base = max - min + 1;
  invariant(base >= 2 && base < 2 ** 30, 'packing: a range that does not pack');
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

/** The true cells of x, packed, as elements from `first`; with the constants that the offsets amount to. */
export function packedPart(
  x: Tensor,
  range: Range,
  first: number,
): { readonly part: MessagePart; readonly constants: ReadonlyMap<number, number>; readonly count: number } {
  const cells = paddedIndices(x.axes);
  const { base, digits, count } = packing(range, cells.length);
  const constants = new Map<number, number>();
  const entries = Array.from(cells, (cell, i) => {
    const e = first + Math.floor(i / digits);
    const weight = base ** (i % digits);
    constants.set(e, (constants.get(e) ?? 0) - range.min * weight);
    return [e, cell, weight] as const;
  });
  return { part: { tensor: x, entries }, constants, count };
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
  const blinding = b.block(`${name} blinding`, [DIGEST]);
  const { part, constants, count } = packedPart(x, range, DIGEST);
  const gadget = spongeGadget(b, name, tag, DIGEST + count, [elements(blinding, 0), part], { constants });
  publishDigest(b, gadget, first);
  return {
    fill: (blind, values) => {
      invariant(blind.length === DIGEST, 'commitTensor: blinding of a wrong length');
      return [{ block: blinding.source as number, cells: Uint32Array.from(blind) }, ...gadget.fill([...blind, ...pack(values, range)])];
    },
  };
}
