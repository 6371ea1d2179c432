import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CompactSign, createRemoteJWKSet, jwtVerify, SignJWT } from 'jose';
import { readPartnerKey } from '../../server/demo/partner/key.ts';
import {
  type FaceRequest,
  type FaceVerdict,
  type ProofRequest,
  type ProofSystem,
  parseAnyRequest,
  parseFaceVerdict,
  parseProofRequest,
  parseVerdict,
  type Verdict,
} from '../../src/protocol/index.ts';
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
  const placed = await place({
    statement: 'credit-score',
    ...(system === undefined ? {} : { system }),
    policy: { threshold, ...policy },
    scope,
    purpose: 'To see whether we can offer you a loan, before you apply.',
    alternative: { label: 'Apply with documents at our desk', url: `${partnerOrigin}/documents` },
    lifetime,
  });
  const request = parseProofRequest(placed.payload);
  if (!request.ok) throw new Error(request.error.code);
  return { ...placed, request: request.value };
}

export interface PlacedFace extends Omit<Placed, 'request'> {
  readonly request: FaceRequest;
}

/** The same for a face. */
export async function askForFace({
  scope = `test-${randomBytes(8).toString('hex')}`,
  lifetime = 900,
  threshold: line = 1834,
  registrar,
}: Pick<Order, 'scope' | 'lifetime' | 'threshold'> & { readonly registrar?: string } = {}): Promise<PlacedFace> {
  const placed = await place({
    statement: 'face-match',
    policy: { threshold: line },
    ...(registrar === undefined ? {} : { registrar }),
    scope,
    purpose: 'To sign your contract as the person who enrolled, without a visit.',
    alternative: { label: 'Sign at our desk', url: `${partnerOrigin}/documents` },
    lifetime,
  });
  const request = parseAnyRequest(placed.payload);
  if (!request.ok || request.value.statement !== 'face-match') throw new Error('no request for a face');
  return { ...placed, request: request.value };
}

async function place(what: Readonly<Record<string, unknown>>): Promise<{ id: string; url: string; payload: unknown }> {
  const { kid, privateKey } = await key;
  const order = {
    partner: ID,
    verifier: appOrigin,
    origin: partnerOrigin,
    retentionDays: 30,
    returnUrl: `${partnerOrigin}/`,
    ...what,
    key: randomBytes(16).toString('hex'),
    signedAt: Math.floor(Date.now() / 1000),
  };
  const jws = await new CompactSign(Buffer.from(JSON.stringify(order)))
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'tacit-order+jwt' })
    .sign(privateKey);
  const answer = await call('/v1/requests', { method: 'POST', body: JSON.stringify({ order: jws }) });
  if (answer.body.code !== undefined) throw new Error(String(answer.body.code));
  const { payload } = await jwtVerify(String(answer.body.request), jwks, { algorithms: ['EdDSA'], typ: 'tacit-request+jwt' });
  return { id: String(answer.body.id), url: String(answer.body.url), payload };
}

/** The newest verdict, its signature checked; the code of the refusal when there is none. */
export async function verdict(id: string): Promise<Verdict | string> {
  const payload = await verdictPayload(id);
  if (typeof payload === 'string') return payload;
  const read = parseVerdict(payload);
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}

/** The same for a face. */
export async function faceVerdict(id: string): Promise<FaceVerdict | string> {
  const payload = await verdictPayload(id);
  if (typeof payload === 'string') return payload;
  const read = parseFaceVerdict(payload);
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}

async function verdictPayload(id: string): Promise<unknown> {
  const { kid, privateKey } = await key;
  const token = await new SignJWT({ iss: ID, aud: appOrigin, sub: id })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(privateKey);
  const { status, body } = await call(`/v1/requests/${id}/verdict`, { headers: { authorization: `Bearer ${token}` } });
  if (status !== 200) return String(body.code);
  const checks = { issuer: appOrigin, audience: ID, subject: id, algorithms: ['EdDSA'], typ: 'tacit-verdict+jwt' };
  return (await jwtVerify(String(body.verdict), jwks, checks)).payload;
}

/** Sends a proof for a request, as anybody can who saw one. */
export const post = async (id: string, body: Buffer): Promise<unknown> =>
  (await call(`/v1/requests/${id}/proof`, { method: 'POST', body: new Uint8Array(body) })).body;

async function call(path: string, init: RequestInit): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${appOrigin}${path}`, { ...init, headers: { 'content-type': 'application/json', ...init.headers } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
