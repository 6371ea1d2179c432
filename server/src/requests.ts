// SPDX-License-Identifier: Apache-2.0

import { isThreshold } from '../../circuits/credit-score/transparent/index.ts';
import { bytesToHex, canonicalBytes, err, invariant, ok, type Result, sha256Hex } from '../../src/base/index.ts';
import { type AnyOrder, fieldToHex, type ProofRequest, type ProofSystem, type RequestOrder, scopeField } from '../../src/protocol/index.ts';
import { faceRequestOf } from './faces/request.ts';
import type { Partner } from './partners.ts';
import { issuerRegistryId } from './registries.ts';
import type { Services } from './services.ts';
import type { StoredRequest } from './store/index.ts';

export const REQUEST_TYPE = 'tacit-request+jwt';

export interface Placed {
  readonly id: string;
  /** Where the person answers. */
  readonly url: string;
  /** The request as a compact JWS. */
  readonly request: string;
  /** false: the same order came before, and this is the request it led to. */
  readonly created: boolean;
}

/**
 * Makes a request of a partner's signed order. Errors: those of readOrder; request/unsupported (a statement or system
 * that is not offered here, a threshold that its program does not bear); scope/system (the scope was answered in the other one); partner/replayed when the
 * idempotency key was used for another order.
 */
export async function placeOrder(services: Services, jws: string): Promise<Result<Placed>> {
  const now = services.clock();
  const read = await services.partners.readOrder(jws, services.origin, now);
  if (!read.ok) return read;
  const { order, partner } = read.value;
  const made =
    order.statement === 'face-match'
      ? await faceRequestOf(services, order, partner, now)
      : await creditRequestOf(services, order, partner, now);
  if (!made.ok) return made;
  const request = made.value;
  const signed = await services.keys.sign(REQUEST_TYPE, request);
  // The time of signing is left out: a partner that repeats a lost call signs it anew.
  const { signedAt: _, ...lasting } = order;
  const orderHash = sha256Hex(canonicalBytes(lasting));
  const { created, stored, orderHash: first } = await services.store.createRequest({ request, jws: signed, key: order.key, orderHash });
  if (first !== orderHash) return err('partner/replayed');
  const { id } = stored.request;
  return ok({ id, url: `${services.origin}/r/${id}`, request: stored.jws, created });
}

async function creditRequestOf(services: Services, order: RequestOrder, partner: Partner, now: number): Promise<Result<ProofRequest>> {
  const system = order.system ?? 'groth16';
  const bundle = bundleFor(services, system, order.policy.threshold);
  if (!bundle.ok) return bundle;
  const pinned = await services.store.scopeSystem(scopeKey(partner.id, order.scope));
  if (pinned !== undefined && pinned !== system) return err('scope/system', { system: pinned });
  return ok(requestOf(services, order, partner, { system, bundle: bundle.value }, now));
}

/** What a scope is called in the store: by both systems the same, so that one scope is one. */
export const scopeKey = (partner: string, scope: string): string => fieldToHex(scopeField(partner, scope));

function bundleFor({ verifiers }: Services, system: ProofSystem, threshold: number): Result<string> {
  if (system === 'groth16') return ok(verifiers.current.hash);
  if (verifiers.transparent === undefined) return err('request/unsupported', { what: 'the transparent system' });
  return isThreshold(threshold) ? ok(verifiers.transparent.hash) : err('request/unsupported', { what: `threshold ${threshold}` });
}

/** What a request of any statement takes over from its order, and what the verifier adds. */
export function requestFieldsOf(services: Services, order: AnyOrder, partner: Partner, now: number) {
  const { origin, scope, purpose, retentionDays, alternative, returnUrl, lifetime } = order;
  return {
    v: 1 as const,
    id: bytesToHex(services.random(16)),
    partner: { id: partner.id, name: partner.name },
    origin,
    scope,
    purpose,
    retentionDays,
    ...(alternative === undefined ? {} : { alternative }),
    ...(returnUrl === undefined ? {} : { returnUrl }),
    nonce: bytesToHex(services.random(32)),
    issuedAt: now,
    expiresAt: now + lifetime,
    verifier: { url: services.origin, keyId: services.keys.kid },
  };
}

function requestOf(
  services: Services,
  order: RequestOrder,
  partner: Partner,
  { system, bundle }: Pick<ProofRequest, 'system' | 'bundle'>,
  now: number,
): ProofRequest {
  const issuer = services.issuers.get(partner.issuer);
  invariant(issuer !== undefined, 'a partner without a configured issuer');
  const { statement, policy } = order;
  return {
    ...requestFieldsOf(services, order, partner, now),
    statement,
    system,
    bundle,
    policy,
    issuer,
    ...(system === 'transparent' ? { registry: issuerRegistryId(partner.issuer) } : {}),
  };
}

export type RequestStatus = 'open' | 'accepted' | 'expired';

export const statusOf = (stored: StoredRequest, now: number): RequestStatus =>
  stored.status === 'open' && stored.request.expiresAt <= now ? 'expired' : stored.status;

/** The request called `id`, an untrusted text. Errors: request/unknown. */
export async function findRequest({ store }: Pick<Services, 'store'>, id: string): Promise<Result<StoredRequest>> {
  const stored = /^[0-9a-f]{32}$/.test(id) ? await store.request(id) : undefined;
  return stored === undefined ? err('request/unknown') : ok(stored);
}
