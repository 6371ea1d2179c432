// SPDX-License-Identifier: Apache-2.0
import { bytesToBigInt, canonicalBytes, err, type Hash32, invariant, ok, type Result, sha256Hex } from '../../src/base/index.ts';
import {
  BN254_ORDER,
  type Credential,
  type CredentialSchema,
  digestToField,
  fieldToHex,
  type HolderSecret,
  hexToField,
} from '../../src/protocol/index.ts';
import { type CurvePoint, derivePublicKey, type Signature, sign, verify } from './eddsa.ts';
import { encodeFeatures } from './features.ts';
import { packFeatures } from './packing.ts';
import { hash3, hash6, TAG_CREDENTIAL, TAG_HOLDER, TAG_NULLIFIER } from './poseidon.ts';

/** SHA-256 of the canonical schema: what a credential and a manifest name. */
export const schemaHash = (schema: CredentialSchema): Hash32 => sha256Hex(canonicalBytes(schema));

/** The schema as the circuit's constant. */
export const schemaField = (schema: CredentialSchema): bigint => digestToField('tacit/schema/v1', schemaHash(schema));

/** An issuer's public key as requests and credentials carry it. */
export interface IssuerKey {
  readonly x: string;
  readonly y: string;
}

/** What only the issuer may change after signing; the rest of a credential follows from it. */
export interface Attestation {
  readonly schema: CredentialSchema;
  /** Coded values by name, untrusted. */
  readonly features: Readonly<Record<string, number>>;
  /** Holder commitment, 64 hex characters, from the holder. */
  readonly holder: string;
  /** Unix seconds below 2^40. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly issuerName: string;
}

/**
 * A fresh holder secret from 96 uniformly random bytes (48 for each scalar: the bias of the reduction is below 2^-129).
 * The caller brings the randomness, from crypto.getRandomValues.
 */
export function newHolderSecret(random: Uint8Array): HolderSecret {
  invariant(random.length === 96, 'newHolderSecret takes 96 random bytes');
  const scalar = (bytes: Uint8Array) => fieldToHex(bytesToBigInt(bytes) % BN254_ORDER);
  return { secret: scalar(random.subarray(0, 48)), blinding: scalar(random.subarray(48)) };
}

function secretScalar(hex: string): bigint {
  const value = hexToField(hex);
  invariant(value !== undefined, 'a holder secret is a canonical field element');
  return value;
}

/** Is this a holder secret the functions below take (canonical scalars)? Check it when it comes from a file. */
export const isHolderSecret = (holder: HolderSecret): boolean =>
  hexToField(holder.secret) !== undefined && hexToField(holder.blinding) !== undefined;

/** Poseidon(tag, secret, blinding): hides the secret from the issuer, binds the credential to it. */
export const holderCommitment = (holder: HolderSecret): string =>
  fieldToHex(hash3(TAG_HOLDER, secretScalar(holder.secret), secretScalar(holder.blinding)));

/** Poseidon(tag, secret, scope): one per person and scope, unlinkable across scopes. `scope` from scopeField. */
export const nullifier = (secretHex: string, scope: bigint): bigint => hash3(TAG_NULLIFIER, secretScalar(secretHex), scope);

type Signed = Pick<Credential, 'holder' | 'issuedAt' | 'expiresAt'>;

const messageOf = (schema: CredentialSchema, coded: readonly number[], holder: bigint, times: Omit<Signed, 'holder'>): bigint =>
  hash6(TAG_CREDENTIAL, schemaField(schema), packFeatures(schema, coded), holder, BigInt(times.issuedAt), BigInt(times.expiresAt));

/**
 * What the issuer signs: Poseidon(tag, schema, packed features, holder, issuedAt, expiresAt).
 * The credential's features must have passed encodeFeatures and its holder be canonical (InvariantError otherwise).
 */
export function credentialMessage(credential: Pick<Credential, 'features' | keyof Signed>, schema: CredentialSchema): bigint {
  const coded = encodeFeatures(schema, credential.features);
  const holder = hexToField(credential.holder);
  invariant(coded.ok && holder !== undefined, 'credentialMessage: the credential was checked');
  return messageOf(schema, coded.value, holder, credential);
}

export function issuerPublicKey(privateKey: Uint8Array): IssuerKey {
  const { x, y } = derivePublicKey(privateKey);
  return { x: fieldToHex(x), y: fieldToHex(y) };
}

/** Issuer side: codes `input/feature-*`, `input/malformed` (holder, validity). `privateKey`: 32 uniformly random bytes. */
export function signCredential(privateKey: Uint8Array, attestation: Attestation): Result<Credential> {
  const { schema, features, holder, issuedAt, expiresAt, issuerName } = attestation;
  const coded = encodeFeatures(schema, features);
  if (!coded.ok) return coded;
  const commitment = hexToField(holder);
  if (commitment === undefined) return err('input/malformed', { what: 'holder' });
  if (expiresAt <= issuedAt) return err('input/malformed', { what: 'expiresAt: not after issuedAt' });
  const signature = sign(privateKey, messageOf(schema, coded.value, commitment, attestation));
  return ok({
    format: 'tacit-credential',
    v: 1,
    schema: schemaHash(schema),
    features: { ...features },
    holder,
    issuedAt,
    expiresAt,
    issuer: { name: issuerName, ...issuerPublicKey(privateKey) },
    signature: { r8x: fieldToHex(signature.r8x), r8y: fieldToHex(signature.r8y), s: fieldToHex(signature.s) },
  });
}

export interface CredentialCheck {
  /** As parseCredential returned it. */
  readonly credential: Credential;
  readonly schema: CredentialSchema;
  /** The issuer that is accepted (request.issuer, or an entry of the wallet's list). */
  readonly issuer: IssuerKey & { readonly name: string };
  /** Given: the credential must belong to this wallet. */
  readonly holder?: HolderSecret;
  /** Unix seconds: the time the credential must still be valid at (for a proof: request.issuedAt). */
  readonly now: number;
}

/** A credential that passed every check, as numbers. */
export interface CheckedCredential {
  /** Coded features in schema order. */
  readonly coded: readonly number[];
  readonly message: bigint;
  readonly holder: bigint;
  readonly issuer: CurvePoint;
  readonly signature: Signature;
}

/** The first of these that holds: credential/unknown-schema, input/feature-*, credential/unknown-issuer, -/malformed, -/signature, -/holder, -/expired. */
export function checkCredential({ credential, schema, issuer, holder, now }: CredentialCheck): Result<CheckedCredential> {
  if (credential.schema !== schemaHash(schema)) return err('credential/unknown-schema');
  const coded = encodeFeatures(schema, credential.features);
  if (!coded.ok) return coded;
  if (credential.issuer.x !== issuer.x || credential.issuer.y !== issuer.y) {
    return err('credential/unknown-issuer', { issuer: issuer.name });
  }
  const numbers = readNumbers(credential);
  if (!numbers.ok) return numbers;
  const { commitment, publicKey, signature } = numbers.value;
  const message = messageOf(schema, coded.value, commitment, credential);
  if (!verify(publicKey, message, signature)) return err('credential/signature');
  if (holder !== undefined && (!isHolderSecret(holder) || holderCommitment(holder) !== credential.holder)) return err('credential/holder');
  if (credential.expiresAt < now) return err('credential/expired');
  return ok({ coded: coded.value, message, holder: commitment, issuer: publicKey, signature });
}

function readNumbers({ holder, issuer, signature, issuedAt, expiresAt }: Credential) {
  const hexes = { holder, x: issuer.x, y: issuer.y, r8x: signature.r8x, r8y: signature.r8y, s: signature.s };
  for (const [name, hex] of Object.entries(hexes)) {
    if (hexToField(hex) === undefined) return err('credential/malformed', { what: `${name}: not below the field order` });
  }
  if (expiresAt <= issuedAt) return err('credential/malformed', { what: 'expiresAt: not after issuedAt' });
  const number = (name: keyof typeof hexes) => hexToField(hexes[name]) as bigint;
  return ok({
    commitment: number('holder'),
    publicKey: { x: number('x'), y: number('y') },
    signature: { r8x: number('r8x'), r8y: number('r8y'), s: number('s') },
  });
}
