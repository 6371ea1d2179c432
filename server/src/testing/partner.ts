// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { CompactSign, type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { utf8ToBytes } from '../../../src/base/index.ts';
import type { PublicJwk } from '../jws.ts';

/** A partner's side of the wire. */
export interface TestPartner {
  readonly id: string;
  readonly origin: string;
  readonly jwk: PublicJwk;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  /** A compact JWS of any payload and header; what is not given is as it should be. */
  sign(payload: unknown, header?: Record<string, unknown>): Promise<string>;
  /** A signed order; `change` replaces or (with undefined) removes members. */
  order(now: number, change?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  /** A token that reads verdicts. */
  token(audience: string, now: number, change?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

export async function makePartner(id: string, verifier: string): Promise<TestPartner> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { x = '' } = await exportJWK(pair.publicKey);
  const jwk: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x };
  const kid = await calculateJwkThumbprint(jwk);
  const origin = `https://${id}.example`;
  const signWith = (key: CryptoKey, payload: unknown, header: Record<string, unknown>): Promise<string> =>
    new CompactSign(utf8ToBytes(typeof payload === 'string' ? payload : JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'EdDSA', kid, ...header })
      .sign(key);
  const partner: TestPartner = {
    id,
    origin,
    jwk,
    kid,
    privateKey: pair.privateKey,
    sign: (payload, header = {}) => signWith(pair.privateKey, payload, header),
    order: (now, change = {}, header = {}) =>
      partner.sign(
        {
          partner: id,
          verifier,
          origin,
          statement: 'credit-score',
          policy: { threshold: 1000 },
          scope: 'loan-2026',
          purpose: 'To see whether we can offer you a loan',
          retentionDays: 30,
          alternative: { label: 'Send us your documents', url: `${origin}/documents` },
          returnUrl: `${origin}/done`,
          key: randomBytes(16).toString('hex'),
          signedAt: now,
          ...change,
        },
        { typ: 'tacit-order+jwt', ...header },
      ),
    token: (audience, now, change = {}, header = {}) =>
      partner.sign({ iss: id, aud: audience, iat: now, exp: now + 60, ...change }, { typ: 'JWT', ...header }),
  };
  return partner;
}
