// vault: what the person keeps on the device. An encrypted wallet (credentials, holder secrets, history, outbox, consents)
// and, in the clear, published files by hash. The single home of idb. Imports base and protocol; client, app and workers
// may import it. WebCrypto, IndexedDB and WebAuthn are reached here and nowhere else.

export { MIN_PASSPHRASE } from './crypto.ts';
export { openFiles } from './files.ts';
export type { PasskeyProvider } from './passkey.ts';
export * from './records.ts';
export type { Collection, FileStore, ImportSummary, StorageReport, Unlocker, UnlockerInfo, Vault, VaultState } from './types.ts';
export { openVault, type VaultOptions } from './vault.ts';
