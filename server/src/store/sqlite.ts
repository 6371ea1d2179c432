// SPDX-License-Identifier: Apache-2.0
import Database from 'libsql';
import { canonicalJson, invariant } from '../../../src/base/index.ts';
import { type ProofSystem, parseAnyRequest } from '../../../src/protocol/index.ts';
import { StartError } from '../start-error.ts';
import { sqliteFaces } from './faces.ts';
import { migrations } from './migrations.ts';
import { sqliteRegistries } from './registries.ts';
import { type Refusal, type Store, StoreBusyError, type StoredRequest, type StoredVerdict } from './store.ts';

/** How long one process waits for another's transaction before it tells its caller to come back. */
const BUSY_MILLIS = 5000;

interface RequestRow {
  request: string;
  jws: string;
  status: 'open' | 'accepted';
  attempts: number;
  expires_at: number;
  order_hash: string;
}

/**
 * SQLite in one file: write-ahead log, `synchronous = FULL` (a commit is on the disk before it is answered), foreign keys.
 * Every write is one IMMEDIATE transaction. Calls are synchronous inside, so a transaction never interleaves with another
 * of this process; other processes wait for the file lock. `shelfLevel`: small in tests.
 */
export function openSqliteStore(path: string, busyMillis = BUSY_MILLIS, shelfLevel?: number): Store {
  const db = new Database(path, { timeout: busyMillis });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;');
  // Read back: a pragma that is not understood is silently ignored, and these three carry the promise of the interface.
  const settings = { journal_mode: 'wal', synchronous: 2, foreign_keys: 1 };
  for (const [name, wanted] of Object.entries(settings)) invariant(pragma(db, name) === wanted, `the database refuses ${name} = ${wanted}`);
  migrate(db);

  const selectRequest = db.prepare('SELECT * FROM requests WHERE id = ?');
  const selectByKey = db.prepare('SELECT * FROM requests WHERE partner = ? AND idempotency_key = ?');
  const insertRequest = db.prepare(
    'INSERT INTO requests (id, partner, idempotency_key, order_hash, nonce, request, jws, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const countAttempt = db.prepare('UPDATE requests SET attempts = attempts + 1 WHERE id = ?');
  const useRequest = db.prepare("UPDATE requests SET status = 'accepted' WHERE id = ? AND status = 'open'");
  const spend = db.prepare('INSERT INTO nullifiers (scope, nullifier, accepted_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const pin = db.prepare('INSERT INTO scopes (scope, system) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const selectPin = db.prepare('SELECT system FROM scopes WHERE scope = ?');
  const putVerdict = db.prepare(
    `INSERT INTO verdicts (request, result, jws, made_at, nullifier, return_code) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (request) DO UPDATE SET result = excluded.result, jws = excluded.jws, made_at = excluded.made_at,
       nullifier = excluded.nullifier, return_code = excluded.return_code`,
  );
  const selectVerdict = db.prepare('SELECT result, jws FROM verdicts WHERE request = ?');
  const selectAcceptance = db.prepare('SELECT nullifier, return_code FROM verdicts WHERE request = ? AND return_code IS NOT NULL');
  const deleteOld = db.prepare('DELETE FROM requests WHERE expires_at < ?');

  const registries = sqliteRegistries(db, shelfLevel);
  const bind = db.prepare('INSERT OR IGNORE INTO leaf_holders (registry, holder, leaf_holder, bound_at) VALUES (?, ?, ?, ?)');
  const holderOf = db.prepare('SELECT leaf_holder FROM leaf_holders WHERE registry = ? AND holder = ?');
  const faces = sqliteFaces(db, registries);
  const pinned = (scope: string): ProofSystem | undefined => (selectPin.get(scope) as { system: ProofSystem } | undefined)?.system;

  const rowOf = (id: string) => selectRequest.get(id) as RequestRow | undefined;
  const refusalOf = (row: RequestRow | undefined, now: number): Refusal | undefined => {
    if (row === undefined) return 'unknown';
    if (row.status === 'accepted') return 'used';
    return row.expires_at <= now ? 'expired' : undefined;
  };

  return {
    createRequest: async ({ request, jws, key, orderHash }) =>
      write(db, () => {
        const known = selectByKey.get(request.partner.id, key) as RequestRow | undefined;
        if (known !== undefined) return { created: false, stored: read(known), orderHash: known.order_hash };
        const json = canonicalJson(request);
        insertRequest.run(request.id, request.partner.id, key, orderHash, request.nonce, json, jws, request.expiresAt);
        return { created: true, stored: { request, jws, status: 'open' as const, attempts: 0 }, orderHash };
      }),

    request: async (id) => {
      const row = rowOf(id);
      return row === undefined ? undefined : read(row);
    },

    takeAttempt: async (id, now, limit) =>
      write(db, () => {
        const row = rowOf(id);
        const refusal = refusalOf(row, now) ?? (row !== undefined && row.attempts >= limit ? 'exhausted' : undefined);
        if (refusal === undefined) countAttempt.run(id);
        return refusal ?? 'taken';
      }),

    reject: async (id, verdict, now) =>
      write(db, () => {
        if (rowOf(id)?.status === 'open') putVerdict.run(id, 'rejected', verdict, now, null, null);
      }),

    accept: async ({ id, scope, system, nullifier, verdict, returnCode, now, append }) =>
      write(db, () => {
        const refusal = refusalOf(rowOf(id), now);
        if (refusal !== undefined) return refusal;
        if ((pinned(scope) ?? system) !== system) return 'scope-pinned';
        if (spend.run(scope, nullifier, now).changes === 0) return 'nullifier-used';
        pin.run(scope, system);
        useRequest.run(id);
        putVerdict.run(id, 'accepted', verdict, now, nullifier, returnCode);
        if (append !== undefined) registries.appendOne(append.registry, append.leaf, now);
        return 'accepted';
      }),

    scopeSystem: async (scope) => pinned(scope),

    acceptance: async (id) => {
      const row = selectAcceptance.get(id) as { nullifier: string; return_code: string } | undefined;
      return row === undefined ? undefined : { nullifier: row.nullifier, returnCode: row.return_code };
    },

    verdict: async (id) => {
      const row = selectVerdict.get(id) as StoredVerdict | undefined;
      return row === undefined ? undefined : { result: row.result, jws: row.jws };
    },

    registry: async (id) => registries.read(id),
    appendLeaves: async (entry) => write(db, () => registries.append(entry)),
    bindHolder: async (registry, holder, leafHolder, now) =>
      write(db, () => {
        bind.run(registry, holder, leafHolder, now);
        const bound = holderOf.get(registry, holder) as { leaf_holder: string } | undefined;
        return bound?.leaf_holder === leafHolder;
      }),
    registryNodes: async (id, frontier) => registries.nodes(id, frontier) ?? write(db, () => registries.keepNodes(id, frontier)),
    leaves: async (registry, from, to) => registries.leaves(registry, from, to),
    rootHistory: async (registry, root) => registries.history(registry, root),

    enrolFace: async (face) => write(db, () => faces.enrol(face)),
    revokeFace: async (face) => write(db, () => faces.revoke(face)),
    faceRegistry: async (family) => faces.newest(family),

    purge: async (before) => write(db, () => deleteOld.run(before).changes),
    ping: async () => void db.prepare('SELECT 1').get(),
    close: async () => void db.close(),
  };
}

function read(row: RequestRow): StoredRequest {
  const request = parseAnyRequest(JSON.parse(row.request));
  invariant(request.ok, 'a stored request cannot be read');
  return { request: request.value, jws: row.jws, status: row.status, attempts: row.attempts };
}

/** Runs `work` with the write lock held from its first read on; undone as a whole when it throws. */
function write<T>(db: Database.Database, work: () => T): T {
  try {
    db.exec('BEGIN IMMEDIATE');
  } catch (error) {
    throw isBusy(error) ? new StoreBusyError() : error;
  }
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');

const pragma = (db: Database.Database, name: string): unknown => (db.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>)[name];

function migrate(db: Database.Database): void {
  if (pragma(db, 'user_version') === migrations.length) return;
  write(db, () => {
    const version = Number(pragma(db, 'user_version'));
    if (version > migrations.length) throw new StartError(`The database was written by a newer version of this service (${version}).`);
    for (const step of migrations.slice(version)) db.exec(step);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}
