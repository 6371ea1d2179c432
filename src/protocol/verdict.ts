// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import type { Result } from '../base/index.ts';
import { creditPolicy } from './request.ts';
import { hexBytes, parseShape, shownText, slug, unixSeconds, webOrigin } from './shape.ts';

/** What stands behind the private input; docs/assurance.md says what each level means. */
export const assuranceLevel = z.enum(['self-asserted', 'demo-attested', 'issuer-attested']);
export type AssuranceLevel = z.infer<typeof assuranceLevel>;

/** Claims of the signed verdict (JWS, EdDSA, `typ: tacit-verdict+jwt`), for the partner alone. */
export const verdictSchema = z.strictObject({
  iss: webOrigin,
  aud: slug,
  /** The request's id and the SHA-256 of its canonical form. */
  sub: hexBytes(16),
  request: hexBytes(32),
  origin: webOrigin,
  statement: z.literal('credit-score'),
  scope: slug,
  policy: creditPolicy,
  result: z.enum(['accepted', 'rejected']),
  /** Why not, a code of the catalogue; absent when accepted. */
  reason: z.string().max(40).optional(),
  /** One per person and scope; absent when rejected. */
  nullifier: hexBytes(32).optional(),
  bundle: hexBytes(32),
  model: hexBytes(32),
  keys: z.enum(['development', 'ceremony']),
  issuer: z.strictObject({ name: shownText(80), demo: z.boolean() }),
  assurance: assuranceLevel,
  iat: unixSeconds,
});
export type Verdict = z.infer<typeof verdictSchema>;

export const parseVerdict = (value: unknown): Result<Verdict> => parseShape(verdictSchema, value, 'input/malformed');
