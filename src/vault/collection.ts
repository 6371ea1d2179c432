import { ok, type Result } from '../base/index.ts';
import { nameOf } from './crypto.ts';
import { type Stored, stored, type VaultDatabase, write } from './database.ts';
import type { RecordOf, StoreName } from './records.ts';
import { openRecord, sealRecord } from './sealed.ts';
import type { Open, Session } from './session.ts';
import type { Collection } from './types.ts';

/** Reads every record of a store; the first that does not open is the answer. */
export async function readAll<S extends StoreName>(database: VaultDatabase, open: Open, store: S): Promise<Result<RecordOf<S>[]>> {
  const rows = await stored(() => database.getAll(store));
  if (!rows.ok) return rows;
  const records: RecordOf<S>[] = [];
  for (const row of rows.value) {
    const record = await openRecord(open.keys, open.vault, store, row);
    if (!record.ok) return record;
    records.push(record.value);
  }
  return ok(records);
}

export function createCollection<S extends StoreName>(database: VaultDatabase, session: Session, store: S): Collection<RecordOf<S>> {
  /** Nothing is touched, and no time is spent, unless the vault is open. */
  const whenOpen = async <T>(work: (open: Open) => Promise<Result<T>>): Promise<Result<T>> => {
    const open = session.open();
    return open.ok ? work(open.value) : open;
  };
  return {
    list: () => whenOpen((open) => readAll(database, open, store)),

    get: (id) =>
      whenOpen(async (open) => {
        const name = await nameOf(open.keys, store, id);
        const row = await stored(() => database.get(store, name));
        if (!row.ok || row.value === undefined) return row.ok ? ok(undefined) : row;
        return openRecord(open.keys, open.vault, store, row.value);
      }),

    put: (record) =>
      whenOpen(async (open) => {
        const row: Stored = await sealRecord(open.keys, open.vault, store, record);
        return stored(() => write(database, [store], (transaction) => transaction.objectStore(store).put(row)));
      }),

    remove: (id) =>
      whenOpen(async (open) => {
        const name = await nameOf(open.keys, store, id);
        return stored(() => write(database, [store], (transaction) => transaction.objectStore(store).delete(name)));
      }),
  };
}
