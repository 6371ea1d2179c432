// SPDX-License-Identifier: Apache-2.0
import { bn254 } from '@noble/curves/bn254.js';
import { groth16 } from 'snarkjs';
import { afterAll, describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../../base/index.ts';
import { BN254_ORDER } from '../../protocol/index.ts';
import { g1, g1Json, g2, g2Json, keyJson, makeTrapdoor, outsideG2, type Points, simulate, type Trapdoor } from '../testing/index.ts';
import { MAX_KEY_BYTES, parseVerificationKey } from './index.ts';

afterAll(() => (globalThis as { curve_bn128?: { terminate(): Promise<void> } }).curve_bn128?.terminate());

const { Fr } = bn254.fields;
const sound = makeTrapdoor('key', 2);
const json = keyJson(sound);
const parse = (value: unknown, signals = 2) => {
  const key = parseVerificationKey(utf8ToBytes(JSON.stringify(value)), signals);
  return key.ok ? 'ok' : key.error;
};
const oracle = (trapdoor: Trapdoor, { a, b, c }: Points, signals: readonly bigint[]): Promise<boolean> =>
  groth16.verify(keyJson(trapdoor), signals.map(String), {
    protocol: 'groth16',
    curve: 'bn128',
    pi_a: g1Json(a),
    pi_b: g2Json(b),
    pi_c: g1Json(c),
  });

/** The bare equation, for keys with infinity in G2, at which snarkjs' pairing is wrong. */
function equationHolds(trapdoor: Trapdoor, { a, b, c }: Points, signals: readonly bigint[]): boolean {
  const { alpha, beta, gamma, delta, x } = publicPart(trapdoor);
  const pairs = [
    { g1: a.negate(), g2: b },
    { g1: alpha, g2: beta },
    { g1: x(signals), g2: gamma },
    { g1: c, g2: delta },
  ].filter((pair) => !pair.g1.is0() && !pair.g2.is0());
  return bn254.fields.Fp12.eql(bn254.pairingBatch(pairs), bn254.fields.Fp12.ONE);
}

/** What an attacker has: the key's points, not their logarithms. */
const publicPart = (trapdoor: Trapdoor) => ({
  alpha: g1(trapdoor.alpha),
  beta: g2(trapdoor.beta),
  gamma: g2(trapdoor.gamma),
  delta: g2(trapdoor.delta),
  x: (signals: readonly bigint[]) =>
    trapdoor.ic.reduce((sum, log, i) => sum.add(g1(log).multiplyUnsafe(i === 0 ? 1n : (signals[i - 1] as bigint))), bn254.G1.Point.ZERO),
});
type Public = ReturnType<typeof publicPart>;

const infinity = (name: string) => ({ code: 'key/unsafe', params: { what: `${name} is the point at infinity` } });
const equal = (what: string) => ({ code: 'key/unsafe', params: { what: expect.stringContaining(what) } });
const [IC0, IC1, IC2] = sound.ic as [bigint, bigint, bigint];

/** Each: the weak key, why it is refused, and a proof of any signals made of public points alone. */
const forgeries: [string, Trapdoor, object, (key: Public, signals: readonly bigint[]) => Points][] = [
  [
    'gamma = delta',
    { ...sound, delta: 1n },
    equal('gamma and delta'),
    ({ alpha, beta, x }, s) => ({ a: alpha, b: beta, c: x(s).negate() }),
  ],
  [
    'gamma = -delta',
    { ...sound, delta: Fr.neg(1n) },
    equal('gamma and delta'),
    ({ alpha, beta, x }, s) => ({ a: alpha, b: beta, c: x(s) }),
  ],
  [
    'beta = gamma',
    { ...sound, beta: 1n },
    equal('beta and gamma'),
    ({ alpha, beta, delta, x }, s) => ({ a: alpha.add(x(s)), b: beta.add(delta), c: alpha.add(x(s)) }),
  ],
  [
    'beta = -gamma',
    { ...sound, beta: Fr.neg(1n) },
    equal('beta and gamma'),
    ({ alpha, beta, delta, x }, s) => ({ a: alpha.subtract(x(s)), b: beta.add(delta), c: alpha.subtract(x(s)) }),
  ],
  [
    'beta = delta',
    { ...sound, beta: sound.delta },
    equal('beta and delta'),
    ({ alpha, gamma, x }, s) => ({ a: x(s), b: gamma, c: alpha.negate() }),
  ],
  [
    'beta = -delta',
    { ...sound, beta: Fr.neg(sound.delta) },
    equal('beta and delta'),
    ({ alpha, gamma, x }, s) => ({ a: x(s), b: gamma, c: alpha }),
  ],
  ['gamma = 0', { ...sound, gamma: 0n }, infinity('gamma'), ({ alpha, beta, delta }) => ({ a: alpha, b: beta.add(delta), c: alpha })],
  ['alpha = 0', { ...sound, alpha: 0n }, infinity('alpha'), ({ gamma, delta, x }, s) => ({ a: x(s), b: gamma.add(delta), c: x(s) })],
  ['beta = 0', { ...sound, beta: 0n }, infinity('beta'), ({ gamma, delta, x }, s) => ({ a: x(s), b: gamma.add(delta), c: x(s) })],
];

describe('a key under which anybody can forge', () => {
  it.each(forgeries)('%s: a forged proof passes, in snarkjs too, and we refuse the key', async (name, weak, error, forge) => {
    const signals = [42n, 7n];
    const forged = forge(publicPart(weak), signals);
    expect(equationHolds(weak, forged, signals)).toBe(true);
    if (name !== 'gamma = 0' && name !== 'beta = 0') expect(await oracle(weak, forged, signals)).toBe(true);
    expect(equationHolds(sound, forged, signals)).toBe(false);
    expect(parse(keyJson(weak))).toEqual(error);
  });

  it('IC[i] = 0 or IC[i] = ±IC[j]: a signal of a proof that was seen can be changed', async () => {
    const changes: [bigint, bigint[], object][] = [
      [0n, [1n, 99n], infinity('IC[2]')],
      [IC1, [1n - 5n + BN254_ORDER, 2n + 5n], equal('IC[1] and IC[2]')],
      [Fr.neg(IC1), [6n, 7n], equal('IC[1] and IC[2]')],
    ];
    for (const [ic2, other, error] of changes) {
      const weak = { ...sound, ic: [IC0, IC1, ic2] };
      const seen = simulate(weak, [1n, 2n]);
      expect(await oracle(weak, seen, [1n, 2n])).toBe(true);
      expect(await oracle(weak, seen, other)).toBe(true);
      expect(parse(keyJson(weak))).toEqual(error);
    }
  });
});

describe('a key no sound setup makes', () => {
  it.each([
    ['delta = 0', { ...sound, delta: 0n }, infinity('delta')],
    ['IC[0] = 0', { ...sound, ic: [0n, IC1, IC2] }, infinity('IC[0]')],
    ['alpha is the generator', { ...sound, alpha: 1n }, equal('alpha is the generator')],
    ['alpha is minus the generator', { ...sound, alpha: Fr.neg(1n) }, equal('alpha is the generator')],
    ['beta is the generator', { ...sound, beta: 1n, gamma: 5n }, equal('beta is the generator')],
    ['delta is the generator', { ...sound, delta: 1n, gamma: 5n }, equal('delta is the generator')],
    ['IC[0] = IC[2]', { ...sound, ic: [IC0, IC1, IC0] }, equal('IC[0] and IC[2]')],
    ['alpha = -IC[1]', { ...sound, ic: [IC0, Fr.neg(sound.alpha), IC2] }, equal('alpha and IC[1]')],
  ])('%s', (_, weak, error) => {
    expect(parse(keyJson(weak))).toEqual(error);
  });

  it('is told from one of random points, with gamma the generator or not', () => {
    expect(parse(json)).toBe('ok');
    expect(parse(keyJson({ ...sound, gamma: 5n }))).toBe('ok');
  });
});

describe('the points of a key', () => {
  const unsafe = (what: string) => ({ code: 'key/unsafe', params: { what } });

  it('lie on the curve', () => {
    expect(parse({ ...json, vk_alpha_1: ['1', '3', '1'] })).toEqual(unsafe('alpha is not on the curve'));
    expect(parse({ ...json, vk_alpha_1: ['0', '0', '1'] })).toEqual(unsafe('alpha is the point at infinity'));
    expect(parse({ ...json, IC: [json.IC[0], json.IC[1], ['5', '0', '1']] })).toEqual(unsafe('IC[2] is not on the curve'));
    for (const [field, name] of [
      ['vk_beta_2', 'beta'],
      ['vk_gamma_2', 'gamma'],
      ['vk_delta_2', 'delta'],
    ] as const) {
      const [x, y, z] = json[field] as [string[], string[], string[]];
      expect(parse({ ...json, [field]: [y, x, z] })).toEqual(unsafe(`${name} is not on the curve`));
      expect(parse({ ...json, [field]: [[...x].reverse(), [...y].reverse(), z] })).toEqual(unsafe(`${name} is not on the curve`));
    }
  });

  it.each(['beta', 'gamma', 'delta'])('lie in the subgroup: %s', (name) => {
    expect(parse({ ...json, [`vk_${name}_2`]: g2Json(outsideG2()) })).toEqual(unsafe(`${name} is not in the right subgroup`));
  });
});

describe('the text of a key', () => {
  const malformed = { code: 'bundle/malformed' };
  const p = bn254.fields.Fp.ORDER;
  const [x, y] = json.vk_alpha_1;

  it('may repeat e(alpha, beta), as snarkjs does', () => {
    const pairs = [
      ['0', '0'],
      ['0', '0'],
      ['0', '0'],
    ];
    expect(parse({ ...json, vk_alphabeta_12: [pairs, pairs] })).toBe('ok');
  });

  it.each<[string, unknown, number?]>([
    ['another protocol', { ...json, protocol: 'plonk' }],
    ['another curve', { ...json, curve: 'bls12381' }],
    ['another count', { ...json, nPublic: 3 }],
    ['a count the manifest does not have', json, 3],
    ['one IC too few', { ...json, IC: json.IC.slice(0, 2) }],
    ['one IC too many', { ...json, IC: [...json.IC, json.IC[0]] }],
    ['an unknown member', { ...json, extra: 1 }],
    ['a missing member', { ...json, vk_delta_2: undefined }],
    ['a number for text', { ...json, vk_alpha_1: [1, 2, 1] }],
    ['a leading zero', { ...json, vk_alpha_1: [`0${x}`, y, '1'] }],
    ['a plus sign', { ...json, vk_alpha_1: [`+${x}`, y, '1'] }],
    ['hexadecimal', { ...json, vk_alpha_1: ['0x1', '0x2', '1'] }],
    ['white space', { ...json, vk_alpha_1: [` ${x}`, y, '1'] }],
    ['a negative coordinate', { ...json, vk_alpha_1: [x, `-${y}`, '1'] }],
    ['a coordinate not below the order', { ...json, vk_alpha_1: [`${BigInt(x) + p}`, y, '1'] }],
    ['a point that is not affine', { ...json, vk_alpha_1: [x, y, '2'] }],
    ['a G2 point that is not affine', { ...json, vk_beta_2: [...json.vk_beta_2.slice(0, 2), ['1', '1']] }],
    ['null', null],
    ['a list', [json]],
  ])('is refused for %s', (_, value, signals) => {
    expect(parse(value, signals)).toMatchObject(malformed);
  });

  it('is refused when it is not small JSON', () => {
    const text = JSON.stringify(json);
    const read = (bytes: Uint8Array) => parseVerificationKey(bytes, 2);
    for (const bad of [
      '',
      '{',
      text.slice(0, -1),
      `${text}é`,
      text.replace('groth16', 'groth16é'),
      text.replace('{', '{"é":1,'),
      `\ufeff${text}`,
      '['.repeat(60_000),
      `${text}${' '.repeat(MAX_KEY_BYTES)}`,
    ])
      expect(read(utf8ToBytes(bad))).toMatchObject({ ok: false, error: malformed });
    expect(read(new Uint8Array(10_000_000).map((_, i) => (i * 2654435761) >>> 24))).toMatchObject({ ok: false, error: malformed });
  });
});
