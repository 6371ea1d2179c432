import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CompactSign, createRemoteJWKSet, jwtVerify, SignJWT } from 'jose';
import { readPartnerKey } from '../../server/demo/partner/key.ts';
import { type ProofRequest, type ProofSystem, parseProofRequest, parseVerdict, type Verdict } from '../../src/protocol/index.ts';
import { appOrigin, dataDir, partnerOrigin } from '../places.ts';
import { threshold } from './applicants.ts';

// The demo partner's server, asking what its page would not: short-lived requests, any scope, any threshold. It signs with the same key.

const ID = 'harbour-loans';

export interface Placed {
  readonly id: string;
  /** Where the person answers it. */
  readonly url: string;
  readonly request: ProofRequest;
}

export interface Order {
  /** Default: a scope of its own, so that no test uses up another's. */
  readonly scope?: string;
  readonly threshold?: number;
  /** Default: Groth16, as where none is asked for. */
  readonly system?: ProofSystem;
  /** Seconds, at least 30. */
  readonly lifetime?: number;
}

const key = readPartnerKey(join(dataDir, 'partner'));
const jwks = createRemoteJWKSet(new URL('/.well-known/jwks.json', appOrigin));

export async function ask({
  scope = `test-${randomBytes(8).toString('hex')}`,
  lifetime = 900,
  system,
  ...policy
}: Order = {}): Promise<Placed> {
  const { kid, privateKey } = await key;
  const order = {
    partner: ID,
    verifier: appOrigin,
    origin: partnerOrigin,
    statement: 'credit-score',
    ...(system === undefined ? {} : { system }),
    policy: { threshold, ...policy },
    scope,
    purpose: 'To see whether we can offer you a loan, before you apply.',
    retentionDays: 30,
    alternative: { label: 'Apply with documents at our desk', url: `${partnerOrigin}/documents` },
    returnUrl: `${partnerOrigin}/`,
    lifetime,
    key: randomBytes(16).toString('hex'),
    signedAt: Math.floor(Date.now() / 1000),
  };
  const jws = await new CompactSign(Buffer.from(JSON.stringify(order)))
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'tacit-order+jwt' })
    .sign(privateKey);
  const answer = await call('/v1/requests', { method: 'POST', body: JSON.stringify({ order: jws }) });
  if (answer.body.code !== undefined) throw new Error(String(answer.body.code));
  const { payload } = await jwtVerify(String(answer.body.request), jwks, { algorithms: ['EdDSA'], typ: 'tacit-request+jwt' });
  const request = parseProofRequest(payload);
  if (!request.ok) throw new Error(request.error.code);
  return { id: String(answer.body.id), url: String(answer.body.url), request: request.value };
}

/** The newest verdict, its signature checked; the code of the refusal when there is none. */
export async function verdict(id: string): Promise<Verdict | string> {
  const { kid, privateKey } = await key;
  const token = await new SignJWT({ iss: ID, aud: appOrigin, sub: id })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(privateKey);
  const { status, body } = await call(`/v1/requests/${id}/verdict`, { headers: { authorization: `Bearer ${token}` } });
  if (status !== 200) return String(body.code);
  const checks = { issuer: appOrigin, audience: ID, subject: id, algorithms: ['EdDSA'], typ: 'tacit-verdict+jwt' };
  const read = parseVerdict((await jwtVerify(String(body.verdict), jwks, checks)).payload);
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}

/** Sends a proof for a request, as anybody can who saw one. */
export const post = async (id: string, body: Buffer): Promise<unknown> =>
  (await call(`/v1/requests/${id}/proof`, { method: 'POST', body: new Uint8Array(body) })).body;

async function call(path: string, init: RequestInit): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${appOrigin}${path}`, { ...init, headers: { 'content-type': 'application/json', ...init.headers } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
