// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { err, type Result } from '../base/index.ts';
import { hexBytes, parseShape } from './shape.ts';

/** Largest file of this format that anybody reads. */
export const MAX_FACE_PROOF_BYTES = 2 ** 23;

const common = {
  format: z.literal('tacit-face-proof'),
  v: z.literal(1),
  system: z.literal('transparent'),
  /** SHA-256 of the encoded network over the frame. */
  model: hexBytes(32),
  /** SHA-256 of the encoded program. */
  program: hexBytes(32),
  /** What the proof is for: the request's hash where there is a request. */
  nonce: hexBytes(32),
  /** Whole proven bits; the verifier computes its own and refuses another number. */
  soundnessBits: z.int().min(100).max(256),
  /** The bytes of docs/protocol.md, in base64url without padding. */
  proof: z
    .string()
    .max(2 ** 22)
    .regex(/^[A-Za-z0-9_-]+$/, 'expected base64url'),
};

/** Eight field elements, four bytes each, little-endian: that every one is below p is checked with the proof. */
const digest = hexBytes(32);

/**
 * A transparent proof of `face-enrol` or `face-match` on its own: what `tacit prove face-enrol` and `tacit prove face-match` write. Nothing
 * in it is trusted. There is no proof of a face that does not match.
 */
export const faceProofSchema = z.discriminatedUnion('statement', [
  z.strictObject({ ...common, statement: z.literal('face-enrol'), commitment: digest }),
  z.strictObject({
    ...common,
    statement: z.literal('face-match'),
    root: digest,
    scope: digest,
    nullifier: digest,
    /** Parts in 4096 of a cosine of 1. */
    threshold: z.int().min(1).max(4095),
  }),
]);
export type FaceProof = z.infer<typeof faceProofSchema>;

const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;

/** Whether a value says it is of this format, in whatever version. */
export const claimsFaceProof = (value: unknown): boolean => own(value, 'format') === 'tacit-face-proof';

/** Errors: proof/version for another version of this format, proof/malformed for anything else that does not fit. */
export function parseFaceProof(value: unknown): Result<FaceProof> {
  const version = own(value, 'v');
  if (claimsFaceProof(value) && Number.isSafeInteger(version) && version !== 1)
    return err('proof/version', { version: version as number, expected: 1 });
  return parseShape(faceProofSchema, value, 'proof/malformed');
}

const element = z.int().min(0).max(0x7f000000);

/**
 * What a device keeps of an enrolment, in the clear: as private as the face, and whoever has it and a picture of the person can answer in
 * their name. The command line writes it for its owner alone; the app keeps it encrypted.
 */
export const faceTemplateSchema = z.strictObject({
  format: z.literal('tacit-face-template'),
  v: z.literal(1),
  /** Hash of the enrolment's network, so that a template is never compared with another network's. */
  model: hexBytes(32),
  commitment: digest,
  secret: z.array(element).length(8),
  blinding: z.array(element).length(8),
  template: z.array(z.int().min(-511).max(511)).length(192),
});
export type FaceTemplate = z.infer<typeof faceTemplateSchema>;

/** Error: input/malformed. */
export const parseFaceTemplate = (value: unknown): Result<FaceTemplate> => parseShape(faceTemplateSchema, value, 'input/malformed');

/** parameters.json: the two compiled networks by their hashes, and the constants of the statements. */
export const faceParametersSchema = z.strictObject({
  format: z.literal('tacit-face-networks'),
  v: z.literal(1),
  embedding: hexBytes(32),
  antispoof: hexBytes(32),
  embeddingShift: z.int().min(0).max(24),
  scoreShift: z.int().min(0).max(24),
  leastScore: z.int().min(-511).max(511),
  crop: z.int().min(4).max(256),
  margin: z.int().min(0).max(64),
});
export type FaceParameters = z.infer<typeof faceParametersSchema>;

/** Error: bundle/malformed. */
export const parseFaceParameters = (value: unknown): Result<FaceParameters> => parseShape(faceParametersSchema, value, 'bundle/malformed');
