// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CredentialSchema, parseCredentialSchema } from '../../src/protocol/index.ts';
import { schemaHash } from './credential.ts';
import { encodeFeatures, featureRange } from './features.ts';
import shippedModel from './model.json' with { type: 'json' };
import { accumulatorRanges, accumulators, type IntegerModel, modelInputs, parseIntegerModel, score } from './model.ts';
import shippedSchema from './schema.json' with { type: 'json' };

function shipped(): { schema: CredentialSchema; model: IntegerModel } {
  const schema = parseCredentialSchema(shippedSchema);
  if (!schema.ok) throw new Error('schema.json');
  const model = parseIntegerModel(shippedModel, schema.value);
  if (!model.ok) throw new Error(`model.json: ${JSON.stringify(model.error)}`);
  return { schema: schema.value, model: model.value };
}

/** Coded features anywhere in range, the ends twice as likely. */
const codedIn = (schema: CredentialSchema): fc.Arbitrary<number[]> =>
  fc.tuple(
    ...schema.features.map((feature) => {
      const { min, max } = featureRange(feature);
      return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
    }),
  );

/** The same network in unlimited integers, written in another way. */
function bigScore(model: IntegerModel, inputs: readonly number[]): bigint {
  let x = inputs.map(BigInt);
  for (const { weights, bias, activation } of model.layers) {
    x = weights.map((row, k) => row.reduce((sum, w, i) => sum + BigInt(w) * (x[i] ?? 0n), BigInt(bias[k] ?? 0)));
    if (activation === 'relu') x = x.map((sum) => (sum < 0n ? 0n : sum));
  }
  return x[0] ?? 0n;
}

const schemas: fc.Arbitrary<CredentialSchema> = fc
  .array(
    fc.oneof(
      fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 5000 })).map(([min, span]) => ({ min, max: min + span })),
      fc.integer({ min: 2, max: 6 }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((kinds) => ({
    format: 'tacit-schema',
    v: 1,
    name: 'random',
    title: 'Random',
    features: kinds.map((kind, i) =>
      typeof kind === 'number'
        ? { name: `f${i}`, label: 'f', kind: 'category', values: Array.from({ length: kind }, (_, v) => `v${v}`) }
        : { name: `f${i}`, label: 'f', kind: 'number', ...kind },
    ),
  }));

const modelFor = (schema: CredentialSchema): fc.Arbitrary<IntegerModel> => {
  const inputs = schema.features.flatMap((feature): IntegerModel['inputs'] =>
    feature.kind === 'number'
      ? [{ feature: feature.name, kind: 'number' }]
      : feature.values.slice(1).map((_, v) => ({ feature: feature.name, kind: 'is', value: v + 1 })),
  );
  const weight = fc.integer({ min: -(2 ** 15), max: 2 ** 15 });
  const layer = (rows: number, columns: number, activation: 'relu' | 'identity') =>
    fc.record({
      weights: fc.array(fc.array(weight, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
      bias: fc.array(weight, { minLength: rows, maxLength: rows }),
      activation: fc.constant(activation),
    });
  return fc.integer({ min: 1, max: 4 }).chain((hidden) =>
    fc.tuple(layer(hidden, inputs.length, 'relu'), layer(1, hidden, 'identity')).map((layers) => ({
      format: 'tacit-integer-model',
      v: 1,
      name: 'random',
      schema: schemaHash(schema),
      inputs,
      layers,
      logitScale: 10,
      margin: 0,
    })),
  );
};

const arbitrary = schemas.chain((schema) => fc.record({ schema: fc.constant(schema), model: modelFor(schema), coded: codedIn(schema) }));

describe('any model on any schema', () => {
  it('scores exactly as unlimited integers do, and no sum leaves its proven range', () => {
    fc.assert(
      fc.property(arbitrary, ({ schema, model, coded }) => {
        expect(parseIntegerModel(model, schema).ok).toBe(true);
        const inputs = modelInputs(model, schema, coded);
        expect(BigInt(score(model, inputs))).toBe(bigScore(model, inputs));
        const ranges = accumulatorRanges(model, schema);
        accumulators(model, inputs).forEach((sums, depth) => {
          sums.forEach((sum, k) => {
            expect(sum).toBeGreaterThanOrEqual(ranges[depth]?.[k]?.min ?? Number.NaN);
            expect(sum).toBeLessThanOrEqual(ranges[depth]?.[k]?.max ?? Number.NaN);
          });
        });
      }),
      { numRuns: 500 },
    );
  });

  it('reaches both ends of every first-layer range, so that no narrower width would do', () => {
    fc.assert(
      fc.property(arbitrary, ({ schema, model }) => {
        const [ranges] = accumulatorRanges(model, schema);
        model.layers[0]?.weights.forEach((_, k) => {
          const sumAt = (coded: readonly number[]) => accumulators(model, modelInputs(model, schema, coded))[0]?.[k] ?? Number.NaN;
          const base = schema.features.map((feature) => featureRange(feature).min);
          // Features move the sum independently, so the best value of each alone is the best of all together.
          const best = (sign: 1 | -1) =>
            schema.features.map((feature, i) => {
              const { min, max } = featureRange(feature);
              const values = feature.kind === 'number' ? [min, max] : Array.from({ length: max + 1 }, (_, v) => v);
              const at = (value: number) => sign * sumAt(base.map((other, j) => (j === i ? value : other)));
              return values.reduce((top, value) => (at(value) > at(top) ? value : top));
            });
          expect(sumAt(best(1))).toBe(ranges?.[k]?.max);
          expect(sumAt(best(-1))).toBe(ranges?.[k]?.min);
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('the shipped model', () => {
  const { schema, model } = shipped();
  const ranges = accumulatorRanges(model, schema);

  it('stays in its proven ranges and is exact for any features in range', () => {
    fc.assert(
      fc.property(codedIn(schema), (coded) => {
        const named = Object.fromEntries(schema.features.map(({ name }, i) => [name, coded[i]]));
        expect(encodeFeatures(schema, named)).toEqual({ ok: true, value: coded });
        const inputs = modelInputs(model, schema, coded);
        expect(BigInt(score(model, inputs))).toBe(bigScore(model, inputs));
        const within = accumulators(model, inputs).every((sums, depth) =>
          sums.every((sum, k) => sum >= (ranges[depth]?.[k]?.min ?? Number.NaN) && sum <= (ranges[depth]?.[k]?.max ?? Number.NaN)),
        );
        expect(within).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('has 8 to 16 hidden units, each of which can be on and off, and outputs of plus or minus one', () => {
    expect(ranges[0]?.length).toBeGreaterThanOrEqual(8);
    expect(ranges[0]?.length).toBeLessThanOrEqual(16);
    expect(ranges[0]?.every(({ min, max }) => min < 0 && max > 0)).toBe(true);
    expect(model.layers[1]?.weights[0]?.every((weight) => Math.abs(weight) === 1)).toBe(true);
  });

  it('does not read age or marital status', () => {
    expect(model.inputs.filter(({ feature }) => feature === 'age' || feature === 'marital')).toEqual([]);
  });
});
