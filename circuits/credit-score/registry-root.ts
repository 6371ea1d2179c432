// SPDX-License-Identifier: Apache-2.0
import { fieldToHex, hexToField } from '../../src/protocol/index.ts';
import { type RootSignature, type RootStatement, rootMessage } from '../../src/registry/index.ts';
import type { IssuerKey } from './credential.ts';
import { sign, verify } from './eddsa.ts';

/**
 * The issuer's signature over the root of its registry, by the key that signs its credentials. Its message is a tagged SHA-256, a
 * credential's a tagged Poseidon hash, so neither can be shown as the other.
 */
export function signRoot(privateKey: Uint8Array, statement: RootStatement): RootSignature {
  const { r8x, r8y, s } = sign(privateKey, rootMessage(statement));
  return { r8x: fieldToHex(r8x), r8y: fieldToHex(r8y), s: fieldToHex(s) };
}

/** Whether the issuer signed exactly this statement. Total. */
export function checkRoot(issuer: IssuerKey, statement: RootStatement, signature: RootSignature): boolean {
  const numbers = [issuer.x, issuer.y, signature.r8x, signature.r8y, signature.s].map(hexToField);
  const [x, y, r8x, r8y, s] = numbers;
  if (x === undefined || y === undefined || r8x === undefined || r8y === undefined || s === undefined) return false;
  return verify({ x, y }, rootMessage(statement), { r8x, r8y, s });
}
