// SPDX-License-Identifier: Apache-2.0
import { bn254 } from '@noble/curves/bn254.js';
import fc from 'fast-check';
import { groth16 } from 'snarkjs';
import { afterAll, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../base/index.ts';
import { BN254_ORDER } from '../../protocol/index.ts';
import {
  g1,
  g1Json,
  g2Json,
  keyJson,
  makeTrapdoor,
  outsideG2,
  type Points,
  pointBytes,
  simulate,
  type Trapdoor,
  timesPlain,
} from '../testing/index.ts';
import { holds, parseVerificationKey, prepareKey, readProof } from './index.ts';
import { readG2 } from './points.ts';

afterAll(() => (globalThis as { curve_bn128?: { terminate(): Promise<void> } }).curve_bn128?.terminate());

const prepared = (trapdoor: Trapdoor) => {
  const key = parseVerificationKey(utf8ToBytes(JSON.stringify(keyJson(trapdoor))), trapdoor.ic.length - 1);
  if (!key.ok) throw new Error(key.error.code);
  return prepareKey(key.value);
};

const trapdoor = makeTrapdoor('check', 3);
const key = prepared(trapdoor);
const signals = [11n, 0n, BN254_ORDER - 1n];

const ours = (points: Points, values: readonly bigint[]): boolean => {
  const proof = readProof(pointBytes(points));
  return proof.ok && holds(key, proof.value, values);
};
const oracle = (points: Points, values: readonly bigint[]): Promise<boolean> =>
  groth16.verify(keyJson(trapdoor), values.map(String), {
    protocol: 'groth16',
    curve: 'bn128',
    pi_a: g1Json(points.a),
    pi_b: g2Json(points.b),
    pi_c: g1Json(points.c),
  });

describe('the pairing equation', () => {
  it('accepts honest proofs and agrees with snarkjs on honest and changed ones', async () => {
    const scalar = fc.bigInt({ min: 0n, max: BN254_ORDER - 1n });
    await fc.assert(
      fc.asyncProperty(fc.tuple(scalar, scalar, scalar), fc.string(), fc.integer({ min: 0, max: 8 }), async (values, seed, change) => {
        const points = simulate(trapdoor, values, seed);
        const other = simulate(trapdoor, values, `${seed}'`);
        const [changed, shown] = (
          [
            [points, values],
            [{ ...points, a: other.a }, values],
            [{ ...points, b: other.b }, values],
            [{ ...points, c: other.c }, values],
            [{ ...points, a: points.c, c: points.a }, values],
            [{ ...points, a: points.a.negate() }, values],
            [points, [values[1], values[0], values[2]]],
            [points, [values[0], values[1], (values[2] + 1n) % BN254_ORDER]],
            [{ ...points, a: points.a.negate(), b: points.b.negate() }, values],
          ] as [Points, bigint[]][]
        )[change] as [Points, bigint[]];
        const answer = ours(changed, shown);
        expect(answer).toBe(await oracle(changed, shown));
        if (change === 0 || change === 8) expect(answer).toBe(true);
        else if (change !== 6 || values[0] !== values[1]) expect(answer).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('can be re-randomised by anybody: (A/k, kB) and (A, B + kδ, C + kA) hold too', async () => {
    const points = simulate(trapdoor, signals);
    const k = 123456789n;
    const inverse = bn254.fields.Fr.inv(k);
    const scaled = { ...points, a: points.a.multiplyUnsafe(inverse), b: points.b.multiplyUnsafe(k) };
    const delta = bn254.G2.Point.BASE.multiplyUnsafe(trapdoor.delta);
    const shifted = { a: points.a, b: points.b.add(delta.multiplyUnsafe(k)), c: points.c.add(points.a.multiplyUnsafe(k)) };
    for (const other of [scaled, shifted]) {
      expect(pointBytes(other)).not.toEqual(pointBytes(points));
      expect(ours(other, signals)).toBe(true);
      expect(await oracle(other, signals)).toBe(true);
    }
  });

  it('counts the signals and takes canonical ones alone, where snarkjs lets a zero tail be dropped', async () => {
    const zeroTail = [11n, 5n, 0n];
    const points = simulate(trapdoor, zeroTail);
    expect(ours(points, zeroTail)).toBe(true);
    expect(await oracle(points, zeroTail.slice(0, 2))).toBe(true);
    expect(() => ours(points, zeroTail.slice(0, 2))).toThrow('number of signals');
    expect(() => ours(points, [...zeroTail, 0n])).toThrow('number of signals');
    for (const bad of [BN254_ORDER, 11n + BN254_ORDER, -1n]) expect(() => ours(points, [bad, 5n, 0n])).toThrow('canonical');
  });

  it('is right where the signals cancel: e(0, gamma) = 1', async () => {
    const { Fr } = bn254.fields;
    const [first, second] = [trapdoor.ic[0] as bigint, trapdoor.ic[1] as bigint];
    const cancelling = [Fr.neg(Fr.div(first, second)), 0n, 0n];
    const points = simulate(trapdoor, cancelling);
    expect(ours(points, cancelling)).toBe(true);
    expect(await oracle(points, cancelling)).toBe(true);
    expect(ours({ ...points, c: points.a }, cancelling)).toBe(false);
  });
});

describe('where snarkjs 0.7.6 is laxer than we are', () => {
  // The whole list: signals dropped from a zero tail (above), coordinates above the field order, infinity, points of B outside the
  // subgroup (both below), and keys anybody can forge under (key.adversarial.test.ts).
  it('it takes a coordinate not below the field order, so that one proof has many spellings', async () => {
    const { a, b, c } = simulate(trapdoor, signals);
    const answer = await groth16.verify(keyJson(trapdoor), signals.map(String), {
      protocol: 'groth16',
      curve: 'bn128',
      pi_a: [`${a.x + bn254.fields.Fp.ORDER}`, `${a.y}`, '1'],
      pi_b: g2Json(b),
      pi_c: g1Json(c),
    });
    expect(answer).toBe(true);
  });
});

describe('the points of a proof', () => {
  const honest = pointBytes(simulate(trapdoor, signals));
  const changed = (at: number, bytes: Uint8Array): Uint8Array => {
    const copy = honest.slice();
    copy.set(bytes, at);
    return copy;
  };
  const code = (bytes: Uint8Array) => {
    const read = readProof(bytes);
    return read.ok ? 'ok' : read.error;
  };

  it.each([0, 1, 255, 257, 512])('have 256 bytes, not %i', (length) => {
    expect(code(new Uint8Array(length))).toMatchObject({ code: 'proof/malformed' });
  });

  it.each(['A.x', 'A.y', 'B.x.c0', 'B.x.c1', 'B.y.c0', 'B.y.c1', 'C.x', 'C.y'].map((name, i) => [name, i] as const))(
    'have the canonical coordinate %s',
    (name, i) => {
      const value = BigInt(`0x${Buffer.from(honest.subarray(32 * i, 32 * i + 32)).toString('hex')}`);
      const { ORDER } = bn254.fields.Fp;
      for (const coordinate of [value + ORDER, ORDER, 2n ** 256n - 1n]) {
        const bytes = Buffer.from(coordinate.toString(16).padStart(64, '0'), 'hex');
        expect(code(changed(32 * i, bytes))).toEqual({ code: 'proof/non-canonical', params: { what: name } });
      }
    },
  );

  it.each([
    ['A', 0, 64],
    ['B', 64, 128],
    ['C', 192, 64],
  ])('are not infinity: %s', (name, at, length) => {
    const notOnCurve = (why: string) => ({ code: 'proof/not-on-curve', params: { what: `${name} (${why})` } });
    expect(code(changed(at, new Uint8Array(length)))).toEqual(notOnCurve('infinity'));
    const one = new Uint8Array(length);
    one[length - 1] = 1; // y = 1 (or u), x = 0: how snarkjs spells the affine part of infinity
    expect(code(changed(at, one))).toEqual(notOnCurve('off-curve'));
    expect(code(changed(at + length / 2, new Uint8Array(length / 2)))).toEqual(notOnCurve('off-curve')); // y = 0
  });

  it('include infinity for snarkjs, which accepts proofs of it', async () => {
    // A = α, B = β + 0, C = -x/δ holds for the simulator's key; C is infinity when a·b = αβ + γx.
    const { Fr } = bn254.fields;
    const x = Fr.add(trapdoor.ic[0] as bigint, Fr.mul(7n, trapdoor.ic[1] as bigint));
    const product = Fr.add(Fr.mul(trapdoor.alpha, trapdoor.beta), x);
    const infinite: Points = { a: g1(product), b: bn254.G2.Point.BASE, c: bn254.G1.Point.ZERO };
    expect(await oracle(infinite, [7n, 0n, 0n])).toBe(true);
    expect(ours(infinite, [7n, 0n, 0n])).toBe(false);
  });

  it('lie in the subgroup, which snarkjs does not ask of B', async () => {
    const outside = outsideG2();
    const { c0: x0, c1: x1 } = outside.x;
    const { c0: y0, c1: y1 } = outside.y;
    expect(timesPlain(outside, BN254_ORDER).is0()).toBe(false);
    expect(readG2([x0, x1], [y0, y1])).toBe('wrong-subgroup');
    const points = simulate(trapdoor, signals);
    const small = timesPlain(outside, BN254_ORDER); // of an order that divides the cofactor
    for (const b of [outside, small, points.b.add(small)]) {
      expect(code(pointBytes({ ...points, b }))).toEqual({ code: 'proof/not-on-curve', params: { what: 'B (wrong-subgroup)' } });
    }
    await oracle(points, signals);
    const { curve_bn128: curve } = globalThis as unknown as {
      curve_bn128: { G2: { fromObject(o: unknown): unknown; isValid(p: unknown): boolean } };
    };
    const coordinates = [
      [x0, x1],
      [y0, y1],
      [1n, 0n],
    ];
    expect(curve.G2.isValid(curve.G2.fromObject(coordinates))).toBe(true);
  });

  it('every flipped bit of a sample is refused', () => {
    for (let bit = 0; bit < 2048; bit += 13) {
      const copy = honest.slice();
      copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(['proof/not-on-curve', 'proof/non-canonical']).toContain((code(copy) as { code: string }).code);
    }
  });
});
