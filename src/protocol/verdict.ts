// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { fromHex, type Hash32, invariant, type Result, sha256Hex } from '../base/index.ts';
import { facePolicy } from './faceRequest.ts';
import { creditPolicy } from './request.ts';
import { hexBytes, parseShape, proofSystem, shownText, slug, unixSeconds, webOrigin } from './shape.ts';

/** What stands behind the private input; docs/assurance.md says what each level means. */
export const assuranceLevel = z.enum(['self-asserted', 'demo-attested', 'issuer-attested']);
export type AssuranceLevel = z.infer<typeof assuranceLevel>;

/** Claims of every verdict. */
const common = {
  iss: webOrigin,
  aud: slug,
  /** The request's id and the SHA-256 of its canonical form. */
  sub: hexBytes(16),
  request: hexBytes(32),
  origin: webOrigin,
  scope: slug,
  result: z.enum(['accepted', 'rejected']),
  /** Why not, a code of the catalogue; absent when accepted. */
  reason: z.string().max(40).optional(),
  /** One per person and scope; absent when rejected. */
  nullifier: hexBytes(32).optional(),
  /**
   * SHA-256 of the 16 bytes of the return code, which only the browser that sent the proof was given; present exactly when accepted.
   * The partner credits a visitor who brings that code in the session that ordered the request, and nobody else.
   */
  returnCode: hexBytes(32).optional(),
  iat: unixSeconds,
};

const claims = z.strictObject({
  ...common,
  statement: z.literal('credit-score'),
  system: proofSystem,
  policy: creditPolicy,
  bundle: hexBytes(32),
  model: hexBytes(32),
  /** `none`: the transparent system needs no keys, so nobody can have kept any. */
  keys: z.enum(['development', 'ceremony', 'none']),
  /** Transparent system alone: whole proven bits of soundness, as the verifier computed them. */
  soundnessBits: z.int().min(100).max(256).optional(),
  issuer: z.strictObject({ name: shownText(80), demo: z.boolean() }),
  assurance: assuranceLevel,
});
/** Claims of the signed verdict on a credit score (JWS, EdDSA, `typ: tacit-verdict+jwt`), for the partner alone. */
export const verdictSchema = claims
  .refine(({ result, returnCode }) => (result === 'accepted') === (returnCode !== undefined), {
    path: ['returnCode'],
    message: 'expected exactly when accepted',
  })
  .refine(({ system, keys, soundnessBits }) => (system === 'transparent') === (keys === 'none' && soundnessBits !== undefined), {
    path: ['keys'],
    message: 'do not fit the system',
  });
export type Verdict = z.infer<typeof verdictSchema>;

/**
 * What stands behind a face: `enrolled`, the same secret and a face alike to the network as when somebody enrolled; `registrar-attested`,
 * a registrar also looked at a document when that somebody enrolled; `demo-attested`, a registrar whose key is published.
 */
export const faceAssurance = z.enum(['enrolled', 'demo-attested', 'registrar-attested']);
export type FaceAssurance = z.infer<typeof faceAssurance>;

/** What is said with every verdict on a face, since nothing in it says so by itself. */
export const FACE_SHOWS =
  'Somebody had the secret of an enrolment in the registry and an image that this network finds at least as close to the enrolled face as the threshold says. It does not show that the image came from a live camera.';
export const FACE_ATTACKS = 'attack detection not independently measured';

/** Claims of the signed verdict on a face match, for the partner alone. */
export const faceVerdictSchema = z
  .strictObject({
    ...common,
    statement: z.literal('face-match'),
    system: z.literal('transparent'),
    policy: facePolicy,
    model: hexBytes(32),
    program: hexBytes(32),
    /** No proof system keys: nobody can have kept any. */
    keys: z.literal('none'),
    soundnessBits: z.int().min(100).max(256),
    registry: slug,
    registrar: shownText(80).optional(),
    assurance: faceAssurance,
    shows: z.literal(FACE_SHOWS),
    attacks: z.literal(FACE_ATTACKS),
  })
  .refine(({ result, returnCode }) => (result === 'accepted') === (returnCode !== undefined), {
    path: ['returnCode'],
    message: 'expected exactly when accepted',
  });
export type FaceVerdict = z.infer<typeof faceVerdictSchema>;
export type AnyVerdict = Verdict | FaceVerdict;

/** What the browser that sent the accepted proof is given to bring to the partner: 16 random bytes. */
export const returnCode = hexBytes(16);
/** The query parameter it comes back in. */
export const RETURN_PARAMETER = 'tacit_code';

/** What the verdict says of `code`, 32 hex digits. Throws InvariantError for anything else: read it with `returnCode` first. */
export function hashReturnCode(code: string): Hash32 {
  const bytes = fromHex(code);
  invariant(bytes?.length === 16, 'a return code of another length');
  return sha256Hex(bytes);
}

export const parseVerdict = (value: unknown): Result<Verdict> => parseShape(verdictSchema, value, 'input/malformed');
export const parseFaceVerdict = (value: unknown): Result<FaceVerdict> => parseShape(faceVerdictSchema, value, 'input/malformed');
