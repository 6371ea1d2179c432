// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Result } from '../base/index.ts';
import { hexBytes, parseShape, shownText, unixSeconds } from './shape.ts';

/** One attested value. Categories are coded by their place in `values`; numbers are whole, from `min` to `max`. */
export const featureSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    name: z.string().regex(/^[a-z][a-zA-Z0-9]{0,31}$/),
    label: shownText(60),
    kind: z.literal('number'),
    min: z.int(),
    max: z.int(),
    unit: shownText(20).optional(),
  }),
  z.strictObject({
    name: z.string().regex(/^[a-z][a-zA-Z0-9]{0,31}$/),
    label: shownText(60),
    kind: z.literal('category'),
    values: z.array(shownText(40)).min(2).max(64),
  }),
]);
export type Feature = z.infer<typeof featureSchema>;

export const credentialSchemaSchema = z.strictObject({
  format: z.literal('tacit-schema'),
  v: z.literal(1),
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
  title: shownText(80),
  features: z.array(featureSchema).min(1).max(32),
});
export type CredentialSchema = z.infer<typeof credentialSchemaSchema>;

/** What an issuer attests to the holder of a secret, who alone can use it. Features stay on the holder's device. */
export const credentialSchema = z.strictObject({
  format: z.literal('tacit-credential'),
  v: z.literal(1),
  /** SHA-256 of the canonical schema. */
  schema: hexBytes(32),
  /** Coded values by feature name: every feature of the schema, and no other. */
  features: z.record(
    z
      .string()
      .max(32)
      .refine((name) => name.isWellFormed(), 'not well-formed Unicode'),
    z.int(),
  ),
  /** Poseidon(holder tag, secret, blinding): the issuer never sees the secret. */
  holder: hexBytes(32),
  issuedAt: unixSeconds,
  expiresAt: unixSeconds,
  issuer: z.strictObject({ name: shownText(80), x: hexBytes(32), y: hexBytes(32) }),
  /** EdDSA-Poseidon on Baby Jubjub over the credential's message. */
  signature: z.strictObject({ r8x: hexBytes(32), r8y: hexBytes(32), s: hexBytes(32) }),
});
export type Credential = z.infer<typeof credentialSchema>;

/** The holder's side of a credential: uniform BN254 scalars as hex. Never leaves the device. */
export const holderSecretSchema = z.strictObject({ secret: hexBytes(32), blinding: hexBytes(32) });
export type HolderSecret = z.infer<typeof holderSecretSchema>;

export const parseCredential = (value: unknown): Result<Credential> => parseShape(credentialSchema, value, 'credential/malformed');
export const parseCredentialSchema = (value: unknown): Result<CredentialSchema> =>
  parseShape(credentialSchemaSchema, value, 'bundle/malformed');
