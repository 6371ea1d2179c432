// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../base/index.ts';
import { add, permute, WIDTH } from '../../field/index.ts';
import type { ProgramBuilder } from '../builder.ts';
import { bitsOf, entriesMatrix, publicValues, same, type Tensor } from '../linear.ts';
import type { LinearForm, Term } from '../types.ts';
import { permutations } from './poseidon2.ts';

const RATE = 8;
/** Elements of a digest, a secret or a blinding: 248 bits, so collisions cost 2^124. */
export const DIGEST = 8;

/** Adds coefficient * (cell of a tensor) to element `element` of a message. */
export interface MessagePart {
  readonly tensor: Tensor;
  readonly entries: readonly (readonly [element: number, cell: number, coefficient: number])[];
}

/** Cells i of a tensor of one axis as elements first + i. */
export const elements = (tensor: Tensor, first: number): MessagePart => ({
  tensor,
  entries: Array.from({ length: tensor.axes.reduce((n, { size }) => n * size, 1) }, (_, i) => [first + i, i, 1] as const),
});

export interface SpongeGadget {
  /** scale * the digest, as terms of a form over 3 bits (8 cells). */
  digest(scale: number): readonly Term[];
  /** Cells of the gadget's blocks for a message (canonical). */
  fill(message: readonly number[]): readonly { readonly block: number; readonly cells: Uint32Array }[];
}

/**
 * The Poseidon2 sponge (`sponge` of the field room) over a message of fixed length, its elements linear in committed cells, in public
 * values (`publics`: element <- public value) and constants. Nothing but the S-boxes and the states is committed.
 */
export function spongeGadget(
  b: ProgramBuilder,
  name: string,
  tag: number,
  length: number,
  parts: readonly MessagePart[],
  options: {
    readonly publics?: readonly (readonly [element: number, value: number])[];
    readonly constants?: ReadonlyMap<number, number>;
  } = {},
): SpongeGadget {
  invariant(length > 0 && tag > 0, 'spongeGadget: a message and a tag are needed');
  const blocks = Math.ceil(length / RATE);
  const perms = permutations(b, name, blocks);
  const [top] = perms.state.axes;
  const bits = bitsOf(perms.state.axes);
  /** Cell of the states that absorbs element e. */
  const place = (e: number): number => {
    invariant(e >= 0 && e < length, 'spongeGadget: no such element');
    return Math.floor(e / RATE) * WIDTH + (e % RATE);
  };
  // state[p] = output[p - 1] + message[p], and (tag, length) in the first capacity.
  const behind = entriesMatrix(
    top.bits,
    top.bits,
    Array.from({ length: blocks - 1 }, (_, p) => [p + 1, p, 1] as const),
  );
  const whole = (source: Term['source'], inBits: number, entries: readonly (readonly [number, number, number])[]): Term => ({
    source,
    scale: 1,
    factors: [{ outShift: 0, inShift: 0, matrix: entriesMatrix(bits, inBits, entries) }],
  });
  const known = [
    [RATE, 0, tag] as const,
    [RATE + 1, 0, length] as const,
    ...[...(options.constants ?? [])].map(([e, value]) => [place(e), 0, value] as const),
    ...(options.publics ?? []).map(([e, value]) => [place(e), 1 + value, 1] as const),
  ];
  b.zero({
    bits,
    terms: [
      ...same(perms.state, -1).terms,
      ...perms.output(behind, WIDTH, false).terms,
      ...parts.map(({ tensor, entries }) =>
        whole(
          tensor.source,
          bitsOf(tensor.axes),
          entries.map(([e, cell, coefficient]) => [place(e), cell, coefficient] as const),
        ),
      ),
      whole('public', b.publicBits, known),
    ],
  });
  const last = perms.output(entriesMatrix(0, top.bits, [[0, blocks - 1, 1]]), DIGEST, false);
  return {
    digest: (scale) => last.terms.map((term) => ({ ...term, scale: scale < 0 ? scale + 0x7f000001 : scale })),
    fill: (message) => {
      invariant(message.length === length, 'spongeGadget: message of a wrong length');
      const states: number[] = [];
      let current: number[] = [...Array<number>(RATE).fill(0), tag, length, ...Array<number>(WIDTH - RATE - 2).fill(0)];
      for (let p = 0; p < blocks; p++) {
        current = current.map((c, i) => (i < RATE ? add(c, message[p * RATE + i] ?? 0) : c));
        states.push(...current);
        current = permute(current);
      }
      return perms.fill(states);
    },
  };
}

/** The eight public values from `first` are the digest. */
export function publishDigest(b: ProgramBuilder, gadget: SpongeGadget, first: number): void {
  b.zero({ bits: 3, terms: [...gadget.digest(1), ...publicValues(DIGEST, first, b.publicBits, -1).terms] });
}

/** The digest is the eight cells of a committed tensor. */
export function storeDigest(b: ProgramBuilder, gadget: SpongeGadget, into: Tensor): void {
  const form: LinearForm = { bits: 3, terms: [...gadget.digest(1), ...same(into, -1).terms] };
  b.zero(form);
}
