import { ok, type Result } from '../base/index.ts';
import { BN254_ORDER, fieldToHex } from '../protocol/index.ts';
import { readAll } from './collection.ts';
import { random } from './crypto.ts';
import { all, type Stored, stored, type VaultDatabase, write } from './database.ts';
import { type RecordOf, type StoreName, storeNames } from './records.ts';
import { openRecord, sealRecord } from './sealed.ts';
import type { Open } from './session.ts';
import type { Contents } from './transfer.ts';

// Operations on the open vault as a whole.

const SELF = '00'.repeat(16);

/** Made on first use; of two tabs that make one at once, the first wins and both get it. */
export async function identity(database: VaultDatabase, open: Open, now: number): Promise<Result<string>> {
  const secret = fieldToHex(random(48).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) % BN254_ORDER);
  const row = await sealRecord(open.keys, open.vault, 'identity', { id: SELF, secret, createdAt: now });
  let kept: Stored | undefined;
  const written = await stored(() =>
    write(database, ['identity'], async (transaction) => {
      const store = transaction.objectStore('identity');
      kept = await store.get(row.name);
      if (kept === undefined) await store.add(row);
    }),
  );
  if (!written.ok) return written;
  const record = await openRecord(open.keys, open.vault, 'identity', kept ?? row);
  return record.ok ? ok(record.value.secret) : record;
}

export async function readContents(database: VaultDatabase, open: Open): Promise<Result<Contents>> {
  const contents: Partial<Record<StoreName, unknown>> = {};
  for (const store of storeNames) {
    const records = await readAll(database, open, store);
    if (!records.ok) return records;
    contents[store] = records.value;
  }
  return ok(contents as Contents);
}

/** Everything is encrypted first; the transaction then does nothing but write, and fails whole. */
export async function replaceOrMerge(
  database: VaultDatabase,
  open: Open,
  contents: Contents,
  mode: 'merge' | 'replace',
): Promise<Result<void>> {
  const rows = new Map<StoreName, Stored[]>();
  for (const store of storeNames) {
    const records: readonly RecordOf<StoreName>[] = contents[store];
    rows.set(store, await Promise.all(records.map((record) => sealRecord(open.keys, open.vault, store, record))));
  }
  return stored(() =>
    write(database, [...storeNames], async (transaction) => {
      for (const store of storeNames) {
        const objects = transaction.objectStore(store);
        if (mode === 'replace') await objects.clear();
        const there = new Set(await objects.getAllKeys());
        const missing = (rows.get(store) ?? []).filter(({ name }) => !there.has(name));
        await all(...missing.map((row) => () => objects.put(row)));
      }
    }),
  );
}

export async function dropDamaged(database: VaultDatabase, open: Open): Promise<Result<number>> {
  let dropped = 0;
  for (const store of storeNames) {
    const rows = await stored(async () => ({ keys: await database.getAllKeys(store), values: await database.getAll(store) }));
    if (!rows.ok) return rows;
    for (const [at, row] of rows.value.values.entries()) {
      if ((await openRecord(open.keys, open.vault, store, row)).ok) continue;
      const key = rows.value.keys[at];
      if (key === undefined) continue;
      const deleted = await stored(() => write(database, [store], (transaction) => transaction.objectStore(store).delete(key)));
      if (!deleted.ok) return deleted;
      dropped++;
    }
  }
  return ok(dropped);
}
