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
  openDB<VaultSchema>(VAULT_DATABASE, 1, {
    upgrade(database) {
      database.createObjectStore('meta');
      for (const store of storeNames) database.createObjectStore(store, { keyPath: 'name' });
    },
    // Another tab deletes or upgrades: let go at once, or it waits for ever.
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase | null)?.close();
      onClosed();
    },
    terminated: onClosed,
  });

/**
 * One transaction, durable when it resolves; `work` starts its requests synchronously (a transaction ends at the first await of
 * anything else). On any failure it is rolled back whole, and the reason is thrown.
 */
export async function write(
  database: VaultDatabase,
  stores: Name[],
  work: (transaction: WriteTransaction) => Promise<unknown>,
): Promise<void> {
  const transaction = database.transaction(stores, 'readwrite', { durability: 'strict' });
  try {
    // All at once: a request that fails also fails the transaction, and both rejections must find a handler.
    await Promise.all([work(transaction), transaction.done]);
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has ended already.
    }
    await transaction.done.catch(() => undefined);
    throw transaction.error ?? error;
  }
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
