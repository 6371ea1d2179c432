// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, fromHex, type Hash32, invariant, sha256 } from '../base/index.ts';
import { isCanonical, P } from '../field/index.ts';
import { lengthPrefixed } from '../protocol/index.ts';

/** Elements of a Poseidon2 digest, a secret, a blinding or a scope. */
export const ELEMENTS = 8;
const BYTES = 4 * ELEMENTS;

/** Eight canonical field elements: 248 bits, so a collision costs 2^124. */
export type Digest = readonly number[];

/** Four bytes an element, little-endian. The elements are canonical (InvariantError else). */
export function digestToBytes(digest: Digest): Uint8Array {
  invariant(digest.length === ELEMENTS && digest.every(isCanonical), 'digestToBytes: not eight field elements');
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  digest.forEach((element, i) => {
    view.setUint32(4 * i, element, true);
  });
  return bytes;
}

/** Strict inverse: undefined for another length or an element of p or more. */
export function digestFromBytes(bytes: Uint8Array): number[] | undefined {
  if (bytes.length !== BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, BYTES);
  const digest = Array.from({ length: ELEMENTS }, (_, i) => view.getUint32(4 * i, true));
  return digest.every(isCanonical) ? digest : undefined;
}

/** The same as 64 lower-case hex characters: how roots, leaves and nullifiers are written in messages. */
export const digestToHex = (digest: Digest): Hash32 => bytesToHex(digestToBytes(digest)) as Hash32;

export function digestFromHex(text: string): number[] | undefined {
  const bytes = text.length === 2 * BYTES ? fromHex(text) : undefined;
  return bytes === undefined ? undefined : digestFromBytes(bytes);
}

/**
 * A domain-separated hash into eight elements: SHA-256 over (tag, counter, parts), each length-prefixed, two of them; every eight
 * bytes, little-endian, modulo p (bias below 2^-33 an element). Collisions cost 2^124; as a key derivation its output is as hard to
 * tell from uniform as SHA-256's.
 */
export function hashToElements(tag: string, ...parts: readonly (string | Uint8Array)[]): number[] {
  const order = BigInt(P);
  return [0, 1].flatMap((counter) => {
    const bytes = sha256(lengthPrefixed(tag, Uint8Array.of(counter), ...parts));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: ELEMENTS / 2 }, (_, i) => Number(view.getBigUint64(8 * i, true) % order));
  });
}

/**
 * The scope of a nullifier as statements of the transparent system take it: H(partner, scope name). Two partners that use one name
 * get scopes, and so nullifiers, that have nothing to do with each other.
 */
export const scopeElements = (partnerId: string, scope: string): number[] => hashToElements('tacit/scope/koalabear/v1', partnerId, scope);

/**
 * What lies in the place of a leaf that was struck off, so that all others keep theirs. A hash of its own name: nobody knows what a sponge
 * would have to be given to come out as this, so no proof stands on it.
 */
export const STRUCK: Digest = hashToElements('tacit/struck-leaf/v1');
