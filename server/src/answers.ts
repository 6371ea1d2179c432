// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, type ErrorCode, err, ok, type Result, type TacitError } from '../../src/base/index.ts';
import {
  type AssuranceLevel,
  hashReturnCode,
  type ProofEnvelope,
  type ProofRequest,
  parseProofEnvelope,
  parseProofRequest,
  requestDigest,
  type Verdict,
} from '../../src/protocol/index.ts';
import { verifyProof } from '../../src/verify/index.ts';
import { verifyTransparentProof } from '../../src/verify/transparent/index.ts';
import { findIssuer, type Issuer } from './issuers.ts';
import { readJws } from './jws.ts';
import { freshRoot } from './registries.ts';
import { findRequest, REQUEST_TYPE, type RequestStatus, scopeKey, statusOf } from './requests.ts';
import type { Services } from './services.ts';
import type { Refusal } from './store/index.ts';
import type { AnyVerifier } from './verifiers.ts';

export const VERDICT_TYPE = 'tacit-verdict+jwt';

const refusals: Readonly<Record<Refusal, ErrorCode>> = {
  unknown: 'request/unknown',
  used: 'request/used',
  expired: 'request/expired',
  exhausted: 'request/too-many-attempts',
};

export const assuranceOf = (issuer: Pick<Issuer, 'demo'>): AssuranceLevel => (issuer.demo ? 'demo-attested' : 'issuer-attested');

/**
 * Checks the proof that answers request `id`, in this order: form, state of the request, bundle, proof, and then, in one transaction,
 * request and nullifier. A proof that can be read and fails leaves a signed rejection; the request stays open for a right one.
 * Errors: request/unknown, proof/malformed, proof/version, credential/unknown-issuer (no longer accepted here), request/used,
 * request/expired, request/too-many-attempts, bundle/*, every code of verifyProof and verifyTransparentProof, registry/unknown-root,
 * registry/stale-root, scope/system, nullifier/used.
 *
 * `code` is for the browser that sent the proof: the partner credits whoever brings it in the session that ordered the request, so that
 * a request sent on to somebody else gains its sender nothing. The same person's proof, sent again, is answered with the same code.
 */
export async function answerRequest(services: Services, id: string, body: unknown): Promise<Result<Accepted>> {
  const { store, clock, limits } = services;
  const found = await findRequest(services, id);
  if (!found.ok) return found;
  const { request } = found.value;
  const proof = parseProofEnvelope(body);
  if (!proof.ok) return proof;
  // Asked anew: an issuer that was struck off since counts no more, nor does the demo issuer where it was switched off.
  if (findIssuer(services.issuers, request.issuer) === undefined)
    return err('credential/unknown-issuer', { issuer: acceptedNames(services) });
  const bundle = services.verifiers.get(request.bundle);
  if (!bundle.ok) return bundle;
  const attempt = await store.takeAttempt(id, clock(), limits.attempts);
  if (attempt === 'used') return answerAgain(services, bundle.value, request, proof.value);
  if (attempt !== 'taken') return err(refusals[attempt]);

  const rejected = async (error: TacitError): Promise<Result<never>> => {
    const verdict = verdictOf(services, bundle.value, request, { result: 'rejected', reason: error.code });
    await store.reject(id, await services.keys.sign(VERDICT_TYPE, verdict), verdict.iat);
    return { ok: false, error };
  };
  const verified = await verifyInTurn(services, bundle.value, request, proof.value);
  if (!verified.ok) return rejected(verified.error);
  const { nullifier } = verified.value;
  const code = bytesToHex(services.random(16));
  const verdict = verdictOf(services, bundle.value, request, { result: 'accepted', nullifier, returnCode: hashReturnCode(code) });
  const outcome = await store.accept({
    id,
    scope: scopeKey(request.partner.id, request.scope),
    system: request.system,
    nullifier,
    // Signed before the transaction, so that nothing waits while it is open.
    verdict: await services.keys.sign(VERDICT_TYPE, verdict),
    returnCode: code,
    now: clock(),
  });
  if (outcome === 'accepted') return ok({ result: 'accepted', code });
  // Another post was faster: perhaps of the same proof.
  if (outcome === 'used') return answerAgain(services, bundle.value, request, proof.value);
  if (outcome === 'scope-pinned')
    return rejected({ code: 'scope/system', params: { system: request.system === 'groth16' ? 'transparent' : 'groth16' } });
  return outcome === 'nullifier-used' ? rejected({ code: 'nullifier/used' }) : err(refusals[outcome]);
}

export interface Accepted {
  readonly result: 'accepted';
  /** 16 random bytes, hex; the signed verdict carries their SHA-256. */
  readonly code: string;
}

/**
 * The answer to a request that was answered before, for whom its first answer was lost: only a proof that holds, with the accepted
 * nullifier, is told the code. To know the nullifier is not enough (the partner does). Errors: request/used.
 */
async function answerAgain(
  services: Services,
  bundle: AnyVerifier,
  request: ProofRequest,
  proof: ProofEnvelope,
): Promise<Result<Accepted>> {
  const accepted = await services.store.acceptance(request.id);
  // Compared before the check, so that strangers cannot make an answered request cost anything.
  if (accepted === undefined || claimedNullifier(bundle, proof) !== accepted.nullifier) return err('request/used');
  const verified = await verifyInTurn(services, bundle, request, proof);
  return verified.ok ? ok({ result: 'accepted', code: accepted.returnCode }) : err('request/used');
}

const acceptedNames = ({ issuers }: Services): string =>
  [...issuers.values()]
    .map(({ name }) => name)
    .join(', ')
    .slice(0, 400);

/** The nullifier that an unchecked proof names. */
function claimedNullifier(bundle: AnyVerifier, proof: ProofEnvelope): string | undefined {
  if (proof.system === 'transparent') return proof.nullifier;
  return bundle.system === 'groth16' ? proof.publicSignals[bundle.manifest.publicSignals.indexOf('nullifier')] : undefined;
}

/**
 * Checks a proof of either system. A check holds the thread for 20 (Groth16) to 40 ms (transparent); other calls get their turn between two.
 * The root of a transparent proof is looked up first: one that was never the issuer's costs nothing.
 */
async function verifyInTurn(
  services: Services,
  bundle: AnyVerifier,
  request: ProofRequest,
  proof: ProofEnvelope,
): Promise<Result<{ readonly nullifier: string }>> {
  await new Promise((turn) => setImmediate(turn));
  if (bundle.system === 'groth16') return verifyProof(bundle, request, proof);
  if (proof.system === 'transparent' && request.registry !== undefined) {
    const fresh = await freshRoot(services, request.registry, proof.root, request.issuedAt);
    if (!fresh.ok) return fresh;
  }
  return verifyTransparentProof(bundle, request, proof);
}

/** What a verdict says of how sure the proof itself is. */
const strengthOf = (bundle: AnyVerifier): Pick<Verdict, 'system' | 'keys' | 'soundnessBits'> =>
  bundle.system === 'groth16'
    ? { system: 'groth16', keys: bundle.manifest.keys }
    : { system: 'transparent', keys: 'none', soundnessBits: bundle.soundnessBits };

type Outcome = Pick<Verdict, 'result' | 'reason' | 'nullifier' | 'returnCode'>;

const verdictOf = ({ clock, origin }: Services, bundle: AnyVerifier, request: ProofRequest, outcome: Outcome): Verdict => ({
  iss: origin,
  aud: request.partner.id,
  sub: request.id,
  request: requestDigest(request),
  origin: request.origin,
  statement: request.statement,
  scope: request.scope,
  policy: request.policy,
  ...outcome,
  bundle: request.bundle,
  model: bundle.manifest.model,
  ...strengthOf(bundle),
  issuer: { name: request.issuer.name, demo: request.issuer.demo },
  assurance: assuranceOf(request.issuer),
  iat: clock(),
});

/**
 * The newest verdict of request `id`, for the partner it belongs to; `status` says whether another can come. Errors:
 * partner/unauthenticated, request/unknown, partner/forbidden, verdict/pending, request/expired (and no proof ever came).
 */
export async function readVerdict(
  services: Services,
  id: string,
  authorization: string | undefined,
): Promise<Result<{ status: RequestStatus; verdict: string }>> {
  const now = services.clock();
  const partner = await services.partners.readToken(authorization, id, services.origin, now);
  if (!partner.ok) return partner;
  const found = await findRequest(services, id);
  if (!found.ok) return found;
  if (found.value.request.partner.id !== partner.value.id) return err('partner/forbidden');
  // Status first: a verdict that comes between the two reads is then newer than its status, never older.
  const status = statusOf(found.value, now);
  const verdict = await services.store.verdict(id);
  if (verdict === undefined) return err(status === 'expired' ? 'request/expired' : 'verdict/pending');
  return ok({ status: verdict.result === 'accepted' ? 'accepted' : status, verdict: verdict.jws });
}

export interface Checked extends Pick<Verdict, 'system' | 'keys' | 'soundnessBits'> {
  readonly valid: true;
  readonly nullifier: string;
  /** Whether the request came with this verifier's signature; without it, anybody may have written it. */
  readonly signed: boolean;
  readonly assurance: AssuranceLevel;
}

/**
 * Checks a proof against a request that the caller brings, as the signed JWS or as plain JSON; nothing is remembered, so a proof stays
 * checkable for ever. Errors: request/signature, request/malformed, credential/unknown-issuer (this verifier does not accept the
 * issuer the request names), registry/*, proof/*, bundle/*, request/mismatch.
 */
export async function checkProof(services: Services, request: unknown, proof: unknown): Promise<Result<Checked>> {
  const read = typeof request === 'string' ? await readJws(request, REQUEST_TYPE, services.keys.publicKey) : undefined;
  if (typeof request === 'string' && read === undefined) return err('request/signature');
  const asked = parseProofRequest(read?.payload ?? request);
  if (!asked.ok) return asked;
  const envelope = parseProofEnvelope(proof);
  if (!envelope.ok) return envelope;
  const issuer = findIssuer(services.issuers, asked.value.issuer);
  if (issuer === undefined) return err('credential/unknown-issuer', { issuer: acceptedNames(services) });
  const bundle = services.verifiers.get(asked.value.bundle);
  if (!bundle.ok) return bundle;
  const verified = await verifyInTurn(services, bundle.value, asked.value, envelope.value);
  if (!verified.ok) return verified;
  return ok({
    valid: true,
    nullifier: verified.value.nullifier,
    signed: read !== undefined,
    ...strengthOf(bundle.value),
    assurance: assuranceOf(issuer),
  });
}
