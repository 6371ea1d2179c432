import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CredentialSchema } from '../../../src/protocol/index.ts';
import { ConstraintError, calculateWitness } from '../../../src/prove/groth16/witness.ts';
import { currentBundle } from '../ceremony/bundle.ts';
import {
  type CircuitInput,
  encodeFeatures,
  type IntegerModel,
  modelInputs,
  packingLayout,
  score,
  signedToField,
  witnessInput,
} from '../index.ts';
import { makeCase } from '../testing/index.ts';
import { compile } from './compile.ts';
import { fixtureModel, fixtureSchema } from './fixture.ts';
import { generateCircom } from './generate.ts';
import { brokenConstraints, type R1cs, readR1cs, readWitness } from './r1cs.ts';

// The circuit's score is the evaluator's, exactly: it accepts the threshold that equals it and refuses the next one. Edge values are
// drawn often, because the widths are decided there.

interface Circuit {
  readonly model: IntegerModel;
  readonly schema: CredentialSchema;
  readonly r1cs: R1cs;
  readonly wasm: Uint8Array;
}

const committed = async (): Promise<Circuit> => {
  const bundle = await currentBundle('public/bundles');
  const json = async (name: 'model' | 'schema') => JSON.parse(new TextDecoder().decode(await bundle.read(name))) as unknown;
  return {
    model: (await json('model')) as IntegerModel,
    schema: (await json('schema')) as CredentialSchema,
    r1cs: readR1cs(await bundle.read('r1cs')),
    wasm: await bundle.read('wasm'),
  };
};

/** Units of one sign, ranges that are no power of two, a negative minimum, two hidden layers. */
const fixture = async (): Promise<Circuit> => {
  const { r1cs, wasm } = await compile(generateCircom(fixtureModel, fixtureSchema), '--O1');
  return { model: fixtureModel, schema: fixtureSchema, r1cs: readR1cs(r1cs), wasm };
};

const codedFeatures = (schema: CredentialSchema) =>
  fc.tuple(...packingLayout(schema).map(({ min, max }) => fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }))));

async function decides({ wasm, r1cs }: Circuit, input: CircuitInput): Promise<boolean> {
  try {
    const witness = readWitness(await calculateWitness(wasm, input));
    expect(brokenConstraints(r1cs, witness)).toEqual([]);
    return true;
  } catch (error) {
    if (error instanceof ConstraintError && error.templates.includes('Passes')) return false;
    throw error;
  }
}

describe.each([
  ['the committed circuit', committed, 12],
  ['the circuit of the fixture', fixture, 12],
] as const)('%s', (_, load, numRuns) => {
  let circuit: Circuit;
  beforeAll(async () => {
    circuit = await load();
  }, 120_000);

  it('decides as the integer evaluator does, for any credential', async () => {
    const { model, schema } = circuit;
    await fc.assert(
      fc.asyncProperty(codedFeatures(schema), async (coded) => {
        const features = Object.fromEntries(schema.features.map(({ name }, i) => [name, coded[i] as number]));
        expect(encodeFeatures(schema, features)).toEqual({ ok: true, value: coded });
        const exact = score(model, modelInputs(model, schema, coded));
        const made = witnessInput(makeCase({ model, schema, features, threshold: exact }));
        if (!made.ok) throw new Error(made.error.code);
        expect(await decides(circuit, made.value)).toBe(true);
        expect(await decides(circuit, { ...made.value, threshold: String(signedToField(exact + 1)) })).toBe(false);
      }),
      { numRuns },
    );
  });
});
