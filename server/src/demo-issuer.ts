// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import { DEMO_ISSUER_NAME, demoIssuerKey, signCredential } from '../../circuits/credit-score/index.ts';
import { err, ok, type Result } from '../../src/base/index.ts';
import { type Credential, type CredentialSchema, hexToField, parseShape, shownText } from '../../src/protocol/index.ts';
import type { Issuer } from './issuers.ts';

const applicantsSchema = z.object({
  applicants: z
    .array(z.object({ id: z.string().min(1).max(64), label: shownText(120), features: z.record(z.string().max(32), z.int()) }))
    .min(1)
    .max(1000),
});
/** A real applicant of the published data set whom the model never saw, and what the demo issuer attests about him. */
export type Applicant = z.infer<typeof applicantsSchema>['applicants'][number];

/** Reads circuits/credit-score/applicants.json. Errors: input/malformed. */
export function parseApplicants(value: unknown): Result<readonly Applicant[]> {
  const parsed = parseShape(applicantsSchema, value, 'input/malformed');
  return parsed.ok ? ok(parsed.value.applicants) : parsed;
}

/** What the wallet shows before it asks: who signs, and for whom. No feature is in it. */
export const describeIssuer = (issuer: Issuer, applicants: readonly Applicant[]) => ({
  name: issuer.name,
  demo: issuer.demo,
  x: issuer.x,
  y: issuer.y,
  applicants: applicants.map(({ id, label }) => ({ id, label })),
});

const VALIDITY_SECONDS = 90 * 86_400;

export interface CredentialOrder {
  readonly applicant: string;
  /** Holder commitment, canonical hex: the issuer never sees the secret behind it. */
  readonly holder: string;
}

/** Attests an applicant's values to the holder of a secret. Errors: issuer/unknown-applicant, input/malformed (holder). */
export function issueCredential(
  { applicant, holder }: CredentialOrder,
  applicants: readonly Applicant[],
  schema: CredentialSchema,
  now: number,
): Result<{ credential: Credential }> {
  const found = applicants.find(({ id }) => id === applicant);
  if (found === undefined) return err('issuer/unknown-applicant', { applicant: applicant.slice(0, 64) });
  if (hexToField(holder) === undefined) return err('input/malformed', { what: 'holder: not below the field order' });
  const attestation = { schema, features: found.features, holder, issuedAt: now, expiresAt: now + VALIDITY_SECONDS };
  const signed = signCredential(demoIssuerKey(), { ...attestation, issuerName: DEMO_ISSUER_NAME });
  return signed.ok ? ok({ credential: signed.value }) : signed;
}
