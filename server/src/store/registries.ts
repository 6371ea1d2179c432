// SPDX-License-Identifier: Apache-2.0
import type Database from 'libsql';
import { invariant } from '../../../src/base/index.ts';
import {
  appendLeaf,
  type Digest,
  digestFromBytes,
  digestToBytes,
  digestToHex,
  EMPTY_FRONTIER,
  type Frontier,
  frontierRoot,
  isFrontier,
  leavesToBytes,
} from '../../../src/registry/index.ts';
import type { Appended, NewLeaves, StoredRegistry } from './store.ts';

interface RegistryRow {
  size: number;
  peaks: Uint8Array;
  root: string;
  made_at: number;
  issued: string | null;
}

/** The registries' part of the store. `append` and `appendOne` must run inside a write transaction; the caller holds it. */
export function sqliteRegistries(db: Database.Database) {
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
    for (const leaf of leaves) frontier = appendLeaf(frontier, leaf);
    const root = digestToHex(frontierRoot(frontier));
    if (wanted !== undefined && wanted !== root) return { outcome: 'mismatch' };
    // A clock that was set back must not make a root look replaced before it was made.
    const time = Math.max(now, known?.time ?? 0);
    put.run(registry, frontier.size, leavesToBytes(frontier.peaks), root, time, issued === undefined ? null : JSON.stringify(issued));
    leaves.forEach((leaf, i) => {
      insertLeaf.run(registry, from + i, digestToBytes(leaf));
    });
    insertRoot.run(registry, frontier.size, root, time);
    return { outcome: 'appended', root };
  };

  return {
    read,
    append,
    appendOne: (registry: string, leaf: Digest, now: number): void => {
      append({ registry, from: read(registry)?.frontier.size ?? 0, leaves: [leaf], now });
    },
    leaves: (registry: string, from: number, to: number): Uint8Array => {
      const rows = selectLeaves.all(registry, from, to) as { leaf: Uint8Array }[];
      invariant(rows.length === to - from, 'leaves that a registry should have are gone');
      const bytes = new Uint8Array(32 * rows.length);
      rows.forEach(({ leaf }, i) => {
        bytes.set(new Uint8Array(leaf), 32 * i);
      });
      return bytes;
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
