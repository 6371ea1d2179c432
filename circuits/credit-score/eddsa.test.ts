// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import { babyjubjub } from '@noble/curves/misc.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BN254_ORDER } from '../../src/protocol/index.ts';
import { type CurvePoint, derivePublicKey, isPublicKey, type Signature, SUBGROUP_ORDER, sign, verify } from './eddsa.ts';

// The oracle: the published implementation, by its CommonJS build (its ES module does not load in Node 20).
interface Oracle {
  derivePublicKey(key: Uint8Array): [bigint, bigint];
  signMessage(key: Uint8Array, message: bigint): { R8: [bigint, bigint]; S: bigint };
  verifySignature(message: bigint, signature: { R8: [bigint, bigint]; S: bigint }, key: [bigint, bigint]): boolean;
}
const oracle = createRequire(import.meta.url)('@zk-kit/eddsa-poseidon') as Oracle;

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const field = fc.bigInt({ min: 0n, max: BN254_ORDER - 1n });
const pair = ({ x, y }: CurvePoint): [bigint, bigint] => [x, y];

describe('EdDSA-Poseidon', () => {
  it('derives the keys and makes the signatures of @zk-kit/eddsa-poseidon, which accepts them', () => {
    fc.assert(
      fc.property(key, field, (privateKey, message) => {
        const publicKey = derivePublicKey(privateKey);
        const signature = sign(privateKey, message);
        const theirs = oracle.signMessage(privateKey, message);
        expect(pair(publicKey)).toEqual(oracle.derivePublicKey(privateKey));
        expect(signature).toEqual({ r8x: theirs.R8[0], r8y: theirs.R8[1], s: theirs.S });
        expect(oracle.verifySignature(message, theirs, pair(publicKey))).toBe(true);
        expect(verify(publicKey, message, signature)).toBe(true);
      }),
      {
        numRuns: 8,
        examples: [
          [new Uint8Array(32), 0n],
          [new Uint8Array(32).fill(255), BN254_ORDER - 1n],
        ],
      },
    );
  });

  const privateKey = new Uint8Array(32).fill(7);
  const publicKey = derivePublicKey(privateKey);
  const signature = sign(privateKey, 5n);

  it('rejects another message, another key and every changed part', () => {
    expect(verify(publicKey, 6n, signature)).toBe(false);
    expect(verify(derivePublicKey(new Uint8Array(32).fill(8)), 5n, signature)).toBe(false);
    for (const name of ['r8x', 'r8y', 's'] as const) {
      const changed: Signature = { ...signature, [name]: signature[name] + 1n };
      expect(verify(publicKey, 5n, changed), name).toBe(false);
    }
  });

  it('rejects the second spelling of a signature: s plus the subgroup order', () => {
    expect(verify(publicKey, 5n, { ...signature, s: signature.s + SUBGROUP_ORDER })).toBe(false);
    expect(verify(publicKey, 5n, { ...signature, s: -signature.s })).toBe(false);
  });

  it('rejects coordinates and messages at or above the field order', () => {
    expect(verify(publicKey, 5n, { ...signature, r8x: signature.r8x + BN254_ORDER })).toBe(false);
    expect(verify({ ...publicKey, x: publicKey.x + BN254_ORDER }, 5n, signature)).toBe(false);
    expect(verify(publicKey, 5n + BN254_ORDER, signature)).toBe(false);
  });

  it('rejects a key of small order, for which anybody could sign', () => {
    const r8 = babyjubjub.Point.BASE.multiply(9n).toAffine();
    for (const small of [
      { x: 0n, y: 1n },
      { x: 0n, y: BN254_ORDER - 1n },
    ]) {
      expect(isPublicKey(small)).toBe(false);
      expect(verify(small, 5n, { r8x: r8.x, r8y: r8.y, s: 9n })).toBe(false);
    }
    expect(isPublicKey({ x: 1n, y: 1n })).toBe(false);
    expect(isPublicKey(publicKey)).toBe(true);
  });

  it('is total: any three numbers give an answer', () => {
    fc.assert(
      fc.property(field, field, field, (r8x, r8y, s) => {
        expect(verify(publicKey, 5n, { r8x, r8y, s })).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});
