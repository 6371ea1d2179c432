// SPDX-License-Identifier: Apache-2.0
//
// testing: for tests alone, never shipped. A Groth16 setup whose secret ("toxic waste") is known, so that a proof of anything can be
// written down at once (the simulator of Groth 2016, section 3.2): its proofs are distributed as honest ones, and need no circuit and
// no prover. Tests of the verifier, of the service and of stores use it.

import { bn254 } from '@noble/curves/bn254.js';
import { expectedSignals, PUBLIC_SIGNALS } from '../../../circuits/credit-score/statement.ts';
import { bigIntToBytes, bytesToHex, type CanonicalValue, canonicalBytes, concatBytes, sha256Hex, utf8ToBytes } from '../../base/index.ts';
import {
  type ArtefactName,
  BN254_ORDER,
  type BundleManifest,
  bundleHash,
  fieldToHex,
  hashToField,
  type ProofEnvelope,
  type ProofRequest,
} from '../../protocol/index.ts';

const { Fr } = bn254.fields;
const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;
type Point1 = typeof G1.BASE;
type Point2 = typeof G2.BASE;

/** Discrete logarithms of the key's points; `ic` are those of IC. */
export interface Trapdoor {
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly gamma: bigint;
  readonly delta: bigint;
  readonly ic: readonly bigint[];
}

const scalar = (...seed: string[]): bigint => hashToField('tacit/testing', ...seed);

/** A setup for `signals` public signals, the same for the same seed; gamma is 1, as snarkjs has it. */
export const makeTrapdoor = (seed: string, signals: number): Trapdoor => ({
  alpha: scalar(seed, 'alpha'),
  beta: scalar(seed, 'beta'),
  gamma: 1n,
  delta: scalar(seed, 'delta'),
  ic: Array.from({ length: signals + 1 }, (_, i) => scalar(seed, `ic${i}`)),
});

export const g1 = (log: bigint): Point1 => G1.BASE.multiplyUnsafe(Fr.create(log));
export const g2 = (log: bigint): Point2 => G2.BASE.multiplyUnsafe(Fr.create(log));

/** A point as snarkjs writes it. */
export const g1Json = (point: Point1): [string, string, string] => (point.is0() ? ['0', '1', '0'] : [`${point.x}`, `${point.y}`, '1']);
type Pair = [string, string];
export const g2Json = (point: Point2): [Pair, Pair, Pair] =>
  point.is0()
    ? [
        ['0', '0'],
        ['1', '0'],
        ['0', '0'],
      ]
    : [
        [`${point.x.c0}`, `${point.x.c1}`],
        [`${point.y.c0}`, `${point.y.c1}`],
        ['1', '0'],
      ];

/** The verification key as snarkjs exports it. */
export const keyJson = (trapdoor: Trapdoor) => ({
  protocol: 'groth16',
  curve: 'bn128',
  nPublic: trapdoor.ic.length - 1,
  vk_alpha_1: g1Json(g1(trapdoor.alpha)),
  vk_beta_2: g2Json(g2(trapdoor.beta)),
  vk_gamma_2: g2Json(g2(trapdoor.gamma)),
  vk_delta_2: g2Json(g2(trapdoor.delta)),
  IC: trapdoor.ic.map((log) => g1Json(g1(log))),
});

export interface Points {
  readonly a: Point1;
  readonly b: Point2;
  readonly c: Point1;
}

/** A proof of any signals, the same for the same seed: A = a, B = b, C = (ab - αβ - γ·x) / δ. */
export function simulate(trapdoor: Trapdoor, signals: readonly bigint[], seed = ''): Points {
  const [a, b] = [scalar(seed, 'a'), scalar(seed, 'b')];
  const x = signals.reduce((sum, signal, i) => Fr.add(sum, Fr.mul(signal, trapdoor.ic[i + 1] as bigint)), trapdoor.ic[0] as bigint);
  const rest = Fr.sub(Fr.sub(Fr.mul(a, b), Fr.mul(trapdoor.alpha, trapdoor.beta)), Fr.mul(trapdoor.gamma, x));
  return { a: g1(a), b: g2(b), c: g1(Fr.div(rest, trapdoor.delta)) };
}

/** The 256 bytes of the envelope's `points`. */
export function pointBytes({ a, b, c }: Points): Uint8Array {
  const of1 = (point: Point1): bigint[] => (point.is0() ? [0n, 0n] : [point.x, point.y]);
  const of2 = (point: Point2): bigint[] => (point.is0() ? [0n, 0n, 0n, 0n] : [point.x.c0, point.x.c1, point.y.c0, point.y.c1]);
  return concatBytes(...[...of1(a), ...of2(b), ...of1(c)].map((coordinate) => bigIntToBytes(coordinate, 32)));
}

/** A point of the twist that G2 lies on, outside G2: the smallest x = k + u above `from` that has a y. */
export function outsideG2(from = 1n): Point2 {
  const { Fp2 } = bn254.fields;
  for (let k = from; ; k++) {
    const x = Fp2.fromBigTuple([k, 1n]);
    const right = Fp2.add(Fp2.mul(Fp2.sqr(x), x), G2.CURVE().b);
    if (Fp2.eql(Fp2.pow(right, (Fp2.ORDER - 1n) / 2n), Fp2.ONE)) return G2.fromAffine({ x, y: Fp2.sqrt(right) });
  }
}

/** n·P for any n ≥ 0, by doubling and adding alone, so that it holds outside the subgroup too. */
export function timesPlain(point: Point2, n: bigint): Point2 {
  let sum = G2.ZERO;
  for (const bit of n.toString(2)) {
    sum = sum.double();
    if (bit === '1') sum = sum.add(point);
  }
  return sum;
}

/** The JSON artefacts of a simulated bundle; where the test does not care, a word stands for each. */
export interface Statement {
  readonly model: CanonicalValue;
  readonly schema: CanonicalValue;
  readonly card: CanonicalValue;
}

/**
 * A bundle of the statement with a known trapdoor: its manifest and key are well-formed, and `files` holds bytes for every artefact, but
 * there is no circuit, so nothing can be proven the ordinary way.
 */
export function simulatedBundle(
  seed = 'bundle',
  change: (key: ReturnType<typeof keyJson>) => unknown = (key) => key,
  { model, schema, card }: Statement = { model: 'model', schema: 'schema', card: 'card' },
) {
  const trapdoor = makeTrapdoor(seed, PUBLIC_SIGNALS.length);
  const vkey = utf8ToBytes(JSON.stringify(change(keyJson(trapdoor)), null, 1));
  const files: Record<ArtefactName, Uint8Array> = {
    wasm: utf8ToBytes('wasm'),
    zkey: utf8ToBytes('zkey'),
    r1cs: utf8ToBytes('r1cs'),
    vkey,
    model: canonicalBytes(model),
    schema: canonicalBytes(schema),
    preview: utf8ToBytes('preview'),
    transcript: utf8ToBytes('transcript'),
    card: canonicalBytes(card),
  };
  const artefact = (name: ArtefactName) => ({
    file: `${sha256Hex(files[name])}.bin`,
    sha256: sha256Hex(files[name]),
    bytes: files[name].length,
  });
  const manifest: BundleManifest = {
    format: 'tacit-bundle',
    v: 1,
    statement: 'credit-score',
    system: 'groth16',
    keys: 'development',
    title: 'Simulated',
    model: sha256Hex(files.model),
    schema: sha256Hex(files.schema),
    publicSignals: [...PUBLIC_SIGNALS],
    constraints: 1,
    artefacts: {
      wasm: artefact('wasm'),
      zkey: artefact('zkey'),
      r1cs: artefact('r1cs'),
      vkey: artefact('vkey'),
      model: artefact('model'),
      schema: artefact('schema'),
      preview: artefact('preview'),
      transcript: artefact('transcript'),
      card: artefact('card'),
    },
  };
  const hash = bundleHash(manifest);

  /** The signals a proof of `request` has. */
  const signals = (request: ProofRequest, nullifier: bigint): bigint[] => {
    const expected = expectedSignals(request, manifest);
    return PUBLIC_SIGNALS.map((name) => expected[name] ?? nullifier);
  };
  const envelope = (values: readonly bigint[], points: Points): ProofEnvelope => ({
    format: 'tacit-proof',
    v: 1,
    statement: 'credit-score',
    system: 'groth16',
    bundle: hash,
    points: bytesToHex(pointBytes(points)),
    publicSignals: values.map(fieldToHex),
  });
  /** A proof that a real verifier accepts for `request` under this bundle. */
  const prove = (request: ProofRequest, nullifier: bigint, proofSeed?: string): ProofEnvelope => {
    const values = signals(request, nullifier);
    return envelope(values, simulate(trapdoor, values, proofSeed));
  };
  return { manifest, hash, vkey, files, trapdoor, signals, envelope, prove };
}

/** A request that the bundle `bundle` can answer; what is given replaces a field. */
export const sampleRequest = (bundle: string, change: Partial<ProofRequest> = {}): ProofRequest => ({
  v: 1,
  id: '01'.repeat(16),
  statement: 'credit-score',
  system: 'groth16',
  bundle,
  partner: { id: 'acme-bank', name: 'Acme Bank' },
  origin: 'https://acme.example',
  scope: 'car-loan',
  policy: { threshold: -1200 },
  issuer: { name: 'demo', x: fieldToHex(5n), y: fieldToHex(BN254_ORDER - 7n), demo: true },
  purpose: 'A car loan',
  retentionDays: 30,
  nonce: '02'.repeat(32),
  issuedAt: 1_800_000_000,
  expiresAt: 1_800_000_900,
  verifier: { url: 'https://verifier.example', keyId: 'k'.repeat(43) },
  ...change,
});
