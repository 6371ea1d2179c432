// SPDX-License-Identifier: Apache-2.0
import { err, ok, type Result } from '../../../src/base/index.ts';
import {
  FACE_ATTACKS,
  FACE_SHOWS,
  type FaceAnswer,
  type FaceAssurance,
  type FaceRequest,
  type FaceVerdict,
  parseFaceProof,
  requestDigest,
} from '../../../src/protocol/index.ts';
import { digestToHex, scopeElements } from '../../../src/registry/index.ts';
import { freshRoot } from '../registries.ts';
import type { Services } from '../services.ts';
import { type Accepted, type Outcome, settle } from '../settle.ts';
import type { Faces } from './faces.ts';

export const faceAssuranceOf = ({ registrar }: Pick<FaceRequest, 'registrar'>): FaceAssurance =>
  registrar === undefined ? 'enrolled' : registrar.demo ? 'demo-attested' : 'registrar-attested';

/**
 * Checks the proof that answers a request for a face: as answerRequest. Errors beside those of {@link settle}: proof/malformed,
 * proof/version, request/unsupported (faces were switched off since, or the networks are others), and those of {@link checkAnswer}.
 */
export async function answerFace(services: Services, request: FaceRequest, body: unknown): Promise<Result<Accepted>> {
  const { faces } = services;
  if (faces === undefined) return err('request/unsupported', { what: 'face-match' });
  const proof = parseFaceProof(body);
  if (!proof.ok) return proof;
  if (proof.value.statement !== 'face-match') return err('request/mismatch', { signal: 'statement' });
  const answer = proof.value;
  const programs = await faces.programs();
  if (!programs.ok) return programs;
  const { program, soundnessBits } = programs.value.match;
  if (program !== request.program) return err('request/unsupported', { what: 'networks that were replaced' });
  return settle(services, request, {
    claimed: answer.nullifier,
    check: () => checkAnswer(services, faces, request, answer),
    verdict: (outcome) => verdictOf(services, request, soundnessBits, outcome),
    scope: digestToHex(scopeElements(request.partner.id, request.scope)),
  });
}

/**
 * Whether the proof says what was asked: nonce, scope, threshold, a fresh root, and then the proof itself. Cheap questions first. Errors:
 * request/mismatch, registry/unknown-root, registry/stale-root, proof/*.
 */
export async function checkAnswer(
  services: Services,
  faces: Faces,
  request: FaceRequest,
  answer: FaceAnswer,
): Promise<Result<{ readonly nullifier: string }>> {
  const asked = [
    ['nonce', answer.nonce === requestDigest(request)],
    ['scope', answer.scope === digestToHex(scopeElements(request.partner.id, request.scope))],
    ['threshold', answer.threshold >= request.policy.threshold],
    ['model', answer.model === request.model && answer.program === request.program],
  ] as const;
  for (const [signal, same] of asked) if (!same) return err('request/mismatch', { signal });
  const fresh = await freshRoot(services, request.registry, answer.root, request.issuedAt);
  if (!fresh.ok) return fresh;
  const checked = await faces.check(answer);
  return checked.ok ? ok({ nullifier: answer.nullifier }) : checked;
}

const verdictOf = ({ clock, origin }: Services, request: FaceRequest, soundnessBits: number, outcome: Outcome): FaceVerdict => ({
  iss: origin,
  aud: request.partner.id,
  sub: request.id,
  request: requestDigest(request),
  origin: request.origin,
  scope: request.scope,
  ...outcome,
  iat: clock(),
  statement: 'face-match',
  system: 'transparent',
  policy: request.policy,
  model: request.model,
  program: request.program,
  keys: 'none',
  soundnessBits,
  registry: request.registry,
  ...(request.registrar === undefined ? {} : { registrar: request.registrar.name }),
  assurance: faceAssuranceOf(request),
  shows: FACE_SHOWS,
  attacks: FACE_ATTACKS,
});
