// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { type CanonicalValue, canonicalBytes, err, type Hash32, ok, type Result, sha256Hex } from '../base/index.ts';
import { hashToField } from './field.ts';
import { hexBytes, parseShape, proofSystem, shownText, slug, unixSeconds, webOrigin, webUrl } from './shape.ts';

/** Thresholds are integers in the units of the model's integer score (the model's card says how to read them). */
export const creditPolicy = z.strictObject({
  threshold: z
    .int()
    .min(-(2 ** 30))
    .max(2 ** 30),
});

/** Fields of every order. */
export const orderFields = {
  partner: slug,
  /** The verifier this order is for: another verifier refuses it, so that no operator can place it elsewhere. */
  verifier: webOrigin,
  /** The exact origin of the partner's page; it must be registered for the partner. */
  origin: webOrigin,
  /** One person can answer once in a scope. The proven scope is H(partner id, scope name). */
  scope: slug,
  /** Why the partner asks, shown to the person. */
  purpose: shownText(200),
  /** How long the partner keeps the verdict, shown to the person; in days. */
  retentionDays: z.int().min(0).max(3650),
  /** How the person can reach the same end without a proof. */
  alternative: z.strictObject({ label: shownText(120), url: webUrl }).optional(),
  /** Where the person is sent afterwards; must lie on `origin`. */
  returnUrl: webUrl.optional(),
  /** Seconds the request lives, from its creation. */
  lifetime: z.int().min(30).max(86_400).default(900),
  /** Idempotency key: the same key with the same order returns the same request; with another order it is refused. */
  key: hexBytes(16),
  /** When the partner signed, Unix seconds; must be within five minutes of the verifier's clock. */
  signedAt: unixSeconds,
};

/** What the partner's server asks for, signed by the partner (compact JWS, EdDSA, `kid` = the registered key). */
export const requestOrderSchema = z.strictObject({
  ...orderFields,
  statement: z.literal('credit-score'),
  /** How it is to be proven; `groth16` when absent. A scope belongs to the system it was first answered in. */
  system: proofSystem.optional(),
  policy: creditPolicy,
});
export type RequestOrder = z.infer<typeof requestOrderSchema>;

/** Fields of every request. */
export const requestFields = {
  v: z.literal(1),
  id: hexBytes(16),
  partner: z.strictObject({ id: slug, name: shownText(80) }),
  origin: webOrigin,
  scope: slug,
  purpose: shownText(200),
  retentionDays: z.int().min(0).max(3650),
  alternative: z.strictObject({ label: shownText(120), url: webUrl }).optional(),
  returnUrl: webUrl.optional(),
  nonce: hexBytes(32),
  issuedAt: unixSeconds,
  expiresAt: unixSeconds,
  /** The verifier that will check the proof: where it is, and the RFC 7638 thumbprint of the key that signed this request. */
  verifier: z.strictObject({ url: webOrigin, keyId: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }),
};

/** The request that is answered by a proof: made and signed by the verifier from the partner's order. */
const creditRequestFields = z.strictObject({
  ...requestFields,
  statement: z.literal('credit-score'),
  system: proofSystem,
  /** Hash of the bundle manifest that proves it (circuit, keys, model). */
  bundle: hexBytes(32),
  policy: creditPolicy,
  /** Public key of the issuer whose credentials are accepted (Baby Jubjub point, canonical hex). */
  issuer: z.strictObject({ name: shownText(80), x: hexBytes(32), y: hexBytes(32), demo: z.boolean() }),
  /** Transparent system alone: the issuer's registry at this verifier, in which the credential's leaf must lie. */
  registry: slug.optional(),
});
export const proofRequestSchema = creditRequestFields.refine(
  ({ system, registry }) => (system === 'transparent') === (registry !== undefined),
  {
    path: ['registry'],
    message: 'expected exactly for the transparent system',
  },
);
export type ProofRequest = z.infer<typeof proofRequestSchema>;

export const parseRequestOrder = (value: unknown): Result<RequestOrder> => parseShape(requestOrderSchema, value, 'request/malformed');

/** Reads a request; its expiry must lie after its creation. Signature and clock are the caller's duty. */
export function parseProofRequest(value: unknown): Result<ProofRequest> {
  const request = parseShape(proofRequestSchema, value, 'request/malformed');
  if (request.ok && request.value.expiresAt <= request.value.issuedAt)
    return err('request/malformed', { what: 'expiresAt: not after issuedAt' });
  return request.ok ? ok(request.value) : request;
}

/** SHA-256 of the canonical request: every field of it, partner, origin, scope, nonce, times and verifier key included. */
export const requestDigest = (request: CanonicalValue & object): Hash32 => sha256Hex(canonicalBytes(request));

/** The public signal `requestHash`: a proof made for one request is worthless for any other. */
export const requestHash = (request: ProofRequest): bigint => hashToField('tacit/request/v1', canonicalBytes(request));

/** The public signal `scope`. Computed from the signed request, never taken as text from a page: two partners that use one scope name get unlinkable nullifiers. */
export const scopeField = (partnerId: string, scope: string): bigint => hashToField('tacit/scope/v1', partnerId, scope);
