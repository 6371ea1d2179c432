import * as z from 'zod';
import {
  bytesToHex,
  type CanonicalValue,
  canonicalBytes,
  err,
  fromBase64Url,
  ok,
  type Result,
  sha256Hex,
  toBase64Url,
} from '../base/index.ts';
import { hexBytes } from '../protocol/index.ts';
import {
  type Bytes,
  hexBytesOf,
  KDF_ITERATIONS,
  KDF_MAX_ITERATIONS,
  keyFromPassphrase,
  MIN_PASSPHRASE,
  own,
  passphraseLength,
  random,
  seal,
  unseal,
} from './crypto.ts';
import { type RecordOf, recordSchemas, type StoreName, storeNames } from './records.ts';

// The export: one canonical JSON text. Header and checksum in the clear, all records in one sealed box that the header is bound
// to. Canonical form is demanded on import, so that every byte of the file counts.

const MAX_BYTES = 32 * 2 ** 20;

const fileSchema = z.strictObject({
  format: z.literal('tacit-export'),
  v: z.literal(1),
  kdf: z.strictObject({
    name: z.literal('PBKDF2-HMAC-SHA-256'),
    iterations: z.int().min(KDF_ITERATIONS).max(KDF_MAX_ITERATIONS),
    salt: hexBytes(32),
  }),
  cipher: z.literal('AES-256-GCM'),
  iv: hexBytes(12),
  box: z.string().max(2 * MAX_BYTES),
  /** SHA-256 of everything else: damage is told apart from a wrong passphrase. */
  sum: hexBytes(32),
});
type ExportFile = z.infer<typeof fileSchema>;

/** Kinds that files from before them do not have. */
const LATER: ReadonlySet<StoreName> = new Set(['faces']);
const listOf = (store: StoreName) => {
  const list = z.array(recordSchemas[store]).max(100_000);
  return LATER.has(store) ? list.default([]) : list;
};
const contentsSchema = z.strictObject(
  Object.fromEntries(storeNames.map((store) => [store, listOf(store)])) as unknown as {
    [S in StoreName]: z.ZodType<RecordOf<S>[]>;
  },
);
export type Contents = { readonly [S in StoreName]: readonly RecordOf<S>[] };

const sumOf = ({ sum: _, ...rest }: ExportFile): string => sha256Hex(canonicalBytes(rest));
const boundOf = ({ format, v, kdf }: Pick<ExportFile, 'format' | 'v' | 'kdf'>) => ({
  format,
  v,
  iterations: kdf.iterations,
  salt: kdf.salt,
});

/** Errors: vault/weak-passphrase. */
export async function sealExport(contents: Contents, passphrase: string): Promise<Result<Bytes>> {
  if (passphraseLength(passphrase) < MIN_PASSPHRASE) return err('vault/weak-passphrase', { min: MIN_PASSPHRASE });
  const salt = random(32);
  const head = {
    format: 'tacit-export' as const,
    v: 1 as const,
    kdf: { name: 'PBKDF2-HMAC-SHA-256' as const, iterations: KDF_ITERATIONS, salt: bytesToHex(salt) },
  };
  const key = await keyFromPassphrase(passphrase, salt, KDF_ITERATIONS);
  const plain = own(canonicalBytes(JSON.parse(JSON.stringify(contents)) as CanonicalValue));
  const { iv, box } = await seal(key, plain, boundOf(head));
  plain.fill(0);
  const file: ExportFile = { ...head, cipher: 'AES-256-GCM', iv: bytesToHex(iv), box: toBase64Url(box), sum: '' };
  return ok(own(canonicalBytes({ ...file, sum: sumOf(file) })));
}

/** Reads and checks all of it, changing nothing. Errors: vault/import, vault/wrong-key. */
export async function openExport(bytes: Uint8Array, passphrase: string): Promise<Result<Contents>> {
  if (bytes.length > MAX_BYTES) return err('vault/import', { what: 'larger than 32 MiB' });
  const file = readFile(bytes);
  if (!file.ok) return file;
  const { kdf, iv, box } = file.value;
  const sealed = fromBase64Url(box);
  if (sealed === undefined) return err('vault/import', { what: 'box: not base64url' });
  const key = await keyFromPassphrase(passphrase, hexBytesOf(kdf.salt), kdf.iterations);
  const plain = await unseal(key, { iv: hexBytesOf(iv), box: own(sealed) }, boundOf(file.value));
  if (plain === undefined) return err('vault/wrong-key');
  const contents = contentsSchema.safeParse(parseJson(plain));
  if (!contents.success) return err('vault/import', { what: contents.error.issues[0]?.path.join('.') ?? 'records' });
  for (const store of storeNames) {
    const ids = contents.data[store].map(({ id }) => id);
    if (new Set(ids).size !== ids.length) return err('vault/import', { what: `${store}: one id twice` });
  }
  return ok(contents.data);
}

function readFile(bytes: Uint8Array): Result<ExportFile> {
  const parsed = fileSchema.safeParse(parseJson(bytes));
  if (!parsed.success) return err('vault/import', { what: 'not a Tacit export of version 1' });
  const again = canonicalBytes(parsed.data);
  const same = again.length === bytes.length && again.every((byte, i) => byte === bytes[i]);
  return same && sumOf(parsed.data) === parsed.data.sum ? ok(parsed.data) : err('vault/import', { what: 'it is damaged' });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
