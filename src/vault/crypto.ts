import { bytesToHex, canonicalBytes, fromHex, invariant, utf8ToBytes } from '../base/index.ts';

// All of the vault's cryptography, over WebCrypto: AES-256-GCM with random 96-bit nonces (NIST SP 800-38D; far below the
// 2^32 messages a key allows), HKDF-SHA-256 (RFC 5869), PBKDF2-HMAC-SHA-256 (RFC 8018).

/** OWASP's 2023 figure for PBKDF2-HMAC-SHA-256, and the least any stored header or export may name. */
export const KDF_ITERATIONS = 600_000;
/** The most: a planted header or export must not hang the device. */
export const KDF_MAX_ITERATIONS = 10_000_000;
export const MIN_PASSPHRASE = 10;

export type Bytes = Uint8Array<ArrayBuffer>;

export const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
export const randomId = (): string => bytesToHex(random(16));

/** A copy on an ArrayBuffer of its own, which WebCrypto and IndexedDB want. */
export const own = (bytes: Uint8Array): Bytes => new Uint8Array(bytes);

/** Bytes of hex that a schema already checked. */
export function hexBytesOf(hex: string): Bytes {
  const bytes = fromHex(hex);
  invariant(bytes !== undefined, 'hex was checked');
  return own(bytes);
}

/** Length in characters as a person counts them. */
export const passphraseLength = (passphrase: string): number => [...passphrase.normalize('NFKC')].length;

/** A key-encryption key from a passphrase. NFKC, so that one passphrase typed on two keyboards is one. */
export async function keyFromPassphrase(passphrase: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', own(utf8ToBytes(passphrase.normalize('NFKC'))), 'PBKDF2', false, ['deriveKey']);
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, material, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
}

const hkdf = (info: string) => ({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: own(utf8ToBytes(info)) });

/** A key-encryption key from a passkey's PRF output (32 bytes). */
export async function keyFromPasskey(secret: Bytes): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(hkdf('tacit/vault/passkey/v1'), material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** The keys in use while the vault is unlocked; none can be exported. */
export interface Keys {
  /** Encrypts records. */
  readonly records: CryptoKey;
  /** Turns a record's id into its name in the database, so that what lies there links to nothing. */
  readonly names: CryptoKey;
}

/** From the 32-byte root, which is wiped. */
export async function keysFromRoot(root: Bytes): Promise<Keys> {
  const material = await crypto.subtle.importKey('raw', root, 'HKDF', false, ['deriveKey']);
  root.fill(0);
  const [records, names] = await Promise.all([
    crypto.subtle.deriveKey(hkdf('tacit/vault/records/v1'), material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
    crypto.subtle.deriveKey(hkdf('tacit/vault/names/v1'), material, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']),
  ]);
  return { records, names };
}

export interface Sealed {
  readonly iv: Bytes;
  readonly box: Bytes;
}

/** `bound`: everything that must not be swapped; it is authenticated, not hidden. */
type Bound = Readonly<Record<string, string | number>>;

export async function seal(key: CryptoKey, plain: Bytes, bound: Bound): Promise<Sealed> {
  const iv = random(12);
  const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: own(canonicalBytes(bound)) }, key, plain);
  return { iv, box: new Uint8Array(box) };
}

/** Undefined when key, bytes or binding are not the ones it was sealed with; which of them cannot be told. */
export async function unseal(key: CryptoKey, { iv, box }: Sealed, bound: Bound): Promise<Bytes | undefined> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: own(canonicalBytes(bound)) }, key, box));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'OperationError') return undefined;
    throw error;
  }
}

/** The database name of a record: HMAC-SHA-256(names key, store, id), 16 bytes in hex. */
export async function nameOf(keys: Keys, store: string, id: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', keys.names, own(canonicalBytes([store, id])));
  return bytesToHex(new Uint8Array(mac, 0, 16));
}
