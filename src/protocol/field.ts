// SPDX-License-Identifier: Apache-2.0
import { bigIntToBytes, bytesToBigInt, bytesToHex, concatBytes, fromHex, type Hash32, sha256, utf8ToBytes } from '../base/index.ts';

/** Order of the BN254 scalar field, in which Groth16 public signals live (EIP-196). */
export const BN254_ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** A BN254 scalar as 64 lower-case hex characters, big-endian, below the order. */
export const fieldToHex = (value: bigint): string => bytesToHex(bigIntToBytes(value, 32));

/** Strict inverse of {@link fieldToHex}: undefined unless canonical. */
export function hexToField(hex: string): bigint | undefined {
  if (hex.length !== 64) return undefined;
  const bytes = fromHex(hex);
  if (bytes === undefined) return undefined;
  const value = bytesToBigInt(bytes);
  return value < BN254_ORDER ? value : undefined;
}

/** Each part behind its 4-byte length, so that no two lists of parts share bytes. */
export const lengthPrefixed = (...parts: readonly (string | Uint8Array)[]): Uint8Array =>
  concatBytes(
    ...parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? utf8ToBytes(part) : part;
      return [bigIntToBytes(BigInt(bytes.length), 4), bytes];
    }),
  );

/**
 * A domain-separated hash into the field: the first 31 bytes of SHA-256(tag, parts), each length-prefixed.
 * 248 bits always lie below the order; collisions cost 2^124.
 */
export const hashToField = (tag: string, ...parts: readonly (string | Uint8Array)[]): bigint =>
  bytesToBigInt(sha256(lengthPrefixed(tag, ...parts)).subarray(0, 31));

/** A SHA-256 digest (model, schema) as a field element, by {@link hashToField}. */
export const digestToField = (tag: string, digest: Hash32): bigint => hashToField(tag, fromHex(digest) as Uint8Array);
