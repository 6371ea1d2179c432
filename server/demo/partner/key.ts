// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';

/** The key a partner signs with; its public half is registered at the verifier. */
export interface PartnerKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

/** The public half, for the verifier's configuration. */
export const publicKeyFile = (directory: string): string => join(directory, 'public.json');
const privateKeyFile = (directory: string): string => join(directory, 'private.json');

/** Makes the key on the first start: private half for this user alone, public half beside it. */
export async function makePartnerKey(directory: string): Promise<void> {
  if (existsSync(publicKeyFile(directory)) && existsSync(privateKeyFile(directory))) return;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  writeFileSync(privateKeyFile(directory), JSON.stringify(await exportJWK(pair.privateKey)), { mode: 0o600 });
  writeFileSync(publicKeyFile(directory), JSON.stringify(await exportJWK(pair.publicKey)));
}

export async function readPartnerKey(directory: string): Promise<PartnerKey> {
  const jwk = JSON.parse(readFileSync(privateKeyFile(directory), 'utf8'));
  const privateKey = await importJWK(jwk, 'EdDSA');
  if (privateKey instanceof Uint8Array) throw new TypeError('the partner key is not an Ed25519 key');
  return { kid: await calculateJwkThumbprint(jwk), privateKey };
}
