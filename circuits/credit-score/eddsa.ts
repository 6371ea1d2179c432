// SPDX-License-Identifier: Apache-2.0
import { babyjubjub } from '@noble/curves/misc.js';
import { blake512 } from '@noble/hashes/blake1.js';
import { bigIntToBytes, bytesToBigInt, concatBytes, invariant } from '../../src/base/index.ts';
import { BN254_ORDER } from '../../src/protocol/index.ts';
import { hash5 } from './poseidon.ts';

// EdDSA-Poseidon on Baby Jubjub (EIP-2494; RFC 8032 with Poseidon as the hash of the challenge), byte for byte the scheme of
// @zk-kit/eddsa-poseidon and of circomlib's EdDSAPoseidonVerifier. Why not @zk-kit itself: its ES module does not load in Node 20
// (a named import from a CommonJS package) and it brings a Buffer polyfill into the page. It is the oracle of the tests instead.
// Big-integer arithmetic is not constant-time: sign where an attacker cannot time you.

const { Point } = babyjubjub;
/** Order of the prime subgroup of Baby Jubjub: signatures' `s` lies below it. */
export const SUBGROUP_ORDER = Point.Fn.ORDER;

export interface CurvePoint {
  readonly x: bigint;
  readonly y: bigint;
}
export interface Signature {
  readonly r8x: bigint;
  readonly r8y: bigint;
  readonly s: bigint;
}

const littleEndian = (bytes: Uint8Array): bigint => bytesToBigInt(Uint8Array.from(bytes).reverse());

/** Secret scalar (a multiple of 8, clamped as in RFC 8032) and the prefix for the nonce. */
function expand(privateKey: Uint8Array): { scalar: bigint; prefix: Uint8Array } {
  invariant(privateKey.length === 32, 'a private key has 32 bytes');
  const hash = blake512(privateKey);
  const head = hash.slice(0, 32);
  head[0] = (head[0] as number) & 0xf8;
  head[31] = ((head[31] as number) & 0x7f) | 0x40;
  return { scalar: littleEndian(head), prefix: hash.slice(32) };
}

const onBase = (scalar: bigint): CurvePoint => Point.BASE.multiply(scalar % SUBGROUP_ORDER).toAffine();

export const derivePublicKey = (privateKey: Uint8Array): CurvePoint => onBase(expand(privateKey).scalar >> 3n);

/** Deterministic, so it needs no randomness. `message` is a canonical field element. */
export function sign(privateKey: Uint8Array, message: bigint): Signature {
  invariant(message >= 0n && message < BN254_ORDER, 'a message is a field element');
  const { scalar, prefix } = expand(privateKey);
  const publicKey = onBase(scalar >> 3n);
  const nonce = littleEndian(blake512(concatBytes(prefix, bigIntToBytes(message, 32).reverse()))) % SUBGROUP_ORDER;
  const r8 = onBase(nonce);
  const challenge = hash5(r8.x, r8.y, publicKey.x, publicKey.y, message);
  return { r8x: r8.x, r8y: r8.y, s: (nonce + challenge * scalar) % SUBGROUP_ORDER };
}

/** A point as the curve sees it; undefined off the curve, for a non-canonical coordinate, or of small order (then 8A = 0 and anything verifies). */
function publicPoint({ x, y }: CurvePoint) {
  const point = curvePoint(x, y);
  return point === undefined || point.isSmallOrder() ? undefined : point;
}

function curvePoint(x: bigint, y: bigint) {
  if (x < 0n || y < 0n || x >= BN254_ORDER || y >= BN254_ORDER) return undefined;
  try {
    const point = Point.fromAffine({ x, y });
    point.assertValidity();
    return point;
  } catch {
    return undefined;
  }
}

/** Is this an issuer's key that a signature can be checked against? */
export const isPublicKey = (key: CurvePoint): boolean => publicPoint(key) !== undefined;

/** s·B = R + 8·challenge·A, with s canonical (so that a signature has one spelling), R on the curve and A not of small order. Total. */
export function verify(publicKey: CurvePoint, message: bigint, { r8x, r8y, s }: Signature): boolean {
  const a = publicPoint(publicKey);
  const r8 = curvePoint(r8x, r8y);
  if (a === undefined || r8 === undefined || s < 0n || s >= SUBGROUP_ORDER || message < 0n || message >= BN254_ORDER) return false;
  const challenge = hash5(r8x, r8y, publicKey.x, publicKey.y, message);
  // 8A lies in the prime subgroup, so the challenge may be reduced by its order.
  const right = r8.add(a.clearCofactor().multiplyUnsafe(challenge % SUBGROUP_ORDER));
  return Point.BASE.multiplyUnsafe(s).equals(right);
}
