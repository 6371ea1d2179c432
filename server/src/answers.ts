// SPDX-License-Identifier: Apache-2.0
import { err, ok, type Result } from '../../src/base/index.ts';
import {
  type AssuranceLevel,
  type ProofEnvelope,
  type ProofRequest,
  parseProofEnvelope,
  parseProofRequest,
  requestDigest,
  type Verdict,
} from '../../src/protocol/index.ts';
import { verifyProof } from '../../src/verify/index.ts';
import { verifyTransparentProof } from '../../src/verify/transparent/index.ts';
import { answerFace } from './faces/answer.ts';
import { findIssuer, type Issuer } from './issuers.ts';
import { readJws } from './jws.ts';
import { freshRoot } from './registries.ts';
import { findRequest, REQUEST_TYPE, type RequestStatus, scopeKey, statusOf } from './requests.ts';
import type { Services } from './services.ts';
import { type Accepted, type Outcome, settle } from './settle.ts';
import type { AnyVerifier } from './verifiers.ts';

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
  const found = await findRequest(services, id);
  if (!found.ok) return found;
  const { request } = found.value;
  if (request.statement === 'face-match') return answerFace(services, request, body);
  const proof = parseProofEnvelope(body);
  if (!proof.ok) return proof;
  // Asked anew: an issuer that was struck off since counts no more, nor does the demo issuer where it was switched off.
  if (findIssuer(services.issuers, request.issuer) === undefined)
    return err('credential/unknown-issuer', { issuer: acceptedNames(services) });
  const bundle = services.verifiers.get(request.bundle);
  if (!bundle.ok) return bundle;
  return settle(services, request, {
    claimed: claimedNullifier(bundle.value, proof.value),
    check: () => verifyInTurn(services, bundle.value, request, proof.value),
    verdict: (outcome) => verdictOf(services, bundle.value, request, outcome),
    scope: scopeKey(request.partner.id, request.scope),
  });
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
