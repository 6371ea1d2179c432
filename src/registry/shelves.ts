// SPDX-License-Identifier: Apache-2.0
import { err, ok, type Result } from '../base/index.ts';
import { compress } from '../field/index.ts';
import { type Digest, digestFromHex, digestToHex } from './digest.ts';
import { appendLeaf, EMPTY_FRONTIER, type Frontier, frontierNode } from './frontier.ts';
import type { RegistryState } from './messages.ts';
import { DEPTH, EMPTY, type MerklePath, type RegistryTree } from './tree.ts';

// A registry that is too large to be fetched whole lies on shelves of 2^16 leaves, each one node of level 16. Whoever needs a path fetches
// the nodes of all shelves, which are the same for everybody, and the leaves of one shelf. What that tells is the shelf. The
// level is a parameter only for tests, which have small ones.

/** Enough leaves that to be one of them is to be in a crowd, and 2 MB. */
export const SHELF_LEVEL = 16;

/** Most shelves of a registry that is looked into: 2^26 leaves. Beyond, a search without a known place would take gigabytes. */
export const MAX_SHELVES = 2 ** 10;

/** Positions [from, to) of a registry. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What a registry's state says of the tree, for those who compare. */
type Known = Pick<RegistryState, 'registry' | 'size' | 'root'>;

/**
 * How many shelves a registry of `size` leaves has. The leaves behind the last full one count as lying on it: by themselves they would be too
 * small a crowd, so they are fetched with it. A registry of one shelf is fetched whole.
 */
export const shelfCount = (size: number, level = SHELF_LEVEL): number => Math.max(1, Math.floor(size / 2 ** level));

/** The shelf that a position lies on. */
export const shelfOf = (position: number, size: number, level = SHELF_LEVEL): number =>
  Math.min(Math.floor(position / 2 ** level), shelfCount(size, level) - 1);

/** The positions on a shelf: 2^level of them, on the last one less than twice as many. */
export const shelfSpan = (shelf: number, size: number, level = SHELF_LEVEL): Span => ({
  from: shelf * 2 ** level,
  to: shelf === shelfCount(size, level) - 1 ? size : (shelf + 1) * 2 ** level,
});

/** The rows of a tree from one level up to the root. Behind what a row has, everything is empty. */
export type Rows = readonly (readonly Digest[])[];

function rise(nodes: readonly Digest[], from: number): Rows {
  const rows = [nodes];
  for (let level = from; level < DEPTH; level++) {
    const below = rows[rows.length - 1];
    const length = Math.max(1, Math.ceil(below.length / 2));
    rows.push(Array.from({ length }, (_, i) => compress(below[2 * i] ?? EMPTY[level], below[2 * i + 1] ?? EMPTY[level])));
  }
  return rows;
}

/** The siblings of place `index` of the first row, which is level `bottom`. */
const siblingsIn = (rows: Rows, index: number, bottom: number): Digest[] =>
  rows.slice(0, -1).map((row, i) => {
    const at = Math.floor(index / 2 ** i);
    return row[at % 2 === 0 ? at + 1 : at - 1] ?? EMPTY[bottom + i];
  });

/**
 * The nodes of every begun shelf, hex as a verifier sends them, when they give the signed root; with them, all that lies above. They need
 * no signature of their own. Errors: registry/malformed, registry/mismatch.
 */
export function readNodes(value: unknown, { registry, size, root }: Known, level = SHELF_LEVEL): Result<Rows> {
  const count = Math.ceil(size / 2 ** level);
  if (!Array.isArray(value) || value.length !== count) return err('registry/malformed', { what: `not the nodes of ${count} shelves` });
  const nodes: Digest[] = [];
  for (const [i, hex] of value.entries()) {
    const node = typeof hex === 'string' ? digestFromHex(hex) : undefined;
    if (node === undefined) return err('registry/malformed', { what: `the node of shelf ${i}` });
    nodes.push(node);
  }
  const rows = rise(nodes, level);
  return digestToHex(rows[rows.length - 1][0]) === root ? ok(rows) : err('registry/mismatch', { registry });
}

/** Where leaves are and which path leads out of them; the positions are those of the whole registry. */
export type Lookup = Pick<RegistryTree, 'find' | 'path'>;

/**
 * A shelf from the tree of its leaves alone, when they give the nodes that `above` (from {@link readNodes}) has in their place. Errors:
 * registry/mismatch.
 */
export function openShelf(
  shelf: number,
  tree: RegistryTree,
  above: Rows,
  { registry, size }: Pick<Known, 'registry' | 'size'>,
  level = SHELF_LEVEL,
): Result<Lookup> {
  const { from, to } = shelfSpan(shelf, size, level);
  // The last shelf is two nodes when there are leaves behind the full one.
  const count = Math.ceil((to - from) / 2 ** level);
  const same = Array.from({ length: count }, (_, i) => digestToHex(tree.node(level, i)) === digestToHex(above[0][shelf + i]));
  if (tree.size !== to - from || same.includes(false)) return err('registry/mismatch', { registry });
  return ok({
    find(leaf) {
      const at = tree.find(leaf);
      return at === undefined ? undefined : from + at;
    },
    path(position): MerklePath {
      // A shelf begins where a node of its level does, so within that node its own tree has the same siblings.
      const { siblings, bits } = tree.path(position - from);
      const node = Math.floor(position / 2 ** level);
      return {
        siblings: [...siblings.slice(0, level), ...siblingsIn(above, node, level)],
        bits: [...bits.slice(0, level), ...above.slice(1).map((_, i) => Math.floor(node / 2 ** i) % 2)],
      };
    },
  });
}

// What a server keeps: the nodes of full shelves, beside the frontier.

/** The frontier of the leaves behind the last full shelf, as if there were no others. */
export function tailOf({ size, peaks }: Frontier, level = SHELF_LEVEL): Frontier {
  const rest = size % 2 ** level;
  let count = 0;
  for (let bits = rest; bits > 0; bits = Math.floor(bits / 2)) count += bits % 2;
  return { size: rest, peaks: peaks.slice(0, count) };
}

/** The frontier of full shelves, by their nodes, with a tail behind them. */
export function stack(nodes: readonly Digest[], tail: Frontier, level = SHELF_LEVEL): Frontier {
  // Nodes are appended like leaves; what comes of it lies `level` higher.
  const { size, peaks } = nodes.reduce(appendLeaf, EMPTY_FRONTIER);
  return { size: size * 2 ** level + tail.size, peaks: [...tail.peaks, ...peaks] };
}

/** The node of a full shelf that the next leaf completes; undefined while it does not complete one. */
export function completedBy(frontier: Frontier, leaf: Digest, level = SHELF_LEVEL): Digest | undefined {
  return (frontier.size + 1) % 2 ** level === 0 ? appendLeaf(tailOf(frontier, level), leaf).peaks[0] : undefined;
}

/** The nodes of every begun shelf, from those of the full ones and the frontier: what {@link readNodes} reads. */
export function nodesOf(full: readonly Digest[], frontier: Frontier, level = SHELF_LEVEL): readonly Digest[] {
  const tail = tailOf(frontier, level);
  return tail.size === 0 ? full : [...full, frontierNode(tail, level)];
}
