// SPDX-License-Identifier: Apache-2.0
import type { CurvePoint } from '@noble/curves/abstract/curve.js';
import * as z from 'zod';
import { err, ok, type Result } from '../../base/index.ts';
import { parseShape } from '../../protocol/index.ts';
import { BASE_ORDER, type BadPoint, G1, G2, readG1, readG2 } from './points.ts';

/** A Groth16 verification key (Groth, EUROCRYPT 2016, section 3.2): every point a valid group element, none of them infinity. */
export interface VerificationKey {
  readonly alpha: G1;
  readonly beta: G2;
  readonly gamma: G2;
  readonly delta: G2;
  /** IC[0] + Σ signal[i]·IC[i + 1] is what binds the public signals. */
  readonly ic: readonly G1[];
}

/** A key of 64 public signals has about 14 kB. */
export const MAX_KEY_BYTES = 64 * 1024;

const coordinate = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,76})$/, 'expected a canonical decimal number')
  .transform(BigInt)
  .refine((value) => value < BASE_ORDER, 'not below the order of the base field');
const pair = z.tuple([coordinate, coordinate]);
const g1 = z.tuple([coordinate, coordinate, coordinate]);
const g2 = z.tuple([pair, pair, pair]);
const triple = z.tuple([pair, pair, pair]);

/** What snarkjs 0.7 exports, and nothing more. `vk_alphabeta_12` only repeats e(alpha, beta), so it is read and not used. */
const keySchema = z.strictObject({
  protocol: z.literal('groth16'),
  curve: z.literal('bn128'),
  nPublic: z.int().min(1).max(64),
  vk_alpha_1: g1,
  vk_beta_2: g2,
  vk_gamma_2: g2,
  vk_delta_2: g2,
  vk_alphabeta_12: z.tuple([triple, triple]).optional(),
  IC: z.array(g1).min(2).max(65),
});

/**
 * Reads a snarkjs verification key (JSON text) for `signals` public signals. Errors: bundle/malformed when it does not have the
 * form or the count; key/unsafe when a point is not a proper group element or the points are related (see {@link findWeakness}).
 */
export function parseVerificationKey(bytes: Uint8Array, signals: number): Result<VerificationKey> {
  const json = readJson(bytes);
  if (!json.ok) return json;
  const shape = parseShape(keySchema, json.value, 'bundle/malformed');
  if (!shape.ok) return shape;
  const key = shape.value;
  if (key.nPublic !== signals) return err('bundle/malformed', { what: `verification key: ${key.nPublic} public signals, not ${signals}` });
  if (key.IC.length !== signals + 1) return err('bundle/malformed', { what: `verification key: IC has ${key.IC.length} points` });

  const alpha = affineG1('alpha', key.vk_alpha_1);
  if (!alpha.ok) return alpha;
  const beta = affineG2('beta', key.vk_beta_2);
  if (!beta.ok) return beta;
  const gamma = affineG2('gamma', key.vk_gamma_2);
  if (!gamma.ok) return gamma;
  const delta = affineG2('delta', key.vk_delta_2);
  if (!delta.ok) return delta;
  const ic: G1[] = [];
  for (const [i, point] of key.IC.entries()) {
    const read = affineG1(`IC[${i}]`, point);
    if (!read.ok) return read;
    ic.push(read.value);
  }
  const parsed = { alpha: alpha.value, beta: beta.value, gamma: gamma.value, delta: delta.value, ic };
  const weakness = findWeakness(parsed);
  return weakness === undefined ? ok(parsed) : err('key/unsafe', { what: weakness });
}

/**
 * Relations between the points under which anybody can forge, or change a public signal of a proof he has seen. Write X for
 * IC[0] + Σ s·IC; the equation is e(A, B) = e(α, β)·e(X, γ)·e(C, δ). A sound setup draws α, β, γ, δ and the circuit's τ at random, so
 * that each relation has probability about 2^-254: refusing them all costs nothing. Infinity is refused before (γ = 0 unbinds every
 * signal; α = 0 or β = 0 lets A = X, B = γ pass; IC[i] = 0 unbinds signal i; δ = 0 leaves nothing that ties A to B).
 * - γ = ±δ, a zkey no one contributed to: A = α, B = β, C = ∓X passes for every X.
 * - β = ±γ: B = β + kδ, A = α ± X, C = kA passes. β = ±δ: A = X, B = γ, C = ∓α passes.
 * - α, β or δ the generator, a powers-of-tau file no one contributed to: its discrete logarithm is known, which soundness forbids.
 *   (γ is the generator in every key of snarkjs, and may be: Bowe, Gabizon and Miers 2017.)
 * - IC[i] = ±IC[j]: the two signals are bound by their sum or difference alone, so both can be moved together. The pairs that hold
 *   IC[0] or α are refused with them, since no sound setup makes them.
 */
function findWeakness({ alpha, beta, gamma, delta, ic }: VerificationKey): string | undefined {
  if (related(gamma, delta)) return 'gamma and delta are equal up to sign: no one contributed to phase 2';
  if (related(beta, gamma)) return 'beta and gamma are equal up to sign';
  if (related(beta, delta)) return 'beta and delta are equal up to sign';
  const known = related(alpha, G1.BASE) ? 'alpha' : related(beta, G2.BASE) ? 'beta' : related(delta, G2.BASE) ? 'delta' : undefined;
  if (known !== undefined) return `${known} is the generator: no one contributed to it`;
  const names = new Map<bigint, string>();
  for (const [i, point] of [alpha, ...ic].entries()) {
    const name = i === 0 ? 'alpha' : `IC[${i - 1}]`;
    const other = names.get(point.x);
    if (other !== undefined) return `${other} and ${name} are equal up to sign`;
    names.set(point.x, name); // two finite points share x exactly when they are equal up to sign
  }
  return undefined;
}

const related = <P extends CurvePoint<unknown, P>>(a: P, b: P): boolean => a.equals(b) || a.equals(b.negate());

const sentences: Record<BadPoint, string> = {
  infinity: 'is the point at infinity',
  'off-curve': 'is not on the curve',
  'wrong-subgroup': 'is not in the right subgroup',
};

/** snarkjs writes affine points as (x, y, 1) and infinity as (0, 1, 0); no other spelling is taken. */
function affineG1(name: string, [x, y, z]: z.infer<typeof g1>): Result<G1> {
  if (z === 0n) return unsafe(name, 'infinity');
  if (z !== 1n) return err('bundle/malformed', { what: `verification key: ${name} is not affine` });
  const point = readG1(x, y);
  return typeof point === 'string' ? unsafe(name, point) : ok(point);
}

function affineG2(name: string, [x, y, z]: z.infer<typeof g2>): Result<G2> {
  if (z[0] === 0n && z[1] === 0n) return unsafe(name, 'infinity');
  if (z[0] !== 1n || z[1] !== 0n) return err('bundle/malformed', { what: `verification key: ${name} is not affine` });
  const point = readG2(x, y);
  return typeof point === 'string' ? unsafe(name, point) : ok(point);
}

const unsafe = (name: string, why: BadPoint): Result<never> => err('key/unsafe', { what: `${name} ${sentences[why]}` });

/** Byte by byte: what is not ASCII ends up in a member name or a number, where the schema refuses it. */
function readJson(bytes: Uint8Array): Result<unknown> {
  if (bytes.length > MAX_KEY_BYTES) return err('bundle/malformed', { what: 'verification key: too large' });
  try {
    return ok(JSON.parse(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')));
  } catch {
    return err('bundle/malformed', { what: 'verification key: not JSON' });
  }
}
