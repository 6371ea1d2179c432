// SPDX-License-Identifier: Apache-2.0
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { invariant } from './result.ts';

export { bytesToHex, concatBytes, utf8ToBytes };

declare const brand: unique symbol;
/** A SHA-256 digest as 64 lower-case hex characters. */
export type Hash32 = string & { readonly [brand]: 'Hash32' };

export const sha256 = (bytes: Uint8Array): Uint8Array => nobleSha256(bytes);
export const sha256Hex = (bytes: Uint8Array): Hash32 => bytesToHex(nobleSha256(bytes)) as Hash32;

const HEX = /^(?:[0-9a-f]{2})*$/;
/** Lower-case hex only, so that one value has one spelling; undefined otherwise. */
export const fromHex = (text: string): Uint8Array | undefined => (HEX.test(text) ? hexToBytes(text) : undefined);

export const isHash32 = (text: unknown): text is Hash32 => typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);

/** Big-endian unsigned integer of `bytes`. */
export const bytesToBigInt = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${bytesToHex(bytes)}`));

/** Big-endian, exactly `length` bytes; throws InvariantError when `value` does not fit. */
export function bigIntToBytes(value: bigint, length: number): Uint8Array {
  invariant(value >= 0n && value < 1n << BigInt(8 * length), 'bigIntToBytes: value does not fit');
  return hexToBytes(value.toString(16).padStart(2 * length, '0'));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** RFC 4648 section 5, without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const symbols = Math.min(bytes.length - i, 3) + 1;
    for (let s = 0; s < symbols; s++) out += ALPHABET[(group >> (18 - 6 * s)) & 63];
  }
  return out;
}

/** Strict inverse of {@link toBase64Url}: undefined for a wrong length, a foreign character or stray low bits. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1 || !/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const symbol of text) {
    held = ((held << 6) | ALPHABET.indexOf(symbol)) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 0xff;
    }
  }
  return (held & ((1 << bits) - 1)) === 0 ? out : undefined;
}
