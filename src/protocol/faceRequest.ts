// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { canonicalBytes, err, type Hash32, ok, type Result, sha256Hex } from '../base/index.ts';
import { faceProofSchema } from './faceProof.ts';
import { proofEnvelopeSchema } from './proof.ts';
import {
  orderFields,
  type ProofRequest,
  parseProofRequest,
  parseRequestOrder,
  proofRequestSchema,
  type RequestOrder,
  requestFields,
} from './request.ts';
import { hexBytes, parseShape, shownText, slug, unixSeconds } from './shape.ts';

/** Parts in 4096 of a cosine of 1: how alike the fresh face and the enrolled one must be to the network. */
export const facePolicy = z.strictObject({ threshold: z.int().min(1).max(4095) });

/** An order for a face match. */
export const faceOrderSchema = z.strictObject({
  ...orderFields,
  statement: z.literal('face-match'),
  system: z.literal('transparent').optional(),
  policy: facePolicy,
  /** Only faces that this registrar vouches for; without one, whoever enrolled. */
  registrar: slug.optional(),
});
export type FaceOrder = z.infer<typeof faceOrderSchema>;
export type AnyOrder = RequestOrder | FaceOrder;

/** Who checked a document before a face entered the registry. */
export const registrarSchema = z.strictObject({ id: slug, name: shownText(80), demo: z.boolean() });
export type Registrar = z.infer<typeof registrarSchema>;

/** A request for a face match, made and signed by the verifier. */
export const faceRequestSchema = z.strictObject({
  ...requestFields,
  statement: z.literal('face-match'),
  system: z.literal('transparent'),
  /** SHA-256 of the network over the frame, and of the program around it. */
  model: hexBytes(32),
  program: hexBytes(32),
  policy: facePolicy,
  /** The registry under whose root the enrolment must lie. */
  registry: slug,
  /** Absent where everybody enrols by themselves. */
  registrar: registrarSchema.optional(),
});
export type FaceRequest = z.infer<typeof faceRequestSchema>;
export type AnyRequest = ProofRequest | FaceRequest;
export const anyRequestSchema = z.union([proofRequestSchema, faceRequestSchema]);

/** What answers a request, of whichever statement. */
export const anyProofSchema = z.union([proofEnvelopeSchema, faceProofSchema.options[1]]);
export type AnyProof = z.infer<typeof anyProofSchema>;

/** What is proven to a verifier in answer to a request for a face. */
export const faceAnswerSchema = faceProofSchema.options[1];
export type FaceAnswer = z.infer<typeof faceAnswerSchema>;
export type FaceEnrolProof = z.infer<(typeof faceProofSchema.options)[0]>;

const asksForFace = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.hasOwn(value, 'statement') &&
  (value as { statement: unknown }).statement === 'face-match';

export const parseAnyOrder = (value: unknown): Result<AnyOrder> =>
  asksForFace(value) ? parseShape(faceOrderSchema, value, 'request/malformed') : parseRequestOrder(value);

/** Reads a request of any statement; its expiry must lie after its creation. Signature and clock are the caller's duty. */
export function parseAnyRequest(value: unknown): Result<AnyRequest> {
  if (!asksForFace(value)) return parseProofRequest(value);
  const request = parseShape(faceRequestSchema, value, 'request/malformed');
  if (request.ok && request.value.expiresAt <= request.value.issuedAt)
    return err('request/malformed', { what: 'expiresAt: not after issuedAt' });
  return request.ok ? ok(request.value) : request;
}

/**
 * The nonce of an enrolment at a verifier: its address and the registry, nothing that passes. The same proof sent twice adds nothing, so
 * it needs no freshness, and it may be made offline; at another verifier it is worth nothing.
 */
export const enrolmentNonce = (verifier: string, registry: string): Hash32 =>
  sha256Hex(canonicalBytes({ format: 'tacit-face-enrolment', v: 1, verifier, registry }));

/** What a device posts to enrol. */
export const enrolmentSchema = z.strictObject({
  format: z.literal('tacit-face-enrolment'),
  v: z.literal(1),
  proof: faceProofSchema.options[0],
  /** SHA-256 of the 32 bytes whose knowledge revokes this enrolment. */
  revocation: hexBytes(32),
  /** A registrar's word on the commitment (compact JWS, EdDSA, `typ: tacit-registrar+jwt`). */
  attestation: z.string().max(4_000).optional(),
});
export type Enrolment = z.infer<typeof enrolmentSchema>;

/** Error: proof/malformed. */
export const parseEnrolment = (value: unknown): Result<Enrolment> => parseShape(enrolmentSchema, value, 'proof/malformed');

export const ATTESTATION_TYPE = 'tacit-registrar+jwt';

/** What a registrar signs after it has checked a document, with its person and the screen that shows the commitment before it. */
export const attestationSchema = z.strictObject({
  /** The registrar. */
  iss: slug,
  /** The verifier's address. */
  aud: z.string().max(255),
  commitment: hexBytes(32),
  iat: unixSeconds,
});
export type Attestation = z.infer<typeof attestationSchema>;
