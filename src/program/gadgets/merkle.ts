// SPDX-License-Identifier: Apache-2.0
import { add, compress, mul, sub, WIDTH } from '../../field/index.ts';
import type { ProgramBuilder } from '../builder.ts';
import { bitsOf, entriesMatrix, identityMatrix, publicValues, type Tensor, whole } from '../linear.ts';
import type { Factor, LinearForm, Matrix, Term } from '../types.ts';
import { permutations } from './poseidon2.ts';
import { DIGEST } from './sponge.ts';

export interface MerklePath {
  /** The leaf, its siblings from the bottom up, and the bits of its position, lowest first (1: the path comes from the right). */
  fill(
    leaf: readonly number[],
    siblings: readonly (readonly number[])[],
    bits: readonly number[],
  ): readonly { readonly block: number; readonly cells: Uint32Array }[];
  /** The root of such a path. */
  root(leaf: readonly number[], siblings: readonly (readonly number[])[], bits: readonly number[]): number[];
}

/**
 * Proves that `leaf` (8 cells) lies under the root in the public values [first, first + 8), at a private position, in a tree of
 * fixed depth of Poseidon2 compressions. Bits are boolean; with m = bit (sibling - node), left = node + m and right =
 * sibling - m.
 */
export function merklePath(b: ProgramBuilder, name: string, leaf: Tensor, depth: number, first: number): MerklePath {
  const siblings = b.block(`${name} siblings`, [depth, DIGEST]);
  const bits = b.block(`${name} bits`, [depth]);
  const moved = b.block(`${name} moved`, [depth, DIGEST]);
  const perms = permutations(b, name, depth);
  const [levels] = siblings.axes;
  const level = identityMatrix(levels);
  const eight: Matrix = identityMatrix({ size: DIGEST, bits: 3 });
  const behind = entriesMatrix(
    levels.bits,
    levels.bits,
    Array.from({ length: depth - 1 }, (_, d) => [d + 1, d, 1] as const),
  );
  const factor = (outShift: number, inShift: number, matrix: Matrix): Factor => ({ outShift, inShift, matrix });
  const term = (source: Tensor['source'], scale: number, ...factors: Factor[]): Term => ({
    source,
    scale: scale < 0 ? scale + 0x7f000001 : scale,
    factors,
  });
  /** (levels, 8): the node that enters each level: the leaf, then the digest of the level below. */
  const node = (scale: number): Term[] => [
    ...perms.output(behind, DIGEST, true).terms.map((t) => ({ ...t, scale: scale < 0 ? sub(0, t.scale) : t.scale })),
    term(leaf.source, scale, factor(0, 0, eight), factor(3, 0, entriesMatrix(levels.bits, 0, [[0, 0, 1]]))),
  ];
  const of = (tensor: Tensor, scale: number): Term => term(tensor.source, scale, factor(3, 3, level), factor(0, 0, eight));
  const onAllEight = entriesMatrix(
    3,
    0,
    Array.from({ length: DIGEST }, (_, i) => [i, 0, 1] as const),
  );
  const bitForm: LinearForm = { bits: levels.bits + 3, terms: [term(bits.source, 1, factor(3, 0, level), factor(0, 0, onAllEight))] };
  b.product(whole(bits), whole(bits), whole(bits));
  b.product(bitForm, { bits: levels.bits + 3, terms: [of(siblings, 1), ...node(-1)] }, whole(moved));

  // state = (node + moved, sibling - moved).
  const lift = (t: Term, half: number): Term => ({
    ...t,
    factors: [
      ...t.factors.map((f) => (f.outShift >= 3 && f.matrix.outBits > 0 ? { ...f, outShift: f.outShift + 1 } : f)),
      factor(3, 0, entriesMatrix(1, 0, [[half, 0, 1]])),
    ],
  });
  const left = [...node(1), of(moved, 1)].map((t) => lift(t, 0));
  const right = [of(siblings, 1), of(moved, -1)].map((t) => lift(t, 1));
  const state = term(perms.state.source, -1, factor(4, 4, level), factor(0, 0, identityMatrix({ size: WIDTH, bits: 4 })));
  b.zero({ bits: bitsOf(perms.state.axes), terms: [state, ...left, ...right] });
  const top = perms.output(entriesMatrix(0, levels.bits, [[0, depth - 1, 1]]), DIGEST, true);
  b.zero({ bits: 3, terms: [...top.terms, ...publicValues(DIGEST, first, b.publicBits, -1).terms] });

  const walk = (from: readonly number[], path: readonly (readonly number[])[], turns: readonly number[]) => {
    let current = [...from];
    const states: number[] = [];
    const moves: number[] = [];
    path.forEach((sibling, d) => {
      const m = sibling.map((s, i) => mul(turns[d], sub(s, current[i])));
      const [l, r] = [current.map((c, i) => add(c, m[i])), sibling.map((s, i) => sub(s, m[i]))];
      states.push(...l, ...r);
      moves.push(...m);
      current = compress(l, r);
    });
    return { states, moves, root: current };
  };
  const filled = (tensor: Tensor, values: readonly number[]) => {
    const cells = new Uint32Array(2 ** bitsOf(tensor.axes));
    cells.set(values);
    return { block: tensor.source as number, cells };
  };
  return {
    fill: (from, path, turns) => {
      const { states, moves } = walk(from, path, turns);
      return [filled(siblings, path.flat()), filled(bits, turns), filled(moved, moves), ...perms.fill(states)];
    },
    root: (from, path, turns) => walk(from, path, turns).root,
  };
}
