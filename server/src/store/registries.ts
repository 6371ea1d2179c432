// SPDX-License-Identifier: Apache-2.0
import type Database from 'libsql';
import { invariant } from '../../../src/base/index.ts';
import {
  appendLeaf,
  completedBy,
  type Digest,
  digestFromBytes,
  digestToBytes,
  digestToHex,
  EMPTY_FRONTIER,
  type Frontier,
  frontierRoot,
  isFrontier,
  leavesToBytes,
  nodesOf,
  SHELF_LEVEL,
  STRUCK,
  shelfCount,
  stack,
  tailOf,
} from '../../../src/registry/index.ts';
import type { Appended, NewLeaves, StoredRegistry } from './store.ts';

interface RegistryRow {
  size: number;
  peaks: Uint8Array;
  root: string;
  made_at: number;
  issued: string | null;
}

/**
 * The registries' part of the store. `append`, `appendOne`, `keepNodes` and `strike` must run inside a write transaction; the caller holds
 * it. `level`: of a shelf; small in tests.
 */
export function sqliteRegistries(db: Database.Database, level = SHELF_LEVEL) {
  const width = 2 ** level;
  const select = db.prepare('SELECT size, peaks, root, made_at, issued FROM registries WHERE id = ?');
  const put = db.prepare(
    `INSERT INTO registries (id, size, peaks, root, made_at, issued) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET size = excluded.size, peaks = excluded.peaks, root = excluded.root,
       made_at = excluded.made_at, issued = excluded.issued`,
  );
  const insertLeaf = db.prepare('INSERT INTO registry_leaves (registry, position, leaf) VALUES (?, ?, ?)');
  const insertRoot = db.prepare('INSERT INTO registry_roots (registry, size, root, made_at) VALUES (?, ?, ?, ?)');
  const selectLeaves = db.prepare(
    'SELECT leaf FROM registry_leaves WHERE registry = ? AND position >= ? AND position < ? ORDER BY position',
  );
  const insertNode = db.prepare('INSERT INTO registry_nodes (registry, shelf, node) VALUES (?, ?, ?)');
  const selectNodes = db.prepare('SELECT shelf, node FROM registry_nodes WHERE registry = ?');
  const selectPlace = db.prepare('SELECT position FROM registry_leaves WHERE registry = ? AND leaf = ?');
  const copyLeaves = db.prepare(
    `INSERT INTO registry_leaves (registry, position, leaf)
     SELECT ?, position, CASE position WHEN ? THEN ? ELSE leaf END FROM registry_leaves WHERE registry = ? ORDER BY position`,
  );
  const selectRoot = db.prepare('SELECT size, made_at FROM registry_roots WHERE registry = ? AND root = ?');
  const selectNext = db.prepare('SELECT made_at FROM registry_roots WHERE registry = ? AND size > ? ORDER BY size LIMIT 1');

  const read = (id: string): StoredRegistry | undefined => {
    const row = select.get(id) as RegistryRow | undefined;
    if (row === undefined) return undefined;
    const frontier: Frontier = { size: row.size, peaks: digestsIn(row.peaks) };
    invariant(isFrontier(frontier), 'a stored registry cannot be read');
    return {
      frontier,
      root: row.root,
      time: row.made_at,
      ...(row.issued === null ? {} : { issued: JSON.parse(row.issued) as NonNullable<StoredRegistry['issued']> }),
    };
  };

  const append = ({ registry, from, leaves, root: wanted, now, issued }: NewLeaves): Appended => {
    const known = read(registry);
    let frontier = known?.frontier ?? EMPTY_FRONTIER;
    if (frontier.size !== from) return { outcome: 'conflict', size: frontier.size };
    const completed: { shelf: number; node: Digest }[] = [];
    for (const leaf of leaves) {
      const node = completedBy(frontier, leaf, level);
      if (node !== undefined) completed.push({ shelf: Math.floor(frontier.size / width), node });
      frontier = appendLeaf(frontier, leaf);
    }
    const root = digestToHex(frontierRoot(frontier));
    if (wanted !== undefined && wanted !== root) return { outcome: 'mismatch' };
    // A clock that was set back must not make a root look replaced before it was made.
    const time = Math.max(now, known?.time ?? 0);
    put.run(registry, frontier.size, leavesToBytes(frontier.peaks), root, time, issued === undefined ? null : JSON.stringify(issued));
    leaves.forEach((leaf, i) => {
      insertLeaf.run(registry, from + i, digestToBytes(leaf));
    });
    for (const { shelf, node } of completed) insertNode.run(registry, shelf, digestToBytes(node));
    insertRoot.run(registry, frontier.size, root, time);
    return { outcome: 'appended', root };
  };

  const leavesOf = (registry: string, from: number, to: number): Uint8Array => {
    const rows = selectLeaves.all(registry, from, to) as { leaf: Uint8Array }[];
    invariant(rows.length === to - from, 'leaves that a registry should have are gone');
    const bytes = new Uint8Array(32 * rows.length);
    rows.forEach(({ leaf }, i) => {
      bytes.set(new Uint8Array(leaf), 32 * i);
    });
    return bytes;
  };

  /** The nodes of the first `full` shelves, which are full; undefined for one that was filled before nodes were kept. */
  const nodesIn = (registry: string, full: number): (Digest | undefined)[] => {
    const rows = selectNodes.all(registry) as { shelf: number; node: Uint8Array }[];
    const kept = new Map(rows.map(({ shelf, node }) => [shelf, digestsIn(node)[0]]));
    return Array.from({ length: full }, (_, shelf) => kept.get(shelf));
  };

  /** The same, all of them: what was not kept is hashed now. */
  const fullNodes = (registry: string, full: number): readonly Digest[] =>
    nodesIn(registry, full).map((node, shelf) => {
      if (node !== undefined) return node;
      const [made] = digestsIn(leavesOf(registry, shelf * width, (shelf + 1) * width)).reduce(appendLeaf, EMPTY_FRONTIER).peaks;
      invariant(made !== undefined, 'a full shelf has a node');
      insertNode.run(registry, shelf, digestToBytes(made));
      return made;
    });

  return {
    read,
    append,
    appendOne: (registry: string, leaf: Digest, now: number): void => {
      append({ registry, from: read(registry)?.frontier.size ?? 0, leaves: [leaf], now });
    },
    leaves: leavesOf,
    keepNodes: (registry: string, frontier: Frontier): readonly Digest[] =>
      nodesOf(fullNodes(registry, Math.floor(frontier.size / width)), frontier, level),
    /** Of every begun shelf of a registry that has more than one (none else); undefined when `keepNodes` has to be called first. */
    nodes: (registry: string, frontier: Frontier): readonly Digest[] | undefined => {
      if (shelfCount(frontier.size, level) === 1) return [];
      const full = nodesIn(registry, Math.floor(frontier.size / width)).filter((node) => node !== undefined);
      return full.length === Math.floor(frontier.size / width) ? nodesOf(full, frontier, level) : undefined;
    },
    /**
     * Begins the registry `to` with the leaves of `from`, one of them struck off; all others keep their places. Hashes one shelf, however
     * many there are: the nodes of the others stay.
     */
    strike: (from: string, to: string, leaf: Digest, now: number): void => {
      const known = read(from);
      const row = selectPlace.get(from, digestToBytes(leaf)) as { position: number } | undefined;
      invariant(known !== undefined && row !== undefined, 'a leaf that was enrolled lies in its registry');
      const { position } = row;
      const { size } = known.frontier;
      const shelf = Math.floor(position / width);
      const first = shelf * width;
      const leaves = digestsIn(leavesOf(from, first, Math.min(first + width, size)));
      const rebuilt = leaves.with(position - first, STRUCK).reduce(appendLeaf, EMPTY_FRONTIER);
      const full = fullNodes(from, Math.floor(size / width));
      const nodes = full.map((node, i) => (i === shelf ? rebuilt.peaks[0] : undefined) ?? node);
      const frontier = stack(nodes, shelf === full.length ? rebuilt : tailOf(known.frontier, level), level);
      const root = digestToHex(frontierRoot(frontier));
      put.run(to, frontier.size, leavesToBytes(frontier.peaks), root, now, null);
      copyLeaves.run(to, position, digestToBytes(STRUCK), from);
      nodes.forEach((node, i) => {
        insertNode.run(to, i, digestToBytes(node));
      });
      insertRoot.run(to, frontier.size, root, now);
    },
    history: (registry: string, root: string): { since: number; replaced?: number } | undefined => {
      const row = selectRoot.get(registry, root) as { size: number; made_at: number } | undefined;
      if (row === undefined) return undefined;
      const next = selectNext.get(registry, row.size) as { made_at: number } | undefined;
      return { since: row.made_at, ...(next === undefined ? {} : { replaced: next.made_at }) };
    },
  };
}

function digestsIn(blob: Uint8Array): Digest[] {
  const bytes = new Uint8Array(blob);
  invariant(bytes.length % 32 === 0, 'a stored registry cannot be read');
  return Array.from({ length: bytes.length / 32 }, (_, i) => {
    const digest = digestFromBytes(bytes.subarray(32 * i, 32 * i + 32));
    invariant(digest !== undefined, 'a stored registry cannot be read');
    return digest;
  });
}
