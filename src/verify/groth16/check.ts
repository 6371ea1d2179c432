// SPDX-License-Identifier: Apache-2.0
import { mulAddUnsafe } from '@noble/curves/abstract/curve.js';
import { bn254 } from '@noble/curves/bn254.js';
import { bytesToBigInt, err, invariant, ok, type Result } from '../../base/index.ts';
import { BN254_ORDER } from '../../protocol/index.ts';
import type { VerificationKey } from './key.ts';
import { BASE_ORDER, type BadPoint, Fp12, G1, type G2, readG1, readG2 } from './points.ts';

type Lines = ReturnType<typeof bn254.utils.calcPairingPrecomputes>;

/** A key with what does not depend on the proof worked out once: e(alpha, beta) and the lines of the Miller loop for gamma and delta. */
export interface PreparedKey {
  readonly ic: readonly G1[];
  readonly alphaBeta: ReturnType<typeof bn254.pairing>;
  readonly gamma: Lines;
  readonly delta: Lines;
}

export const prepareKey = (key: VerificationKey): PreparedKey => ({
  ic: key.ic,
  alphaBeta: bn254.pairing(key.alpha, key.beta),
  gamma: bn254.utils.calcPairingPrecomputes(key.gamma),
  delta: bn254.utils.calcPairingPrecomputes(key.delta),
});

export interface Proof {
  readonly a: G1;
  readonly b: G2;
  readonly c: G1;
}

const COORDINATES = ['A.x', 'A.y', 'B.x.c0', 'B.x.c1', 'B.y.c0', 'B.y.c1', 'C.x', 'C.y'] as const;

/**
 * Reads the 256 bytes of a proof: eight big-endian coordinates of 32 bytes, in the order above. Errors: proof/malformed for another length,
 * proof/non-canonical for a coordinate at or above the base field's order, proof/not-on-curve for infinity, a point off the curve, or one of
 * B outside the subgroup of order r.
 */
export function readProof(bytes: Uint8Array): Result<Proof> {
  if (bytes.length !== 256) return err('proof/malformed', { what: `points: ${bytes.length} bytes, not 256` });
  const at = (i: number): bigint => bytesToBigInt(bytes.subarray(32 * i, 32 * i + 32));
  for (const [i, name] of COORDINATES.entries()) if (at(i) >= BASE_ORDER) return err('proof/non-canonical', { what: name });
  const a = readG1(at(0), at(1));
  if (typeof a === 'string') return bad('A', a);
  const c = readG1(at(6), at(7));
  if (typeof c === 'string') return bad('C', c);
  const b = readG2([at(2), at(3)], [at(4), at(5)]);
  return typeof b === 'string' ? bad('B', b) : ok({ a, b, c });
}

const bad = (name: string, why: BadPoint): Result<never> => err('proof/not-on-curve', { what: `${name} (${why})` });

/**
 * Whether e(A, B) = e(alpha, beta) · e(IC[0] + Σ signals[i]·IC[i + 1], gamma) · e(C, delta). Proofs can be re-randomised by anybody, so
 * the caller must never take two different proofs for two different answers: only the signals count.
 * `signals` are canonical and as many as the key has; that is the caller's duty (InvariantError else).
 */
export function holds(key: PreparedKey, { a, b, c }: Proof, signals: readonly bigint[]): boolean {
  invariant(signals.length === key.ic.length - 1, 'holds: another number of signals than the key has');
  invariant(
    signals.every((signal) => signal >= 0n && signal < BN254_ORDER),
    'holds: a signal is not canonical',
  );
  const x = mulAddUnsafe(G1, [...key.ic], [1n, ...signals]);
  const terms: [Lines, bigint, bigint][] = [term(bn254.utils.calcPairingPrecomputes(b), a), term(key.delta, c.negate())];
  if (!x.is0()) terms.push(term(key.gamma, x.negate())); // e(0, gamma) = 1, said here so that nothing hangs on how the loop takes infinity
  return Fp12.eql(Fp12.finalExponentiate(bn254.millerLoopBatch(terms)), key.alphaBeta);
}

function term(lines: Lines, point: G1): [Lines, bigint, bigint] {
  const { x, y } = point.toAffine();
  return [lines, x, y];
}
