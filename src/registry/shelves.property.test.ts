// SPDX-License-Identifier: Apache-2.0
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { P } from '../field/index.ts';
import {
  appendLeaf,
  BUCKET,
  bucketsOf,
  completedBy,
  type Digest,
  digestToHex,
  EMPTY_FRONTIER,
  type Frontier,
  frontierRoot,
  hashToElements,
  isBucket,
  MAX_SHELVES,
  nodesOf,
  openShelf,
  RegistryTree,
  readNodes,
  rootOf,
  SHELF_LEVEL,
  STRUCK,
  shelfCount,
  shelfOf,
  shelfSpan,
  stack,
  tailOf,
} from './index.ts';

const leafOf = (name: number | string): Digest => hashToElements('test leaf', `${name}`);
const many = (count: number, salt = ''): Digest[] => Array.from({ length: count }, (_, i) => leafOf(`${i}${salt}`));
const treeWith = (leaves: readonly Digest[]): RegistryTree => {
  const tree = new RegistryTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree;
};

/** A registry as a server keeps it: full nodes as they come, and a frontier. */
interface Kept {
  readonly frontier: Frontier;
  readonly full: readonly Digest[];
}
const grow = (leaves: readonly Digest[], level: number, kept: Kept = { frontier: EMPTY_FRONTIER, full: [] }): Kept =>
  leaves.reduce(({ frontier, full }, leaf) => {
    const node = completedBy(frontier, leaf, level);
    return { frontier: appendLeaf(frontier, leaf), full: node === undefined ? full : [...full, node] };
  }, kept);
const sent = ({ full, frontier }: Kept, level: number): string[] => nodesOf(full, frontier, level).map(digestToHex);
const stateOf = ({ frontier }: Kept) => ({ registry: 'r', size: frontier.size, root: digestToHex(frontierRoot(frontier)) });

/** What a client does for one shelf. */
const opened = (leaves: readonly Digest[], kept: Kept, shelf: number, level: number) => {
  const state = stateOf(kept);
  const above = readNodes(sent(kept, level), state, level);
  if (!above.ok) return above;
  const { from, to } = shelfSpan(shelf, state.size, level);
  return openShelf(shelf, treeWith(leaves.slice(from, to)), above.value, state, level);
};

const level = fc.integer({ min: 0, max: 4 });
const cut = fc.record({ level, size: fc.integer({ min: 1, max: 60 }) });

describe('shelves', () => {
  it('are all of a registry, none smaller than a crowd', () => {
    fc.assert(
      fc.property(level, fc.integer({ min: 0, max: 200 }), (level, size) => {
        const spans = Array.from({ length: shelfCount(size, level) }, (_, i) => shelfSpan(i, size, level));
        expect(spans.reduce((at, { from, to }) => (from === at ? to : Number.NaN), 0)).toBe(size);
        for (const { from, to } of spans) expect(to - from).toBeGreaterThanOrEqual(Math.min(size, 2 ** level));
        for (const { from, to } of spans) expect(to - from).toBeLessThan(2 * 2 ** level);
        spans.forEach(({ from, to }, i) => {
          for (const position of [from, to - 1].filter((at) => at >= 0)) expect(shelfOf(position, size, level)).toBe(i);
        });
      }),
    );
  });

  it('are made of whole pieces, and one of them is 2^16 to 2^17 leaves', () => {
    expect(2 ** SHELF_LEVEL % BUCKET).toBe(0);
    for (const size of [0, 1, 2 ** 16, 2 ** 17 - 1]) expect(shelfCount(size)).toBe(1);
    const size = 5 * 2 ** 16 + 77;
    expect(shelfCount(size)).toBe(5);
    for (const shelf of [0, 3, 4]) {
      const { from, to } = shelfSpan(shelf, size);
      const pieces = bucketsOf(to, from);
      expect(pieces.reduce((at, piece) => (piece.from === at ? piece.to : Number.NaN), from)).toBe(to);
      for (const piece of pieces) expect(isBucket(piece.from, piece.to, size)).toBe(true);
    }
    expect(shelfSpan(4, size)).toEqual({ from: 4 * 2 ** 16, to: size });
    expect(shelfOf(2 ** 32 - 1, 2 ** 32)).toBe(2 ** 16 - 1);
    expect(shelfCount(MAX_SHELVES * 2 ** 16)).toBe(MAX_SHELVES);
  });

  it('give every leaf the path that the whole tree gives it, at every size', () => {
    fc.assert(
      fc.property(cut, ({ level, size }) => {
        const leaves = many(size);
        const tree = treeWith(leaves);
        const kept = grow(leaves, level);
        for (let shelf = 0; shelf < shelfCount(size, level); shelf++) {
          const lookup = opened(leaves, kept, shelf, level);
          if (!lookup.ok) throw new Error(lookup.error.code);
          const { from, to } = shelfSpan(shelf, size, level);
          for (let position = 0; position < size; position++) {
            const leaf = leaves[position] ?? [];
            expect(lookup.value.find(leaf)).toBe(position >= from && position < to ? position : undefined);
          }
          for (const position of new Set([from, Math.floor((from + to) / 2), to - 1])) {
            expect(lookup.value.path(position)).toEqual(tree.path(position));
            expect(rootOf(leaves[position] ?? [], lookup.value.path(position))).toEqual(tree.root());
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('stay as they are while the registry grows, but for the last', () => {
    fc.assert(
      fc.property(cut, fc.integer({ min: 0, max: 20 }), ({ level, size }, more) => {
        const before = grow(many(size), level);
        const after = grow(many(more, 'x'), level, before);
        expect(after.full.slice(0, before.full.length)).toEqual(before.full);
        expect(after).toEqual(grow([...many(size), ...many(more, 'x')], level));
      }),
      { numRuns: 25 },
    );
  });
});

describe('a server', () => {
  it('has a frontier by full nodes and the tail alone, the same as by every leaf', () => {
    fc.assert(
      fc.property(cut, ({ level, size }) => {
        const { frontier, full } = grow(many(size), level);
        expect(stack(full, tailOf(frontier, level), level)).toEqual(frontier);
      }),
      { numRuns: 25 },
    );
  });

  it('puts into the place of a leaf one that nobody can open, by name', () => {
    expect(digestToHex(STRUCK)).toMatchInlineSnapshot(`"feed2c3ed06c1d6d7e90033ab8b719207415ff2c19741775341ad07220765b4b"`);
    expect(STRUCK.every((element) => element >= 0 && element < P)).toBe(true);
  });
});

describe('a verifier that lies', () => {
  const [level, leaves] = [2, many(19)] as const;
  const kept = grow(leaves, level);
  const state = stateOf(kept);
  const nodes = sent(kept, level);
  const other = digestToHex(leafOf('other'));
  const malformed = { ok: false, error: { code: 'registry/malformed' } };
  const mismatch = { ok: false, error: { code: 'registry/mismatch', params: { registry: 'r' } } };

  it('tells the truth in this test', () => {
    expect(nodes).toHaveLength(5);
    expect(readNodes(nodes, state, level).ok).toBe(true);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no list', { length: 5 }],
    ['a shelf missing', nodes.slice(0, -1)],
    ['the first missing', nodes.slice(1)],
    ['a shelf too many', [...nodes, other]],
    ['not text', nodes.with(1, 7 as never)],
    ['a short digest', nodes.with(1, '00')],
    ['another spelling', nodes.with(1, nodes[1]?.toUpperCase() ?? '')],
    ['an element of p', nodes.with(1, `0100007f${'00'.repeat(28)}`)],
  ])('sends %s for nodes: registry/malformed', (_, value) => {
    expect(readNodes(value, state, level)).toMatchObject(malformed);
  });

  it.each<[string, readonly string[]]>([
    ['another node', nodes.with(1, other)],
    ['two of them swapped', nodes.with(0, nodes[1] ?? '').with(1, nodes[0] ?? '')],
    ['one twice', nodes.with(2, nodes[1] ?? '')],
    ['others to another client', sent(grow(many(19, 'yours'), level), level)],
    ['an empty shelf', nodes.with(4, '00'.repeat(32))],
  ])('sends %s under one signed root: registry/mismatch', (_, value) => {
    expect(readNodes(value, state, level)).toMatchObject(mismatch);
  });

  it('sends nodes of another size, or a root of another: refused', () => {
    expect(readNodes(nodes, { ...state, size: 21 }, level)).toMatchObject(malformed);
    expect(readNodes(nodes, { ...state, root: digestToHex(treeWith(leaves.slice(0, 18)).root()) }, level)).toMatchObject(mismatch);
  });

  it.each<[string, number, (own: readonly Digest[]) => readonly Digest[]]>([
    ['another leaf', 1, (own) => own.with(3, leafOf('other'))],
    ['two swapped', 1, (own) => [...own].reverse()],
    ['those of another shelf', 1, () => leaves.slice(8, 12)],
    ['one missing', 1, (own) => own.slice(1)],
    ['one too many', 1, (own) => [...own, leafOf('other')]],
    ['another leaf on the last full shelf', 3, (own) => own.with(0, leafOf('other'))],
    ['another leaf behind it', 3, (own) => own.with(6, leafOf('other'))],
    ['nothing behind it', 3, (own) => own.slice(0, 4)],
    ['more behind it', 3, (own) => [...own, leafOf('other')]],
    ['two swapped across the nodes', 3, (own) => own.with(3, own[4] ?? []).with(4, own[3] ?? [])],
  ])('sends %s for a shelf: registry/mismatch', (_, shelf, change) => {
    const above = readNodes(nodes, state, level);
    if (!above.ok) throw new Error(above.error.code);
    const { from, to } = shelfSpan(shelf, state.size, level);
    const own = leaves.slice(from, to);
    expect(openShelf(shelf, treeWith(own), above.value, state, level).ok).toBe(true);
    expect(openShelf(shelf, treeWith(change(own)), above.value, state, level)).toMatchObject(mismatch);
  });
});
