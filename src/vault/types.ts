import type { Result } from '../base/index.ts';
import type { ConsentRecord, CredentialRecord, FaceRecord, HistoryRecord, OutboxRecord, Preferences } from './records.ts';

/**
 * `empty`: nothing was created yet; `locked`: keys are not in memory; `unlocked`; `closed`: another tab deleted or upgraded
 * the database, reload the page.
 */
export type VaultState = 'empty' | 'locked' | 'unlocked' | 'closed';

/** What opens the wallet. `passkey` asks the browser for any of the wallet's passkeys (WebAuthn PRF); it needs a user gesture. */
export type Unlocker = { readonly kind: 'passphrase'; readonly passphrase: string } | { readonly kind: 'passkey' };

/** One way into the wallet, for the settings page. Secrets are not in it. */
export interface UnlockerInfo {
  readonly id: string;
  readonly kind: 'passphrase' | 'passkey';
  readonly label: string;
  readonly createdAt: number;
}

/** Encrypted records of one kind. Every call answers `vault/locked` unless unlocked; `vault/corrupt` for a record that does not open. */
export interface Collection<T extends { readonly id: string }> {
  /** All records, in no particular order. */
  list(): Promise<Result<T[]>>;
  get(id: string): Promise<Result<T | undefined>>;
  /** Inserts or replaces by `id`. Errors: `vault/quota` (nothing changed). */
  put(record: T): Promise<Result<void>>;
  remove(id: string): Promise<Result<void>>;
}

export interface StorageReport {
  /** The browser promised not to evict the data. */
  readonly persisted: boolean;
  /** Bytes, where the browser tells. */
  readonly usage: number | undefined;
  readonly quota: number | undefined;
}

export interface Vault {
  state(): VaultState;
  /** Calls back after every change of state; returns the function that stops it. */
  subscribe(listener: (state: VaultState) => void): () => void;
  /** The ways in. */
  unlockers(): readonly UnlockerInfo[];
  /** Whether this browser and device can open a wallet by passkey (WebAuthn with PRF). Some tell only when one is made. */
  passkeysAvailable(): Promise<boolean>;

  /** First use: makes the keys. Leaves the vault unlocked. Errors: vault/weak-passphrase, device/unsupported, job/cancelled, vault/quota. */
  create(unlocker: Unlocker): Promise<Result<void>>;
  /** Errors: vault/wrong-key, vault/corrupt (the key record itself is damaged), job/cancelled. */
  unlock(unlocker: Unlocker): Promise<Result<void>>;
  /** Drops the keys, in every tab. */
  lock(): void;
  /** Restarts the idle clock. For what the person does, and nothing else: the app reads and writes by itself too. */
  touch(): void;
  /** Holds the idle lock off (a proof is running) until the returned function is called. */
  keepOpen(): () => void;
  /** Sets or changes the passphrase; `current` is any way in that works now. Errors: vault/wrong-key, vault/weak-passphrase. */
  setPassphrase(current: Unlocker, passphrase: string): Promise<Result<void>>;
  /** Adds a passkey. Errors: vault/wrong-key, device/unsupported (no PRF), job/cancelled. */
  addPasskey(current: Unlocker, label: string): Promise<Result<void>>;
  /** Removes a way in; the last one stays (input/malformed). */
  removeUnlocker(id: string): Promise<Result<void>>;

  readonly credentials: Collection<CredentialRecord>;
  readonly history: Collection<HistoryRecord>;
  readonly outbox: Collection<OutboxRecord>;
  readonly consents: Collection<ConsentRecord>;
  readonly faces: Collection<FaceRecord>;
  /** The wallet's secret (BN254 scalar, hex), made on first use. Never leaves the device. */
  identity(): Promise<Result<string>>;
  /** Writes the history record and drops or writes the outbox record of the same request in one transaction. */
  settle(history: HistoryRecord, outbox: OutboxRecord | undefined): Promise<Result<void>>;

  /** Removes the records that do not open any more and tells how many; the rest can then be listed and exported. Ask first. */
  dropDamaged(): Promise<Result<number>>;

  preferences(): Promise<Preferences>;
  setPreferences(change: Partial<Preferences>): Promise<Result<void>>;

  /** Everything in one encrypted file with a passphrase of its own (JSON text, `tacit-export` v1). Errors: vault/weak-passphrase. */
  exportFile(passphrase: string): Promise<Result<Uint8Array<ArrayBuffer>>>;
  /**
   * Reads and checks the whole file before anything is touched; one transaction then. `merge` keeps what is here and adds
   * what is not; `replace` drops what is here. Errors: vault/import, vault/wrong-key, vault/quota: nothing was changed.
   */
  importFile(bytes: Uint8Array, passphrase: string, mode: 'merge' | 'replace'): Promise<Result<ImportSummary>>;
  /** Deletes the wallet, the kept artefacts, all caches, and the service worker's registration. Reload afterwards. */
  deleteAll(): Promise<Result<void>>;

  storage(): Promise<StorageReport>;
  /** Asks the browser not to evict the data; say why before calling. */
  requestPersistence(): Promise<boolean>;
  /** Releases the database (tests, hot reload). */
  close(): void;
}

export interface ImportSummary {
  readonly credentials: number;
  readonly history: number;
  readonly outbox: number;
  readonly consents: number;
  readonly faces: number;
}

/**
 * Published files (keys, circuits, models) by SHA-256, in chunks so that a broken download goes on where it stopped. Public
 * data, so stored in the clear; whoever reads a file checks its hash. Also opened inside workers.
 */
export interface FileStore {
  /** Bytes of `sha256` kept so far, and whether the whole file is there. */
  state(sha256: string): Promise<Result<{ readonly bytes: number; readonly complete: boolean }>>;
  /** Adds `chunk` behind the first `offset` bytes; refused (InvariantError) when the kept prefix has another length. */
  append(sha256: string, offset: number, chunk: Uint8Array): Promise<Result<void>>;
  /** Marks the file whole. */
  complete(sha256: string): Promise<Result<void>>;
  /** All bytes kept so far in order; undefined when there are none. */
  read(sha256: string): Promise<Result<Uint8Array<ArrayBuffer> | undefined>>;
  discard(sha256: string): Promise<Result<void>>;
  /** Drops every file that is not in `keep`. */
  prune(keep: ReadonlySet<string>): Promise<Result<void>>;
  /** A small named text (the last bundle index), so that it can be read offline. */
  getNote(name: string): Promise<Result<string | undefined>>;
  setNote(name: string, text: string): Promise<Result<void>>;
  close(): void;
}
