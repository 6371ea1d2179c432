// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import { DEMO_ISSUER_NAME, demoIssuerKey, signCredential, signRoot } from '../../circuits/credit-score/index.ts';
import { credentialLeaf } from '../../circuits/credit-score/transparent/index.ts';
import { err, ok, type Result } from '../../src/base/index.ts';
import { type Credential, type CredentialSchema, hexToField, parseShape, shownText } from '../../src/protocol/index.ts';
import {
  appendLeaf,
  type Digest,
  digestFromHex,
  digestToHex,
  EMPTY_FRONTIER,
  frontierRoot,
  type RootStatement,
} from '../../src/registry/index.ts';
import { DEMO_ISSUER_ID } from './config.ts';
import type { Issuer } from './issuers.ts';
import { issuerRegistryId, pushLeaves } from './registries.ts';
import type { Services } from './services.ts';

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
  /** The same for the transparent system, eight field elements in hex: the credential then also enters the issuer's registry. */
  readonly leafHolder?: string | undefined;
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

/** How often others may be faster before the issuer gives up. */
const PUSH_ATTEMPTS = 16;

/**
 * Issues a credential and, for a wallet that asks with its commitment for the transparent system, adds its leaf to the issuer's registry
 * first, the way any issuer does: signed and pushed. Errors: those of issueCredential, issuer/other-leaf, verifier/busy, registry/*.
 */
export async function issueAndRegister(services: Services, order: CredentialOrder): Promise<Result<{ credential: Credential }>> {
  const { schema } = services.verifiers;
  const issued = issueCredential(order, services.applicants, schema, services.clock());
  if (!issued.ok || order.leafHolder === undefined) return issued;
  const holder = digestFromHex(order.leafHolder);
  if (holder === undefined) return err('input/malformed', { what: 'leafHolder: not eight field elements' });
  const leaf = credentialLeaf(schema, issued.value.credential, holder);
  const registry = issuerRegistryId(DEMO_ISSUER_ID);
  // A nullifier comes of the leaf's holder: a credential's holder with several of them could answer several times in a scope.
  const own = await services.store.bindHolder(registry, order.holder, order.leafHolder, services.clock());
  if (!own) return err('issuer/other-leaf');
  for (let attempt = 0; attempt < PUSH_ATTEMPTS; attempt++) {
    const pushed = await pushLeaves(services, registry, await signedPush(services, registry, leaf));
    if (pushed.ok) return issued;
    if (pushed.error.code !== 'registry/conflict') return pushed;
  }
  return err('verifier/busy', { seconds: 1 });
}

async function signedPush({ store, clock }: Services, registry: string, leaf: Digest) {
  const before = (await store.registry(registry))?.frontier ?? EMPTY_FRONTIER;
  const after = appendLeaf(before, leaf);
  const root = digestToHex(frontierRoot(after));
  const statement: RootStatement = { format: 'tacit-registry-root', v: 1, registry, size: after.size, root, time: clock() };
  return { from: before.size, leaves: [digestToHex(leaf)], statement, signature: signRoot(demoIssuerKey(), statement) };
}
