import * as z from 'zod';
import { isErrorCode, type TacitError } from '../base/index.ts';
import {
  anyProofSchema,
  anyRequestSchema,
  credentialSchema,
  faceProofSchema,
  faceTemplateSchema,
  hexBytes,
  holderSecretSchema,
  registrarSchema,
  returnCode,
  shortText,
  slug,
} from '../protocol/index.ts';

/** Milliseconds since 1970, as `Date.now()` gives them. */
const milliseconds = z
  .int()
  .min(0)
  .max(2 ** 50);

const errorShape: z.ZodType<TacitError> = z.strictObject({
  code: z.custom<TacitError['code']>(isErrorCode, 'not in the catalogue'),
  params: z.record(z.string().max(40), z.union([z.string().max(500), z.int()])).optional(),
});

/** A random 16-byte name in hex: says nothing by itself. A record that belongs to a request carries the request's id. */
export const recordId = hexBytes(16);

/** A credential and the holder's side of it. The secret is the wallet's (one person, one nullifier a scope), the blinding its own. */
export const credentialRecordSchema = z.strictObject({
  id: recordId,
  credential: credentialSchema,
  holder: holderSecretSchema,
  /** What the person calls it. */
  label: shortText(80),
  addedAt: milliseconds,
});
export type CredentialRecord = z.infer<typeof credentialRecordSchema>;

/** One request the person met, and how it ended. `id` is the request's id. */
export const historyRecordSchema = z.strictObject({
  id: recordId,
  request: anyRequestSchema,
  /** `open`: consented, nothing sent yet; `queued`: proof waits in the outbox; `failed`: the verifier refused the proof (see `error`). */
  state: z.enum(['open', 'declined', 'queued', 'accepted', 'failed', 'expired', 'cancelled']),
  error: errorShape.optional(),
  /** The proof that was made, so that it can be audited or exported later. It tells no more than its public values. */
  proof: anyProofSchema.optional(),
  /** What the accepted proof was answered with: shows the partner that this browser sent it. Leaves the wallet by the way back alone. */
  code: returnCode.optional(),
  openedAt: milliseconds,
  updatedAt: milliseconds,
});
export type HistoryRecord = z.infer<typeof historyRecordSchema>;

/** A proof that could not be sent yet. `id` is the request's id; it is dropped when the request expires. */
export const outboxRecordSchema = z.strictObject({
  id: recordId,
  request: anyRequestSchema,
  proof: anyProofSchema,
  queuedAt: milliseconds,
  attempts: z.int().min(0),
  /** An earlier attempt may have arrived though its answer did not, so it is asked about once more even when the request has expired. */
  mayHaveArrived: z.boolean(),
  lastError: errorShape.optional(),
  /** Not tried again before. */
  notBefore: milliseconds,
});
export type OutboxRecord = z.infer<typeof outboxRecordSchema>;

/** The consent ledger: to whom the person said yes (or no), to what, and when. Kept until the person deletes it. */
export const consentRecordSchema = z.strictObject({
  id: recordId,
  request: recordId,
  partner: z.strictObject({ id: slug, name: shortText(80) }),
  origin: z.string().max(255),
  scope: slug,
  purpose: shortText(200),
  retentionDays: z.int().min(0).max(3650),
  decision: z.enum(['given', 'declined']),
  at: milliseconds,
});
export type ConsentRecord = z.infer<typeof consentRecordSchema>;

/**
 * An enrolled face: the template and what opens its commitment. As private as the face itself, so at rest it is encrypted and nowhere else.
 * `waiting` holds the proof that could not be sent yet; without it, the commitment lies in `registry`.
 */
export const faceRecordSchema = z.strictObject({
  id: recordId,
  face: faceTemplateSchema,
  /** SHA-256 of the compiled embedding network: a template says something beside pictures that this network saw. */
  network: hexBytes(32),
  /** The family of registries it was enrolled in, and the one it was last known to lie in. */
  family: slug,
  registry: slug.optional(),
  /** Where in its registries this wallet found it. Places do not change from one to the next. */
  position: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  /** Whose word it needs before it is sent; absent for those who enrol by themselves. */
  registrar: registrarSchema.optional(),
  /** The 32 bytes that revoke it. */
  revocationKey: hexBytes(32),
  waiting: z.strictObject({ proof: faceProofSchema.options[0], attestation: z.string().max(4_000).optional() }).optional(),
  enrolledAt: milliseconds,
});
export type FaceRecord = z.infer<typeof faceRecordSchema>;

/** The wallet's own secret (a BN254 scalar, hex): every credential obtained here is bound to it. Its id is always zero. */
export const identityRecordSchema = z.strictObject({ id: z.literal('00'.repeat(16)), secret: hexBytes(32), createdAt: milliseconds });
export type IdentityRecord = z.infer<typeof identityRecordSchema>;

/** Object store → what it holds. The one list that storage, export and import go by. */
export const recordSchemas = {
  identity: identityRecordSchema,
  credentials: credentialRecordSchema,
  history: historyRecordSchema,
  outbox: outboxRecordSchema,
  consents: consentRecordSchema,
  faces: faceRecordSchema,
} as const;
export type StoreName = keyof typeof recordSchemas;
export type RecordOf<S extends StoreName> = z.infer<(typeof recordSchemas)[S]>;
export const storeNames = Object.keys(recordSchemas) as readonly StoreName[];

/** Looks, language and idle time: needed before unlocking and not personal, so stored in the clear. A damaged one reads as the default. */
export const preferencesSchema = z.strictObject({
  locale: z.string().regex(/^(?:auto|[a-zA-Z0-9-]{2,35})$/),
  theme: z.enum(['system', 'light', 'dark']),
  /** Minutes without touch after which the wallet locks itself. */
  autoLockMinutes: z.int().min(1).max(240),
  installHint: z.enum(['unseen', 'shown', 'dismissed']),
});
export type Preferences = z.infer<typeof preferencesSchema>;
export const defaultPreferences: Preferences = { locale: 'auto', theme: 'system', autoLockMinutes: 10, installHint: 'unseen' };
