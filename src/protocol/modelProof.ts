// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { err, type Result } from '../base/index.ts';
import { hexBytes, parseShape } from './shape.ts';

/** Largest file of this format that anybody reads. */
export const MAX_MODEL_PROOF_BYTES = 2 ** 23;

/** Public values are integers of the field's signed half: |x| <= (p - 1) / 2, p = 2^31 - 2^24 + 1. */
const LARGEST = (2 ** 31 - 2 ** 24) / 2;

const scale = z.union([
  z.number().positive(),
  z.strictObject({ axis: z.int().min(0).max(15), values: z.array(z.number().positive()).min(1).max(65536) }),
]);

const index = z
  .int()
  .min(0)
  .max(2 ** 18);

/** What is public instead of the outputs; its meaning is src/program/policy.ts. */
const policySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('class'), index }),
  z.strictObject({
    kind: z.literal('at-least'),
    index,
    value: z
      .int()
      .min(-LARGEST)
      .max(LARGEST)
      .refine((x) => !Object.is(x, -0), 'minus zero'),
  }),
]);

/**
 * A transparent proof of the statement `model` on its own: what `tacit prove FOLDER` writes. Nothing in it is trusted: the verifier
 * compiles the program out of its own copy of the network and compares hashes, shapes and scales.
 */
export const modelProofSchema = z
  .strictObject({
    format: z.literal('tacit-model-proof'),
    v: z.literal(1),
    statement: z.literal('model'),
    system: z.literal('transparent'),
    /** SHA-256 of the encoded network. */
    model: hexBytes(32),
    /** SHA-256 of the encoded program. */
    program: hexBytes(32),
    /** Makes the proof one for an occasion; random unless somebody asked for a certain one. */
    nonce: hexBytes(32),
    /** Absent: the outputs are public. Present: only that they meet it, and `outputs` is empty. */
    policy: policySchema.optional(),
    /** Row-major integers; real value = integer times scale, one for the tensor or one for each index of an axis. */
    outputs: z
      .array(
        z.strictObject({
          shape: z.array(z.int().min(1)).max(16),
          scale,
          integers: z
            .array(
              z
                .int()
                .min(-LARGEST)
                .max(LARGEST)
                .refine((x) => !Object.is(x, -0), 'minus zero'),
            )
            .max(2 ** 18),
        }),
      )
      .max(64),
    /** Eight field elements, four bytes each, little-endian. */
    inputCommitment: hexBytes(32),
    /** Whole proven bits; the verifier computes its own and refuses another number. */
    soundnessBits: z.int().min(100).max(256),
    /** The bytes of docs/protocol.md, in base64url without padding. */
    proof: z
      .string()
      .max(2 ** 22)
      .regex(/^[A-Za-z0-9_-]+$/, 'expected base64url'),
  })
  .refine(({ policy, outputs }) => (policy === undefined) === outputs.length > 0, 'outputs: either they or a policy');
export type ModelProof = z.infer<typeof modelProofSchema>;

const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;

/** Whether a value says it is of this format, in whatever version. */
export const claimsModelProof = (value: unknown): boolean => own(value, 'format') === 'tacit-model-proof';

/** Errors: proof/version for another version of this format, proof/malformed for anything else that does not fit. */
export function parseModelProof(value: unknown): Result<ModelProof> {
  const version = own(value, 'v');
  if (claimsModelProof(value) && Number.isSafeInteger(version) && version !== 1)
    return err('proof/version', { version: version as number, expected: 1 });
  return parseShape(modelProofSchema, value, 'proof/malformed');
}

/**
 * The opening of a proof's input commitment: who holds it can show somebody, once, what the input was. As private as the input.
 */
export interface InputOpening {
  readonly format: 'tacit-input-opening';
  readonly v: 1;
  readonly model: string;
  readonly inputCommitment: string;
  /** The eight random field elements of the commitment. */
  readonly blinding: readonly number[];
  /** The quantised input, row-major, and the range it is packed in. */
  readonly input: readonly number[];
  readonly range: { readonly min: number; readonly max: number };
}
