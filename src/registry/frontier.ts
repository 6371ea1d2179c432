// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { compress } from '../field/index.ts';
import { type Digest, ELEMENTS } from './digest.ts';
import { DEPTH, EMPTY, isEmptyLeaf, MAX_LEAVES } from './tree.ts';

/**
 * All that appending needs to know of a tree: its size, and for every set bit of it the root of the full subtree that bit stands
 * for, lowest first. At most 32 digests, whatever the size; plain data, so that a server keeps it in a row of its database.
 */
export interface Frontier {
  readonly size: number;
  readonly peaks: readonly Digest[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, peaks: [] };

/** Bits of a size, lowest first: which levels have a peak. */
const bitsOf = (size: number): number[] => Array.from({ length: DEPTH + 1 }, (_, level) => Math.floor(size / 2 ** level) % 2);

/** Whether the count of peaks is the one the size has: what a reader of stored frontiers checks. */
export const isFrontier = ({ size, peaks }: Frontier): boolean =>
  Number.isSafeInteger(size) &&
  size >= 0 &&
  size <= MAX_LEAVES &&
  peaks.length === bitsOf(size).reduce((sum, bit) => sum + bit, 0) &&
  peaks.every((peak) => peak.length === ELEMENTS);

/** The frontier one leaf later. The leaf is eight canonical elements, not all zero; the tree is not full (InvariantError). */
export function appendLeaf({ size, peaks }: Frontier, leaf: Digest): Frontier {
  invariant(leaf.length === ELEMENTS && !isEmptyLeaf(leaf), 'appendLeaf: not a leaf');
  invariant(size < MAX_LEAVES, 'appendLeaf: the tree is full');
  let node = leaf;
  let merged = 0;
  for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) node = compress(peaks[merged++], node);
  return { size: size + 1, peaks: [node, ...peaks.slice(merged)] };
}

/** The node of `level` over the frontier's leaves, which are at most 2^level, with nothing beside them. */
export function frontierNode({ size, peaks }: Frontier, level: number): Digest {
  if (size === 2 ** level) return peaks[0];
  let node: Digest = EMPTY[0];
  let used = 0;
  bitsOf(size)
    .slice(0, level)
    .forEach((bit, at) => {
      node = bit === 1 ? compress(peaks[used++], node) : used === 0 ? EMPTY[at + 1] : compress(node, EMPTY[at]);
    });
  return node;
}

/** The root of the tree of depth 32 that the frontier stands for: what RegistryTree's root() is. */
export const frontierRoot = (frontier: Frontier): Digest => frontierNode(frontier, DEPTH);
