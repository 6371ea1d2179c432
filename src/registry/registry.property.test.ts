// SPDX-License-Identifier: Apache-2.0
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compress, P } from '../field/index.ts';
import {
  appendLeaf,
  BUCKET,
  bucketsOf,
  DEPTH,
  type Digest,
  digestFromHex,
  digestToHex,
  EMPTY,
  EMPTY_FRONTIER,
  type Frontier,
  frontierRoot,
  isBucket,
  isFrontier,
  leavesToBytes,
  RegistryTree,
  readLeaves,
  rootOf,
  treeOf,
} from './index.ts';

const leaf = fc.array(fc.integer({ min: 0, max: P - 1 }), { minLength: 8, maxLength: 8 }).filter((x) => x.some((e) => e !== 0));
const leaves = (max: number) => fc.array(leaf, { minLength: 1, maxLength: max });

/** The definition: every level padded with the empty subtree of that level, all the way up. */
function naive(all: readonly Digest[]): { root: Digest; path: (position: number) => Digest[] } {
  const levels: Digest[][] = [[...all]];
  for (let level = 0; level < DEPTH; level++) {
    const below = levels[level] ?? [];
    const next: Digest[] = [];
    for (let i = 0; i < Math.max(1, below.length); i += 2)
      next.push(compress(below[i] ?? EMPTY[level] ?? [], below[i + 1] ?? EMPTY[level] ?? []));
    levels.push(next);
  }
  return {
    root: levels[DEPTH]?.[0] ?? [],
    path: (position) => Array.from({ length: DEPTH }, (_, d) => levels[d]?.[Math.floor(position / 2 ** d) ^ 1] ?? EMPTY[d] ?? []),
  };
}

const treeWith = (all: readonly Digest[]): RegistryTree => {
  const tree = new RegistryTree();
  for (const x of all) tree.append(x);
  return tree;
};

describe('the append-only tree', () => {
  it('has the roots and paths of the definition, at every size it ever had', () => {
    fc.assert(
      fc.property(leaves(20), (all) => {
        const tree = treeWith(all);
        for (let size = 0; size <= all.length; size++) {
          const { root, path } = naive(all.slice(0, size));
          expect(tree.root(size)).toEqual(root);
          const position = size - 1;
          if (size > 0) expect(tree.path(position, size).siblings).toEqual(path(position));
        }
        for (let position = 0; position < all.length; position++) {
          const { siblings, bits } = tree.path(position);
          expect(siblings).toEqual(naive(all).path(position));
          expect(bits.reduce((sum, bit, level) => sum + bit * 2 ** level, 0)).toBe(position);
          expect(rootOf(all[position] ?? [], { siblings, bits })).toEqual(tree.root());
        }
      }),
      { numRuns: 6 },
    );
  });

  it('is what a frontier says, leaf by leaf', () => {
    fc.assert(
      fc.property(leaves(40), (all) => {
        const tree = new RegistryTree();
        let frontier: Frontier = EMPTY_FRONTIER;
        expect(frontierRoot(frontier)).toEqual(tree.root());
        for (const x of all) {
          expect(tree.append(x)).toBe(frontier.size);
          frontier = appendLeaf(frontier, x);
          expect(isFrontier(frontier)).toBe(true);
          expect(frontierRoot(frontier)).toEqual(tree.root());
        }
        expect(isFrontier({ ...frontier, size: frontier.size + 2 ** 20 })).toBe(false);
      }),
      { numRuns: 6 },
    );
  });

  it('another leaf, another place or another size has another root', () => {
    fc.assert(
      fc.property(leaves(6), leaf, (all, other) => {
        const tree = treeWith(all);
        const roots = new Set([
          ...Array.from({ length: all.length + 1 }, (_, size) => digestToHex(tree.root(size))),
          digestToHex(treeWith([...all, other]).root()),
        ]);
        expect(roots.size).toBe(all.length + 2);
        const { siblings, bits } = tree.path(0);
        fc.pre(digestToHex(other) !== digestToHex(all[0] ?? []));
        expect(rootOf(other, { siblings, bits })).not.toEqual(tree.root());
        expect(rootOf(all[0] ?? [], { siblings, bits: bits.map((bit, i) => (i === 3 ? 1 - bit : bit)) })).not.toEqual(tree.root());
      }),
      { numRuns: 6 },
    );
  });

  it('counts past 2^31 without a sign', () => {
    // Frontiers of huge trees: peaks are free to choose, the arithmetic on sizes is what is looked at.
    const peak = [1, 2, 3, 4, 5, 6, 7, 8];
    const size = 2 ** 32 - 1;
    const full: Frontier = { size, peaks: Array.from({ length: 32 }, () => peak) };
    expect(isFrontier(full)).toBe(true);
    const after = appendLeaf(full, peak);
    expect(after.size).toBe(2 ** 32);
    expect(after.peaks).toHaveLength(1);
    expect(isFrontier(after)).toBe(true);
    expect(frontierRoot(after)).toEqual(after.peaks[0]);
    expect(() => appendLeaf(after, peak)).toThrow('full');
  });

  it('refuses the empty leaf and places and sizes it does not have', () => {
    const tree = treeWith([[1, 0, 0, 0, 0, 0, 0, 0]]);
    expect(() => tree.append(Array(8).fill(0))).toThrow('not a leaf');
    expect(() => appendLeaf(EMPTY_FRONTIER, Array(8).fill(0))).toThrow('not a leaf');
    expect(() => tree.root(2)).toThrow('no such size');
    expect(() => tree.root(0.5)).toThrow('no such size');
    expect(() => tree.path(1)).toThrow('no such position');
    expect(() => tree.path(0, 0)).toThrow('no such position');
    expect(tree.find([1, 0, 0, 0, 0, 0, 0, 0])).toBe(0);
    expect(tree.find([2, 0, 0, 0, 0, 0, 0, 0])).toBeUndefined();
  });
});

describe('leaves on the wire', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(leaves(30), (all) => {
        expect(readLeaves(leavesToBytes(all), all.length)).toEqual({ ok: true, value: all });
        for (const x of all) expect(digestFromHex(digestToHex(x))).toEqual(x);
      }),
    );
  });

  it.each([
    ['a byte short', (bytes: Uint8Array) => bytes.subarray(1)],
    ['a leaf too many', (bytes: Uint8Array) => new Uint8Array([...bytes, ...bytes.subarray(0, 32)])],
    ['an element of p', (bytes: Uint8Array) => bytes.map((b, i) => [0x01, 0, 0, 0x7f][i] ?? b)],
    ['the largest word', (bytes: Uint8Array) => bytes.map((b, i) => (i < 4 ? 0xff : b))],
    ['an empty leaf', (bytes: Uint8Array) => bytes.map((b, i) => (i < 32 ? 0 : b))],
  ])('%s: registry/malformed', (_, change) => {
    const bytes = leavesToBytes([
      [1, 2, 3, 4, 5, 6, 7, 8],
      [9, 2, 3, 4, 5, 6, 7, 8],
    ]);
    expect(readLeaves(change(bytes), 2)).toMatchObject({ ok: false, error: { code: 'registry/malformed' } });
  });

  it.each(['', 'ff'.repeat(32), `${'00'.repeat(31)}`, 'AB'.repeat(32), `010000${'7f'}${'00'.repeat(28)}`])('a digest %j: none', (text) => {
    expect(digestFromHex(text)).toBeUndefined();
  });

  it('are asked for in pieces that say nothing of whose leaf is wanted', () => {
    for (const size of [0, 1, BUCKET - 1, BUCKET, BUCKET + 1, 3 * BUCKET + 7]) {
      const buckets = bucketsOf(size);
      expect(buckets.reduce((at, { from, to }) => (from === at ? to : -1), 0)).toBe(size);
      for (const { from, to } of buckets) expect(isBucket(from, to, size)).toBe(true);
    }
    for (const [from, to] of [
      [1, 2],
      [0, 0],
      [0, BUCKET + 1],
      [BUCKET, BUCKET],
      [0, 11],
      [0.5, 2],
      [-BUCKET, 1],
      [Number.NaN, 1],
    ] as const)
      expect(isBucket(from, to, 10), `${from} ${to}`).toBe(false);
  });

  it('make a tree only under the root that was signed: registry/mismatch', () => {
    const all = [
      [1, 2, 3, 4, 5, 6, 7, 8],
      [9, 2, 3, 4, 5, 6, 7, 8],
    ];
    const state = { registry: 'issuer.demo', size: 2, root: digestToHex(treeWith(all).root()) };
    expect(treeOf(all, state).ok).toBe(true);
    const refused = { ok: false, error: { code: 'registry/mismatch' } };
    expect(treeOf(all.slice(0, 1), state)).toMatchObject(refused);
    expect(treeOf([...all].reverse(), state)).toMatchObject(refused);
    expect(treeOf(all, { ...state, size: 3 })).toMatchObject(refused);
  });
});
