import { beforeAll, describe, expect, it } from 'vitest';
import { BN254_ORDER, type CredentialSchema, fieldToHex, hexToField, scopeField } from '../../../src/protocol/index.ts';
import { calculateWitness } from '../../../src/prove/groth16/witness.ts';
import { currentBundle } from '../ceremony/bundle.ts';
import { sign } from '../eddsa.ts';
import {
  type CircuitInput,
  credentialMessage,
  holderCommitment,
  type IntegerModel,
  modelInputs,
  nullifier,
  PUBLIC_SIGNALS,
  packingLayout,
  SUBGROUP_ORDER,
  schemaField,
  schemaHash,
  score,
  signedToField,
  witnessInput,
} from '../index.ts';
import { hash6, TAG_CREDENTIAL } from '../poseidon.ts';
import { type Case, inputWires, issuerKey, makeCase, seededHolder } from '../testing/index.ts';
import { brokenConstraints, freeWires, type R1cs, readR1cs, readWitness } from './r1cs.ts';
import { solve } from './solve.ts';
import { freedom } from './tangent.ts';

// The committed circuit against a prover who follows no program. `impossible` is a proof that no witness has the inputs; the witness
// generator's own refusal is asked for as well, since a person's prover meets that first.

let r1cs: R1cs;
let wasm: Uint8Array;
let model: IntegerModel;
let schema: CredentialSchema;
let honest: Case;
let input: CircuitInput;
let witness: bigint[];

const features = { seniority: 9, home: 1, time: 60, age: 30, marital: 1, records: 0, job: 0, expenses: 73, income: 129 };
const stated = { incomeStated: 0, assets: 0, assetsStated: 0, debt: 0, debtStated: 0, amount: 80, price: 85 };

beforeAll(async () => {
  const bundle = await currentBundle('public/bundles');
  const json = async (name: 'model' | 'schema') => JSON.parse(new TextDecoder().decode(await bundle.read(name))) as unknown;
  r1cs = readR1cs(await bundle.read('r1cs'));
  wasm = await bundle.read('wasm');
  model = (await json('model')) as IntegerModel;
  schema = (await json('schema')) as CredentialSchema;
  const coded = Object.values({ ...features, ...stated });
  const threshold = score(model, modelInputs(model, schema, coded));
  honest = makeCase({ model, schema, features: { ...features, ...stated }, threshold, manifest: bundle.manifest });
  const made = witnessInput(honest);
  if (!made.ok) throw new Error(made.error.code);
  input = made.value;
  witness = readWitness(await calculateWitness(wasm, input));
}, 60_000);

async function refused(changes: CircuitInput): Promise<string> {
  const changed = { ...input, ...changes };
  expect(solve(r1cs, inputWires(changed)).kind).toBe('impossible');
  return calculateWitness(wasm, changed).then(
    () => 'made a witness',
    (error: Error & { templates?: string[] }) => error.templates?.at(-2) ?? error.templates?.at(-1) ?? error.message,
  );
}

/** What an issuer's signature over any message looks like to the circuit. */
function signed(message: bigint): CircuitInput {
  const { r8x, r8y, s } = sign(issuerKey, message);
  return { r8x: String(r8x), r8y: String(r8y), s: String(s) };
}

// circomlib's ForceEqualIfEnabled(enabled = 1) forces a = b by IsZero(a - b) = 1. IsZero's hint `inv` (the inverse of its input) is
// multiplied by that input, which is 0 here, so its value has no effect on anything: one for x, one for y of the signature's equation.
const FREE = 2;

describe('the honest witness', () => {
  it('satisfies every constraint', () => {
    expect(r1cs.constraints.length).toBeGreaterThan(4000);
    expect(brokenConstraints(r1cs, witness)).toEqual([]);
  });

  it('has its public signals in the order of the statement', () => {
    expect(r1cs.publicInputs).toBe(PUBLIC_SIGNALS.length);
    expect(witness.slice(1, 9).map(String)).toEqual(PUBLIC_SIGNALS.map((name) => input[name]));
    expect([...inputWires(input).values()]).toEqual(witness.slice(1, 1 + r1cs.publicInputs + r1cs.privateInputs));
  });

  it('breaks a constraint when any one wire is changed, but for two hints that are multiplied by zero', () => {
    const free = freeWires(r1cs, witness);
    expect(free).toHaveLength(FREE);
    for (const wire of free) expect(witness[wire]).toBe(0n);
    expect(freeWires(r1cs, witness, 12345678901234567890n)).toEqual(free);
  });

  it('is what the checker says: a changed wire shows in the full check', () => {
    for (let wire = 1; wire < r1cs.wires; wire += 97) {
      const changed = witness.with(wire, ((witness[wire] as bigint) + 1n) % BN254_ORDER);
      expect(brokenConstraints(r1cs, changed).length > 0, `${wire}`).toBe(!freeWires(r1cs, witness).includes(wire));
    }
  });

  it('is the only one with these inputs, but for the same two hints', () => {
    const solution = solve(r1cs, inputWires(input));
    expect(solution).toEqual({ kind: 'open', wires: freeWires(r1cs, witness) });
    const rest = new Map(freeWires(r1cs, witness).map((wire) => [wire, 0n]));
    expect(solve(r1cs, new Map([...inputWires(input), ...rest]))).toEqual({ kind: 'unique', witness });
  });
});

describe('near the honest witness', () => {
  it('a prover who may change everything private at once is free in nothing but the same two hints', () => {
    expect(freedom(r1cs, witness)).toBe(FREE);
  }, 120_000);

  it('is freer without a bit’s own constraint and the sum that holds it', () => {
    // The last but one says what the score's bits add up to; the one before that a bit is a bit. Each alone is held by the other.
    const last = r1cs.constraints.length - 1;
    const without = (...gone: number[]) => ({ ...r1cs, constraints: r1cs.constraints.filter((_, i) => !gone.includes(i)) });
    expect(r1cs.constraints[last - 1]?.a.wires.length).toBeGreaterThan(30);
    expect(r1cs.constraints[last - 2]?.c.wires).toEqual([]);
    expect(freedom(without(last - 2), witness)).toBe(FREE);
    expect(freedom(without(last - 1, last - 2), witness)).toBe(FREE + 1);
  }, 120_000);
});

describe('no witness exists', () => {
  it.each(PUBLIC_SIGNALS)('for another %s', async (name) => {
    const changed = { [name]: String((BigInt(input[name] as string) + 1n) % BN254_ORDER) };
    // Times and the request's hash are bound by the proof, not by the relation: other values are other true statements.
    if (name === 'requestHash' || name === 'requestTime') {
      expect(solve(r1cs, inputWires({ ...input, ...changed })).kind).toBe('open');
      expect(
        brokenConstraints(r1cs, witness.with(PUBLIC_SIGNALS.indexOf(name) + 1, BigInt(changed[name] as string))).length,
      ).toBeGreaterThan(0);
    } else expect(await refused(changed)).not.toBe('made a witness');
  });

  it('for a threshold above the score, or one that wraps round', async () => {
    expect(await refused({ threshold: String(honest.request.policy.threshold + 1) })).toBe('Passes');
    for (const threshold of [2 ** 30, -(2 ** 30) - 1])
      expect(await refused({ threshold: String(signedToField(threshold)) })).toBe('Passes');
    expect(await refused({ threshold: String(BN254_ORDER / 2n) })).toBe('Passes');
    const lowest = { ...input, threshold: String(signedToField(-(2 ** 30))) };
    expect(brokenConstraints(r1cs, readWitness(await calculateWitness(wasm, lowest)))).toEqual([]);
  });

  it('for another secret with the same credential', async () => {
    const other = seededHolder('another');
    const scope = scopeField('acme', 'loan-2026');
    const secret = String(hexToField(other.secret));
    expect(await refused({ secret, nullifier: String(nullifier(other.secret, scope)) })).toBe('Attested');
    expect(await refused({ secret })).toBe('CreditScore');
    expect(await refused({ blinding: String(hexToField(other.blinding)) })).toBe('Attested');
  });

  it('for the nullifier of another partner’s scope of the same name', async () => {
    const theirs = nullifier(honest.holder.secret, scopeField('other', 'loan-2026'));
    expect(await refused({ nullifier: String(theirs) })).toBe('CreditScore');
  });

  it('for an expired credential, also when a time is too wide', async () => {
    const { expiresAt } = honest.credential;
    const last = { ...input, requestTime: String(expiresAt) };
    expect(brokenConstraints(r1cs, readWitness(await calculateWitness(wasm, last)))).toEqual([]);
    expect(await refused({ requestTime: String(expiresAt + 1) })).toBe('NotExpired');
    expect(await refused({ requestTime: String(2n ** 40n) })).toBe('NotExpired');
    expect(await refused({ requestTime: String(BN254_ORDER - 1n) })).toBe('NotExpired');
    expect(await refused({ expiresAt: String(expiresAt + 1) })).toBe('Attested');
    const wide = { ...honest.credential, expiresAt: 2 ** 40 };
    expect(await refused({ expiresAt: String(2 ** 40), ...signed(credentialMessage(wide, schema)) })).toBe('NotExpired');
  });

  it('for the second spelling of the signature, s plus the subgroup order', async () => {
    expect(await refused({ s: String(BigInt(input.s as string) + SUBGROUP_ORDER) })).toBe('Attested');
  });

  it('for a signature with a point off the curve', async () => {
    const off = { r8x: '1', r8y: '1' };
    expect(await refused(off)).toBe('Attested');
    // By the check of the point itself: on the curve's formulas alone nobody should have to rely.
    await expect(calculateWitness(wasm, { ...input, ...off })).rejects.toMatchObject({
      templates: ['BabyCheck', 'Attested', 'CreditScore'],
    });
  });

  it('for a credential of another schema, signed by the issuer', async () => {
    const other = { ...schema, title: 'Other' };
    expect(schemaHash(other)).not.toBe(schemaHash(schema));
    expect(await refused(signed(credentialMessage(honest.credential, other)))).toBe('Attested');
  });

  it.each(['features', 'issuedAt', 'expiresAt', 'holder'] as const)('for changed %s under the old signature', async (name) => {
    if (name === 'features') {
      const list = [...(input.features as string[])];
      expect(await refused({ features: list.with(8, String(Number(list[8]) + 1)) })).toBe('Attested');
    } else if (name === 'holder') {
      const holder = { ...honest.holder, blinding: fieldToHex(7n) };
      expect(await refused({ blinding: '7' })).toBe('Attested');
      expect(holderCommitment(holder)).not.toBe(honest.credential.holder);
    } else expect(await refused({ [name]: String(Number(input[name]) + 1) })).toBe('Attested');
  });

  it('for a feature out of range, although the issuer signed it, and although its word is that of a valid one', async () => {
    const layout = packingLayout(schema);
    const message = (coded: readonly bigint[]) => {
      const packed = coded.reduce((word, value, i) => word + value * 2n ** BigInt(layout[i]?.offset ?? 0), 0n) % BN254_ORDER;
      const { holder, issuedAt, expiresAt } = honest.credential;
      return hash6(TAG_CREDENTIAL, schemaField(schema), packed, hexToField(holder) as bigint, BigInt(issuedAt), BigInt(expiresAt));
    };
    const coded = (input.features as string[]).map(BigInt);
    // The lowest threshold, so that it is not the score that refuses.
    const threshold = String(signedToField(-(2 ** 30)));
    for (const [i, { min, max, width }] of layout.entries()) {
      for (const wrong of new Set([BigInt(max - min + 1), 1n << BigInt(width), BN254_ORDER - 1n])) {
        const list = coded.with(i, wrong);
        const reason = await refused({ threshold, features: list.map(String), ...signed(message(list)) });
        expect(reason, layout[i]?.name).toBe('Features');
      }
    }
    // seniority 64 and home 0 pack to the word of seniority 0 and home 1, which the issuer did sign.
    const carried = coded.with(0, 64n).with(1, 0n);
    const valid = signed(message(coded.with(0, 0n).with(1, 1n)));
    expect(message(carried)).toBe(message(coded.with(0, 0n).with(1, 1n)));
    expect(await refused({ threshold, features: carried.map(String), ...valid })).toBe('Features');
  });
});
