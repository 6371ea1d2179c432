// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { compress } from '../field/index.ts';
import { type Digest, ELEMENTS } from './digest.ts';

/** Every registry has this depth, so that a path tells nothing by its length. Room for 2^32 leaves. */
export const DEPTH = 32;
export const MAX_LEAVES = 2 ** DEPTH;

/**
 * Roots of trees of 0 to 32 levels that hold nothing. An empty leaf is eight zeros, which no sponge of ours gives but by an accident of
 * 2^-248, and which `append` refuses.
 */
export const EMPTY: readonly Digest[] = Array.from({ length: DEPTH }).reduce<Digest[]>(
  (levels) => {
    const below = levels[levels.length - 1];
    return [...levels, compress(below, below)];
  },
  [Array<number>(ELEMENTS).fill(0)],
);

export const isEmptyLeaf = (leaf: Digest): boolean => leaf.every((element) => element === 0);

/** Where a leaf lies: its siblings from the bottom up, and the bits of its position, lowest first (1: the path comes from the right). */
export interface MerklePath {
  readonly siblings: readonly Digest[];
  readonly bits: readonly number[];
}

/** The root that a path leads to; the same arithmetic as the gadget `merklePath` of the program room. */
export const rootOf = (leaf: Digest, { siblings, bits }: MerklePath): Digest =>
  siblings.reduce<Digest>((node, sibling, level) => (bits[level] === 1 ? compress(sibling, node) : compress(node, sibling)), leaf);

/** Digests one behind another in words that double when they are full. */
class Row {
  private words = new Uint32Array(ELEMENTS * 16);
  count = 0;

  push(digest: Digest): void {
    const at = ELEMENTS * this.count++;
    if (at === this.words.length) {
      const larger = new Uint32Array(2 * at);
      larger.set(this.words);
      this.words = larger;
    }
    this.words.set(digest, at);
  }

  at(index: number): number[] {
    return Array.from(this.words.subarray(ELEMENTS * index, ELEMENTS * (index + 1)));
  }
}

/**
 * An append-only Merkle tree of depth 32: Poseidon2 compressions with feed-forward over leaves of eight field elements. It keeps the
 * nodes whose subtrees are full (two digests a leaf); whatever else a root or a path at some size needs is at most one partial node
 * a level, computed when asked for, 64 compressions at most. Leaves that were appended never move, so a tree of one size is a
 * prefix of every later one.
 */
export class RegistryTree {
  private readonly levels: readonly Row[] = Array.from({ length: DEPTH + 1 }, () => new Row());

  get size(): number {
    return this.levels[0].count;
  }

  /** Returns the leaf's position. The leaf is eight canonical elements, not all zero, and the tree is not full (InvariantError). */
  append(leaf: Digest): number {
    invariant(leaf.length === ELEMENTS && !isEmptyLeaf(leaf), 'append: not a leaf');
    invariant(this.size < MAX_LEAVES, 'append: the tree is full');
    this.levels[0].push(leaf);
    for (let level = 0; this.levels[level].count % 2 === 0; level++) {
      const row = this.levels[level];
      this.levels[level + 1].push(compress(row.at(row.count - 2), row.at(row.count - 1)));
      if (level + 1 === DEPTH) break;
    }
    return this.size - 1;
  }

  leaf(position: number): Digest {
    invariant(Number.isSafeInteger(position) && position >= 0 && position < this.size, 'leaf: no such position');
    return this.levels[0].at(position);
  }

  /** Position of the first leaf that equals `leaf`, if it is in the tree. */
  find(leaf: Digest): number | undefined {
    for (let position = 0; position < this.size; position++)
      if (this.levels[0].at(position).every((element, i) => element === leaf[i])) return position;
    return undefined;
  }

  /** The root of the tree as it was when it held `size` leaves (0 to the present size). */
  root(size = this.size): Digest {
    this.checkSize(size);
    return this.node(DEPTH, 0, size);
  }

  /** The path of the leaf at `position` in the tree of `size` leaves; position < size. */
  path(position: number, size = this.size): MerklePath {
    this.checkSize(size);
    invariant(Number.isSafeInteger(position) && position >= 0 && position < size, 'path: no such position at this size');
    const siblings: Digest[] = [];
    const bits: number[] = [];
    // Plain division: positions reach 2^32 - 1, which bit operators would take for a negative number.
    for (let level = 0, index = position; level < DEPTH; level++, index = Math.floor(index / 2)) {
      bits.push(index % 2);
      siblings.push(this.node(level, index % 2 === 0 ? index + 1 : index - 1, size));
    }
    return { siblings, bits };
  }

  private checkSize(size: number): void {
    invariant(Number.isSafeInteger(size) && size >= 0 && size <= this.size, 'registry: no such size');
  }

  /** Node `index` of a level in the tree of the first `size` leaves. One partial node a level at most, so the recursion is a chain. */
  node(level: number, index: number, size = this.size): Digest {
    const [first, end] = [index * 2 ** level, (index + 1) * 2 ** level];
    if (first >= size) return EMPTY[level];
    if (end <= size) return this.levels[level].at(index);
    return compress(this.node(level - 1, 2 * index, size), this.node(level - 1, 2 * index + 1, size));
  }
}
