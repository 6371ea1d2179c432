// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import { canonicalBytes, err, ok, type Result } from '../base/index.ts';
import { hashToField, hexBytes, parseShape, slug, unixSeconds, webOrigin } from '../protocol/index.ts';
import { type Digest, digestFromBytes, digestFromHex, digestToBytes, digestToHex, ELEMENTS } from './digest.ts';
import { isEmptyLeaf, MAX_LEAVES, RegistryTree } from './tree.ts';

const size = z.int().min(0).max(MAX_LEAVES);
const root = hexBytes(4 * ELEMENTS).refine((hex) => digestFromHex(hex) !== undefined, 'not eight field elements');
/** EdDSA-Poseidon on Baby Jubjub, as in a credential. */
const rootSignature = z.strictObject({ r8x: hexBytes(32), r8y: hexBytes(32), s: hexBytes(32) });

/** What an issuer signs each time it adds to its registry: how many leaves there are now, and the root over them. */
export const rootStatementSchema = z.strictObject({
  format: z.literal('tacit-registry-root'),
  v: z.literal(1),
  registry: slug,
  size,
  root,
  /** When the issuer signed, Unix seconds. */
  time: unixSeconds,
});
export type RootStatement = z.infer<typeof rootStatementSchema>;

/** The element of the BN254 field that the issuer's key signs for a root statement. */
export const rootMessage = (statement: RootStatement): bigint => hashToField('tacit/registry-root/v1', canonicalBytes(statement));

/** What a verifier signs (compact JWS, EdDSA, `typ: tacit-registry+jwt`) when it is asked how a registry stands. */
export const registryStateSchema = z.strictObject({
  v: z.literal(1),
  /** The verifier. */
  iss: webOrigin,
  registry: slug,
  size,
  root,
  /** When this root became the newest one here; the empty tree's is 0. */
  time: unixSeconds,
  /** When the verifier signed. */
  iat: unixSeconds,
  /** An issuer's registry: its signature over the root statement of this size, root and the time it signed. Absent while empty. */
  issued: z.strictObject({ time: unixSeconds, signature: rootSignature }).optional(),
});
export type RegistryState = z.infer<typeof registryStateSchema>;
export const REGISTRY_TYPE = 'tacit-registry+jwt';

/** Most leaves of one push. */
export const MAX_PUSH = 512;

/** How an issuer adds leaves: where they begin (the size so far), the leaves, and its signature over the root they lead to. */
export const pushSchema = z.strictObject({
  from: size,
  leaves: z.array(root).min(1).max(MAX_PUSH),
  statement: rootStatementSchema,
  signature: rootSignature,
});
export type RegistryPush = z.infer<typeof pushSchema>;
export type RootSignature = RegistryPush['signature'];

/** A whole registry at one size, as its issuer vouches for it: what proving needs besides the credential, as a file. */
export const snapshotSchema = z.strictObject({
  format: z.literal('tacit-registry'),
  v: z.literal(1),
  statement: rootStatementSchema,
  signature: rootSignature,
  leaves: z.array(root).max(2 ** 16),
});
export type RegistrySnapshot = z.infer<typeof snapshotSchema>;

export const parseSnapshot = (value: unknown): Result<RegistrySnapshot> => parseShape(snapshotSchema, value, 'registry/malformed');
export const parseRegistryState = (value: unknown): Result<RegistryState> => parseShape(registryStateSchema, value, 'registry/malformed');
export const parsePush = (value: unknown): Result<RegistryPush> => parseShape(pushSchema, value, 'registry/malformed');

/** The root statement that an issuer's registry state carries; undefined for a registry the verifier keeps itself, or an empty one. */
export const issuedStatement = ({ registry, size, root, issued }: RegistryState): RootStatement | undefined =>
  issued === undefined ? undefined : { format: 'tacit-registry-root', v: 1, registry, size, root, time: issued.time };

/** Leaves are fetched in pieces that begin at multiples of this, so that what is asked for says nothing of whose leaf is wanted. */
export const BUCKET = 4096;

/**
 * The pieces that make up the leaves up to `to`, from a multiple of the bucket's length on. What lies in one never changes, so each may be
 * cached for ever.
 */
export const bucketsOf = (to: number, from = 0): { readonly from: number; readonly to: number }[] =>
  Array.from({ length: Math.ceil((to - from) / BUCKET) }, (_, i) => ({
    from: from + i * BUCKET,
    to: Math.min(from + (i + 1) * BUCKET, to),
  }));

/** Whether a piece may be asked for: it begins at a multiple of the bucket's length and ends within it and the registry. */
export const isBucket = (from: number, to: number, size: number): boolean =>
  Number.isSafeInteger(from) && Number.isSafeInteger(to) && from % BUCKET === 0 && from < to && to <= from + BUCKET && to <= size;

export const leavesToBytes = (leaves: readonly Digest[]): Uint8Array => {
  const bytes = new Uint8Array(4 * ELEMENTS * leaves.length);
  leaves.forEach((leaf, i) => {
    bytes.set(digestToBytes(leaf), 4 * ELEMENTS * i);
  });
  return bytes;
};

/** Reads exactly `count` leaves. Errors: registry/malformed (length, an element of p or more, the empty leaf). */
export function readLeaves(bytes: Uint8Array, count: number): Result<readonly Digest[]> {
  const length = 4 * ELEMENTS;
  if (bytes.length !== count * length) return err('registry/malformed', { what: `${bytes.length} bytes for ${count} leaves` });
  const leaves: Digest[] = [];
  for (let i = 0; i < count; i++) {
    const leaf = digestFromBytes(bytes.subarray(i * length, (i + 1) * length));
    if (leaf === undefined || isEmptyLeaf(leaf)) return err('registry/malformed', { what: `leaf ${i}` });
    leaves.push(leaf);
  }
  return ok(leaves);
}

/** A tree that has the size and the root that were signed. Errors: registry/mismatch. The signature over `state` is the caller's duty. */
export function signedTree(
  tree: RegistryTree,
  { registry, size, root }: Pick<RegistryState, 'size' | 'root' | 'registry'>,
): Result<RegistryTree> {
  return tree.size === size && digestToHex(tree.root()) === root ? ok(tree) : err('registry/mismatch', { registry });
}

/** The same from all leaves, in the order of {@link bucketsOf}. */
export function treeOf(leaves: readonly Digest[], state: Pick<RegistryState, 'size' | 'root' | 'registry'>): Result<RegistryTree> {
  const tree = new RegistryTree();
  for (const leaf of leaves) tree.append(leaf);
  return signedTree(tree, state);
}
