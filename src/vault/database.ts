import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import { err, InvariantError, ok, type Result } from '../base/index.ts';
import type { Bytes } from './crypto.ts';
import { type StoreName, storeNames } from './records.ts';

/** A record as it lies in the database. */
export interface Stored {
  readonly name: string;
  readonly v: 1;
  readonly iv: Bytes;
  readonly box: Bytes;
}

type RecordStores = { [S in StoreName]: { key: string; value: Stored } };
export interface VaultSchema extends DBSchema, RecordStores {
  /** 'keys' → Header, 'preferences' → Preferences; read through their schemas. */
  meta: { key: string; value: unknown };
}
export type VaultDatabase = IDBPDatabase<VaultSchema>;
type Name = StoreNames<VaultSchema>;
export type WriteTransaction = IDBPTransaction<VaultSchema, Name[], 'readwrite'>;

export const VAULT_DATABASE = 'tacit-vault';

export const openVaultDatabase = (onClosed: () => void): Promise<VaultDatabase> =>
  openDB<VaultSchema>(VAULT_DATABASE, 2, {
    upgrade(database) {
      // A wallet of an earlier version lacks the stores that came later, and nothing else.
      const there = database.objectStoreNames;
      if (!there.contains('meta')) database.createObjectStore('meta');
      for (const store of storeNames.filter((name) => !there.contains(name))) database.createObjectStore(store, { keyPath: 'name' });
    },
    // Another tab deletes or upgrades: let go at once, or it waits for ever.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase | null)?.close();
      onClosed();
    },
    terminated: onClosed,
  });

/** Starts every piece at once; one that throws while starting leaves no other without a handler. */
export const all = (...pieces: readonly (() => Promise<unknown> | undefined)[]): Promise<unknown> =>
  Promise.all(pieces.map(async (start) => start()));

/** Runs `work` in `transaction` until both are done. On any failure everything is rolled back, and the reason is thrown. */
export async function finish(
  transaction: { readonly done: Promise<void>; readonly error: DOMException | null; abort(): void },
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await all(work, () => transaction.done);
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has ended already.
    }
    throw transaction.error ?? error;
  }
}

/**
 * One transaction, on disk when it resolves. `work` starts its requests synchronously or after one another: a transaction ends
 * at the first await of anything else.
 */
export function write(database: VaultDatabase, stores: Name[], work: (transaction: WriteTransaction) => Promise<unknown>): Promise<void> {
  const transaction = database.transaction(stores, 'readwrite', { durability: 'strict' });
  return finish(transaction, () => work(transaction));
}

/** Runs a storage operation; what the browser throws becomes vault/quota or vault/unavailable. Bugs stay thrown. */
export async function stored<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (error) {
    if (error instanceof InvariantError) throw error;
    const name = error instanceof Error || error instanceof DOMException ? error.name : '';
    if (name === 'QuotaExceededError' || name === 'NS_ERROR_DOM_QUOTA_REACHED') return err('vault/quota');
    if (error instanceof DOMException || name === 'ReferenceError' || name === 'SecurityError') return err('vault/unavailable');
    throw error;
  }
}
