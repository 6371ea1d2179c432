// SPDX-License-Identifier: Apache-2.0
import { type CryptoKey, calculateJwkThumbprint, compactVerify, importJWK } from 'jose';
import * as z from 'zod';
import { fromBase64Url } from '../../src/base/index.ts';
import { readJson } from './json.ts';

/** The public half of an Ed25519 key (RFC 8037), and nothing else: a private key in a configuration is refused. */
export const publicJwk = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  kid: z.string().optional(),
  use: z.literal('sig').optional(),
  alg: z.enum(['EdDSA', 'Ed25519']).optional(),
});
export type PublicJwk = z.infer<typeof publicJwk>;

export interface NamedKey {
  /** RFC 7638 thumbprint: a key names itself, so nobody can register another's name. */
  readonly kid: string;
  readonly key: CryptoKey;
}

export async function importPublicKey({ kty, crv, x }: PublicJwk): Promise<NamedKey> {
  const key = await importJWK({ kty, crv, x, alg: 'EdDSA' }, 'EdDSA');
  if (key instanceof Uint8Array) throw new TypeError('an OKP key cannot be symmetric');
  return { kid: await calculateJwkThumbprint({ kty, crv, x }), key };
}

/** Exactly these three members: no `crit`, no `jwk` or `jku` that would bring the attacker's own key, one algorithm. */
const headerSchema = (typ: string) =>
  z.strictObject({ alg: z.literal('EdDSA'), kid: z.string().regex(/^[A-Za-z0-9_-]{43}$/), typ: z.literal(typ) });

/** Three base64url parts, of which none is huge; the whole is bounded by the caller's body limit. */
const COMPACT = /^[A-Za-z0-9_-]{1,1024}\.[A-Za-z0-9_-]{1,40000}\.[A-Za-z0-9_-]{86}$/;

/**
 * The payload of a compact JWS when it carries exactly `typ`, is signed with EdDSA by the key that `keyOf` knows, and is
 * canonical base64url around strict JSON; undefined otherwise, without saying why: the signer knows, and a forger need not.
 */
export async function readJws(
  text: string,
  typ: string,
  keyOf: (kid: string) => CryptoKey | undefined,
): Promise<{ kid: string; payload: unknown } | undefined> {
  if (!COMPACT.test(text)) return undefined;
  const [protectedHeader = '', body = '', signature = ''] = text.split('.');
  const headerBytes = fromBase64Url(protectedHeader);
  const payloadBytes = fromBase64Url(body);
  if (headerBytes === undefined || payloadBytes === undefined || fromBase64Url(signature) === undefined) return undefined;
  const headerJson = readJson(headerBytes);
  const header = headerJson.ok ? headerSchema(typ).safeParse(headerJson.value) : undefined;
  if (!header?.success) return undefined;
  const key = keyOf(header.data.kid);
  if (key === undefined) return undefined;
  try {
    await compactVerify(text, key, { algorithms: ['EdDSA'] });
  } catch {
    return undefined;
  }
  const payload = readJson(payloadBytes);
  return payload.ok ? { kid: header.data.kid, payload: payload.value } : undefined;
}
