// SPDX-License-Identifier: Apache-2.0
import { err, ok, type Result } from '../../../src/base/index.ts';
import { fromSigned } from '../../../src/field/index.ts';
import type { ProofRequest } from '../../../src/protocol/index.ts';
import { type Digest, ELEMENTS, scopeElements } from '../../../src/registry/index.ts';
import { THRESHOLD_BOUND } from './layout.ts';
import { timeHalves } from './leaf.ts';

const eight = (name: string): string[] => Array.from({ length: ELEMENTS }, (_, i) => `${name} ${i}`);

/** The public values of the program, in order; each first place is below. */
export const PUBLIC_VALUES: readonly string[] = [
  ...eight('root'),
  ...eight('scope'),
  ...eight('nullifier'),
  'threshold',
  'time high',
  'time low',
];
export const ROOT_AT = 0;
export const SCOPE_AT = ELEMENTS;
export const NULLIFIER_AT = 2 * ELEMENTS;
export const THRESHOLD_AT = 3 * ELEMENTS;
export const TIME_AT = THRESHOLD_AT + 1;

/** Whether a threshold may be asked for in this system: within 2^28 either way, which every score of a model it holds is. */
export const isThreshold = (threshold: number): boolean => Number.isSafeInteger(threshold) && Math.abs(threshold) <= THRESHOLD_BOUND;

/**
 * The public values for a request, given the two that the proof brings: the issuer's root and the nullifier. Everything else comes out of the
 * request, never out of the proof. Error: request/unsupported for a threshold past 2^28, which the program's comparison does not bear.
 */
export function publicValuesOf(request: ProofRequest, root: Digest, nullifier: Digest): Result<readonly number[]> {
  const { threshold } = request.policy;
  if (!isThreshold(threshold)) return err('request/unsupported', { what: `threshold ${threshold}` });
  return ok([
    ...root,
    ...scopeElements(request.partner.id, request.scope),
    ...nullifier,
    fromSigned(threshold),
    ...timeHalves(request.issuedAt),
  ]);
}
