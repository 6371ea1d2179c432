import * as z from 'zod';
import { bytesToHex, canonicalBytes, err, fromBase64Url, ok, type Result, sha256Hex, toBase64Url } from '../base/index.ts';
import { hexBytes, shortText } from '../protocol/index.ts';
import {
  type Bytes,
  hexBytesOf,
  KDF_ITERATIONS,
  KDF_MAX_ITERATIONS,
  keyFromPasskey,
  keyFromPassphrase,
  MIN_PASSPHRASE,
  own,
  passphraseLength,
  random,
  randomId,
  seal,
  unseal,
} from './crypto.ts';
import type { PasskeyProvider } from './passkey.ts';
import type { Unlocker, UnlockerInfo } from './types.ts';

// The one record that is not encrypted as a whole: the ways in. Each is the vault's 32-byte root, sealed under a
// key-encryption key. All binary values are hex or base64url text, so that the record has one canonical form and a checksum:
// damage is told apart from a wrong passphrase.

const wrapBase = { id: hexBytes(16), label: shortText(80), createdAt: z.int().min(0), iv: hexBytes(12), box: hexBytes(48) };
const wrapSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('passphrase'),
    ...wrapBase,
    salt: hexBytes(32),
    iterations: z.int().min(KDF_ITERATIONS).max(KDF_MAX_ITERATIONS),
  }),
  z.strictObject({
    kind: z.literal('passkey'),
    ...wrapBase,
    salt: hexBytes(32),
    credential: z
      .string()
      .max(2000)
      .regex(/^[A-Za-z0-9_-]+$/),
  }),
]);
export type Wrap = z.infer<typeof wrapSchema>;

const headerSchema = z.strictObject({
  format: z.literal('tacit-vault'),
  v: z.literal(1),
  /** Names this vault in every sealed record, so that records of an older vault on this device do not fit. */
  vault: hexBytes(16),
  wraps: z.array(wrapSchema).min(1).max(16),
  sum: hexBytes(32),
});
export type Header = z.infer<typeof headerSchema>;

const sumOf = ({ sum: _, ...rest }: Header): string => sha256Hex(canonicalBytes(rest));

export function makeHeader(vault: string, wraps: readonly Wrap[]): Header {
  const header: Header = { format: 'tacit-vault', v: 1, vault, wraps: [...wraps], sum: '' };
  return { ...header, sum: sumOf(header) };
}

export function readHeader(stored: unknown): Result<Header> {
  const header = headerSchema.safeParse(stored);
  return header.success && sumOf(header.data) === header.data.sum ? ok(header.data) : err('vault/corrupt');
}

const boundOf = (vault: string, wrap: Pick<Wrap, 'id' | 'kind'>) => ({ vault, wrap: wrap.id, kind: wrap.kind, v: 1 });

async function sealRoot(vault: string, kek: CryptoKey, root: Bytes, wrap: Pick<Wrap, 'id' | 'kind'>) {
  const { iv, box } = await seal(kek, root, boundOf(vault, wrap));
  return { iv: bytesToHex(iv), box: bytesToHex(box) };
}

/** A new way in. Errors: vault/weak-passphrase; passkeys: device/unsupported, job/cancelled. */
export async function makeWrap(
  vault: string,
  root: Bytes,
  unlocker: Unlocker,
  options: { readonly passkeys: PasskeyProvider; readonly label: string; readonly now: number },
): Promise<Result<Wrap>> {
  const salt = random(32);
  const base = { id: randomId(), label: options.label, createdAt: options.now, salt: bytesToHex(salt) };
  if (unlocker.kind === 'passphrase') {
    if (passphraseLength(unlocker.passphrase) < MIN_PASSPHRASE) return err('vault/weak-passphrase', { min: MIN_PASSPHRASE });
    const kek = await keyFromPassphrase(unlocker.passphrase, salt, KDF_ITERATIONS);
    const sealed = await sealRoot(vault, kek, root, { id: base.id, kind: 'passphrase' });
    return ok({ kind: 'passphrase', ...base, iterations: KDF_ITERATIONS, ...sealed });
  }
  const made = await options.passkeys.create(options.label, salt);
  if (!made.ok) return made;
  const sealed = await sealRoot(vault, await keyFromPasskey(made.value.secret), root, { id: base.id, kind: 'passkey' });
  return ok({ kind: 'passkey', ...base, credential: toBase64Url(made.value.id), ...sealed });
}

/** The root, by any way in that fits `unlocker`. Errors: vault/wrong-key; passkeys: job/cancelled. */
export async function openRoot(header: Header, unlocker: Unlocker, passkeys: PasskeyProvider): Promise<Result<Bytes>> {
  if (unlocker.kind === 'passphrase') {
    for (const wrap of header.wraps) {
      if (wrap.kind !== 'passphrase') continue;
      const kek = await keyFromPassphrase(unlocker.passphrase, hexBytesOf(wrap.salt), wrap.iterations);
      const root = await unseal(kek, { iv: hexBytesOf(wrap.iv), box: hexBytesOf(wrap.box) }, boundOf(header.vault, wrap));
      if (root !== undefined) return ok(root);
    }
    return err('vault/wrong-key');
  }
  const known = header.wraps.filter((wrap) => wrap.kind === 'passkey');
  if (known.length === 0) return err('vault/wrong-key');
  const asked = known.map((wrap) => ({ id: own(fromBase64Url(wrap.credential) ?? new Uint8Array()), salt: hexBytesOf(wrap.salt) }));
  const answer = await passkeys.get(asked);
  if (!answer.ok) return answer;
  const id = toBase64Url(answer.value.id);
  const wrap = known.find((each) => each.credential === id);
  if (wrap === undefined) return err('vault/wrong-key');
  const kek = await keyFromPasskey(answer.value.secret);
  const root = await unseal(kek, { iv: hexBytesOf(wrap.iv), box: hexBytesOf(wrap.box) }, boundOf(header.vault, wrap));
  return root === undefined ? err('vault/wrong-key') : ok(root);
}

/** Without secrets, for the settings page. */
export const waysIn = (header: Header): UnlockerInfo[] =>
  header.wraps.map(({ id, kind, label, createdAt }) => ({ id, kind, label, createdAt }));
