// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { err, type Result } from '../base/index.ts';
import { proofRequestSchema } from './request.ts';
import { hexBytes, parseShape, unixSeconds } from './shape.ts';

/**
 * What leaves the device: the only body that is posted, under 4 kB.
 * `points` are A (G1), B (G2), C (G1) as big-endian affine coordinates: Ax Ay | Bx.c0 Bx.c1 By.c0 By.c1 | Cx Cy, 8 x 32 bytes.
 */
const groth16Proof = z.strictObject({
  format: z.literal('tacit-proof'),
  v: z.literal(1),
  statement: z.literal('credit-score'),
  system: z.literal('groth16'),
  bundle: hexBytes(32),
  points: hexBytes(256),
  /** Public signals in the manifest's order, each 32 bytes big-endian. Range and count are checked by verify, with codes of their own. */
  publicSignals: z.array(hexBytes(32)).max(64),
});
export type Groth16Proof = z.infer<typeof groth16Proof>;

/** No program of ours has longer proofs; the exact length comes from the program. */
const MAX_TRANSPARENT_TEXT = 2 ** 20;

/** The same in the transparent system. Of the public values only these two come with the proof; the verifier has all others itself. */
const transparentProof = z.strictObject({
  format: z.literal('tacit-proof'),
  v: z.literal(1),
  statement: z.literal('credit-score'),
  system: z.literal('transparent'),
  bundle: hexBytes(32),
  /** Root of the issuer's registry: eight field elements, four bytes each, little-endian. */
  root: hexBytes(32),
  nullifier: hexBytes(32),
  /**
   * What the issuer signed of its registry, at the size that has this root: whoever has the proof and its request alone can tell that the
   * root is the issuer's. (A verifier service also asks whether it is fresh.)
   */
  issued: z.strictObject({
    size: z
      .int()
      .min(1)
      .max(2 ** 32),
    time: unixSeconds,
    signature: z.strictObject({ r8x: hexBytes(32), r8y: hexBytes(32), s: hexBytes(32) }),
  }),
  /** The bytes of docs/protocol.md, in base64url without padding. */
  proof: z
    .string()
    .max(MAX_TRANSPARENT_TEXT)
    .regex(/^[A-Za-z0-9_-]+$/, 'expected base64url'),
});
export type TransparentProof = z.infer<typeof transparentProof>;

export const proofEnvelopeSchema = z.discriminatedUnion('system', [groth16Proof, transparentProof]);
export type ProofEnvelope = z.infer<typeof proofEnvelopeSchema>;

/** A proof on its own, with the request it answers: what the CLI writes, what the auditor's page reads. */
export const proofFileSchema = z.strictObject({
  format: z.literal('tacit-proof-file'),
  v: z.literal(1),
  request: proofRequestSchema,
  proof: proofEnvelopeSchema,
});
export type ProofFile = z.infer<typeof proofFileSchema>;

/** Errors: proof/version for a message of this format in another version, proof/malformed for anything else that does not fit. */
export const parseProofEnvelope = (value: unknown): Result<ProofEnvelope> =>
  otherVersion(value) ?? parseShape(proofEnvelopeSchema, value, 'proof/malformed');
export const parseProofFile = (value: unknown): Result<ProofFile> =>
  otherVersion(value) ?? otherVersion(member(value, 'proof')) ?? parseShape(proofFileSchema, value, 'proof/malformed');

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;

function otherVersion(value: unknown): Result<never> | undefined {
  const format = member(value, 'format');
  const version = member(value, 'v');
  if (format !== 'tacit-proof' && format !== 'tacit-proof-file') return undefined;
  return Number.isSafeInteger(version) && version !== 1 ? err('proof/version', { version: version as number, expected: 1 }) : undefined;
}
