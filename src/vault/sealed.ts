import * as z from 'zod';
import { type CanonicalValue, canonicalBytes, err, ok, type Result } from '../base/index.ts';
import { type Keys, nameOf, own, seal, unseal } from './crypto.ts';
import type { Stored } from './database.ts';
import { type RecordOf, recordSchemas, type StoreName } from './records.ts';

const storedSchema = z.strictObject({
  name: z.string(),
  v: z.literal(1),
  iv: z.instanceof(Uint8Array).refine((bytes) => bytes.length === 12),
  box: z.instanceof(Uint8Array),
});

/** Bound to vault, store, name and version, so that a record opens nowhere but in its own place. */
const boundOf = (vault: string, store: StoreName, name: string) => ({ vault, store, name, v: 1 });

/** A record, encrypted for its place in `store`. The caller made it, so it must fit its schema (a bug otherwise, and thrown). */
export async function sealRecord<S extends StoreName>(keys: Keys, vault: string, store: S, record: RecordOf<S>): Promise<Stored> {
  const name = await nameOf(keys, store, record.id);
  // Through JSON once, since an optional member that is undefined has no canonical form.
  const plain = own(canonicalBytes(JSON.parse(JSON.stringify(recordSchemas[store].parse(record))) as CanonicalValue));
  const { iv, box } = await seal(keys.records, plain, boundOf(vault, store, name));
  plain.fill(0);
  return { name, v: 1, iv, box };
}

/** Errors: vault/corrupt when it was changed, moved, damaged or made by another vault. */
export async function openRecord<S extends StoreName>(keys: Keys, vault: string, store: S, stored: unknown): Promise<Result<RecordOf<S>>> {
  const found = storedSchema.safeParse(stored);
  if (!found.success) return err('vault/corrupt');
  const { name, iv, box } = found.data;
  const plain = await unseal(keys.records, { iv: own(iv), box: own(box) }, boundOf(vault, store, name));
  if (plain === undefined) return err('vault/corrupt');
  const record = recordSchemas[store].safeParse(JSON.parse(new TextDecoder().decode(plain)));
  return record.success ? ok(record.data as RecordOf<S>) : err('vault/corrupt');
}
