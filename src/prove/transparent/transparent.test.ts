import { describe, expect, test } from 'vitest';
import { PlainKernels } from '../../field/index.ts';
import { mixedProgram, type Sample, twoLayerNet } from '../../program/testing/samples.ts';
import {
  atMost,
  bitsOfSecurity,
  planProgram,
  proofLength,
  SOUNDNESS_FLOOR,
  soundnessError,
  soundnessInput,
  transcriptScript,
} from '../../protocol/transparent/index.ts';
import { runVerifier, verifyTransparent } from '../../verify/transparent/verifier.ts';
import { runProver } from './prover.ts';
import { freshRandom, MODEL, NONCE, prove, setup, verdict } from './testing/bench.ts';

const samples: readonly (readonly [string, Sample])[] = [
  ['two layers', twoLayerNet(1)],
  ['two layers, grinding', twoLayerNet(2, 9, 4, 1, { lookup: 3, query: 8 })],
  ['mixed', mixedProgram(1)],
  ['mixed, other shapes', mixedProgram(4)],
];

describe.each(samples)('%s', (_, sample) => {
  const ready = setup(sample);

  test('an honest proof has the announced length and both verifiers accept it', () => {
    const proof = prove(ready);
    expect(proof.length).toBe(proofLength(ready.plan));
    expect(verdict(ready, proof)).toBe('accepted');
  });

  test('prover and verifier follow the list of transcript call sites to the letter', () => {
    const made = runProver({ ...ready, kernels: new PlainKernels(), random: freshRandom() }, {});
    if (!made.ok) throw new Error(made.error.code);
    const script = transcriptScript(ready.plan, ready.statement);
    expect(made.value.log).toEqual(script);
    const checked = runVerifier({ ...ready, proof: made.value.proof });
    expect(checked.ok && checked.value).toEqual(script);
    expect(script.length).toBeGreaterThan(50);
  });

  test('proves at least 100 bits, and one query less would not', () => {
    const { plan } = ready;
    expect(plan.sound).toBe(true);
    expect(plan.soundness).toBeGreaterThanOrEqual(SOUNDNESS_FLOOR);
    for (const bits of Object.values(plan.soundnessParts)) expect(bits).toBeGreaterThanOrEqual(SOUNDNESS_FLOOR);
  });

  test('another model, nonce or public value, or another program, is refused', () => {
    const proof = prove(ready);
    const { plan, statement } = ready;
    const other = 'ee'.repeat(32) as typeof MODEL;
    expect(verdict({ plan, statement: { ...statement, model: other } }, proof)).toBe('proof/invalid');
    expect(verdict({ plan, statement: { ...statement, nonce: other } }, proof)).toBe('proof/invalid');
    expect(
      verdict({ plan, statement: { ...statement, publics: statement.publics.map((x, i) => (i === 0 ? (x + 1) % 0x7f000001 : x)) } }, proof),
    ).toBe('proof/invalid');
    expect(verdict({ plan, statement: { ...statement, publics: [...statement.publics, 0] } }, proof)).toBe('proof/statement');
    expect(verdict({ plan, statement: { ...statement, publics: statement.publics.map(() => 0x7f000001) } }, proof)).toBe('proof/statement');
    const renamed = planProgram({ ...plan.program, name: 'another' });
    expect(verdict({ plan: renamed, statement }, proof)).toBe('proof/program');
  });
});

test('a witness that breaks a relation is not proven, and the words say which', () => {
  const ready = setup(twoLayerNet(1));
  const witness = { ...ready.witness, publics: ready.witness.publics.map((x) => (x + 1) % 0x7f000001) };
  const statement = { model: MODEL, nonce: NONCE, publics: witness.publics };
  const made = runProver({ ...ready, witness, statement, kernels: new PlainKernels(), random: freshRandom() }, {});
  expect(made).toEqual({ ok: false, error: { code: 'prove/unsatisfied', params: { what: 'equality 0, cell 0' } } });
});

describe('soundness', () => {
  const demands = {
    lookups: 2 ** 22,
    tableRows: 2 ** 19,
    zeroCheckBits: 0,
    equalityBits: 0,
    layers: [...Array(22).keys(), ...Array(19).keys()],
    equations: 300,
  };
  const large = (rowLengthBits: number, rowBits: number, codeBits: number, queries: number, grinding: { lookup: number; query: number }) =>
    soundnessError(soundnessInput({ ...demands, grinding }, { rowLengthBits, rows: 2 ** rowBits, rowBits, codeBits, queries })).total;

  test('agrees with the design table: 2^22 cells, rate 1/4 and 1/8, 16 bits of work', () => {
    const work = { lookup: 16, query: 16 };
    expect(atMost(large(14, 8, 16, 130, work), 102)).toBe(true);
    expect(atMost(large(14, 8, 16, 130, work), 103)).toBe(false);
    expect(atMost(large(13, 9, 16, 106, work), 102)).toBe(true);
  });
  test('a query less, a bit of work less, a random coefficient forgotten: all show', () => {
    const work = { lookup: 16, query: 16 };
    expect(atMost(large(14, 8, 16, 124, work), 100)).toBe(false);
    expect(atMost(large(14, 8, 16, 130, { lookup: 16, query: 12 }), 100)).toBe(false);
    const lookups = (lookup: number): number =>
      bitsOfSecurity(
        soundnessError(
          soundnessInput(
            { ...demands, grinding: { lookup, query: 16 } },
            { rowLengthBits: 14, rows: 256, rowBits: 8, codeBits: 16, queries: 130 },
          ),
        ).parts.lookup ?? { num: 1n, den: 1n },
      );
    expect(lookups(16) - lookups(10)).toBeCloseTo(6, 1);
    const input = soundnessInput({ ...demands, grinding: work }, { rowLengthBits: 10, rows: 2, rowBits: 1, codeBits: 11, queries: 130 });
    const forgotten = soundnessError({ ...input, coefficients: 2 ** 10 }).total;
    expect(soundnessError(input).total.num * forgotten.den > forgotten.num * soundnessError(input).total.den).toBe(true);
  });
  test('the row of pads counts when it is longer than the rows', () => {
    const cut = { rowLengthBits: 5, rows: 4096, rowBits: 12, codeBits: 9, queries: 100 };
    expect(soundnessInput({ ...demands, grinding: { lookup: 0, query: 0 } }, cut).coefficients).toBe(135);
    expect(soundnessInput({ ...demands, grinding: { lookup: 0, query: 0 } }, { ...cut, rowBits: 10 }).coefficients).toBe(132);
  });
  test('a program whose parameters prove less than the floor is refused by the verifier', () => {
    const ready = setup(twoLayerNet(1));
    const checked = verifyTransparent({ ...ready, plan: { ...ready.plan, sound: false, soundness: 99.99 }, proof: new Uint8Array(0) });
    expect(checked).toEqual({ ok: false, error: { code: 'proof/soundness', params: { bits: 99.99, floor: 100 } } });
  });
});
