// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../src/base/index.ts';
import type { CredentialSchema } from '../../src/protocol/index.ts';
import { schemaHash } from './credential.ts';
import {
  accumulatorRanges,
  accumulators,
  type IntegerModel,
  modelHash,
  modelInputs,
  parseIntegerModel,
  score,
  signedBits,
} from './model.ts';

const schema: CredentialSchema = {
  format: 'tacit-schema',
  v: 1,
  name: 'two',
  title: 'Two features',
  features: [
    { name: 'years', label: 'Years', kind: 'number', min: -2, max: 5 },
    { name: 'home', label: 'Home', kind: 'category', values: ['rent', 'owner', 'unknown'] },
  ],
};

const model: IntegerModel = {
  format: 'tacit-integer-model',
  v: 1,
  name: 'small',
  schema: schemaHash(schema),
  inputs: [
    { feature: 'years', kind: 'number' },
    { feature: 'home', kind: 'is', value: 1 },
    { feature: 'home', kind: 'is', value: 2 },
  ],
  layers: [
    {
      weights: [
        [3, 10, -4],
        [-2, 1, 7],
      ],
      bias: [1, -5],
      activation: 'relu',
    },
    { weights: [[1, -1]], bias: [2], activation: 'identity' },
  ],
  logitScale: 3,
  margin: 1,
};

const withLayers = (layers: IntegerModel['layers']): IntegerModel => ({ ...model, layers });

describe('score', () => {
  it('is the network worked out by hand', () => {
    const inputs = modelInputs(model, schema, [4, 1]);
    expect(inputs).toEqual([4, 1, 0]);
    // 1 + 3*4 + 10 = 23, -5 - 2*4 + 1 = -12 which the ReLU makes 0, 2 + 23 - 0 = 25.
    expect(accumulators(model, inputs)).toEqual([[23, -12], [25]]);
    expect(score(model, inputs)).toBe(25);
  });

  it('throws for a vector of the wrong length, a foreign feature, and a sum that is no longer exact', () => {
    expect(() => score(model, [1, 0])).toThrow(InvariantError);
    expect(() => modelInputs(model, schema, [1])).toThrow(InvariantError);
    expect(() => modelInputs({ ...model, inputs: [{ feature: 'wealth', kind: 'number' }] }, schema, [1, 1])).toThrow(InvariantError);
    expect(() => score(model, [2 ** 53, 0, 0])).toThrow(InvariantError);
  });
});

describe('accumulatorRanges', () => {
  it('takes a category one value at a time and a number at its ends', () => {
    // Unit 1: 1 + 3*[-2, 5] + one of {0, 10, -4}; unit 2: -5 - 2*[-2, 5] + one of {0, 1, 7}.
    // Score: 2 + [0, 26] - [0, 6].
    expect(accumulatorRanges(model, schema)).toEqual([
      [
        { min: -9, max: 26 },
        { min: -15, max: 6 },
      ],
      [{ min: -4, max: 28 }],
    ]);
  });

  it('states the width of two’s complement', () => {
    expect(
      [
        [0, 0],
        [-1, 0],
        [0, 1],
        [-2, 1],
        [-9, 26],
        [-32, 31],
        [-33, 31],
        [0, 32],
      ].map(([min, max]) => signedBits({ min: min as number, max: max as number })),
    ).toEqual([1, 1, 2, 2, 6, 6, 7, 7]);
  });
});

describe('parseIntegerModel', () => {
  it('reads a model that fits, and names it by a hash that every number moves', () => {
    expect(parseIntegerModel(JSON.parse(JSON.stringify(model)), schema)).toEqual({ ok: true, value: model });
    expect(modelHash({ ...model, margin: 2 })).not.toBe(modelHash(model));
  });

  const layers = model.layers;
  const hidden = layers[0] as IntegerModel['layers'][number];
  const output = layers[1] as IntegerModel['layers'][number];
  const cases: [string, unknown][] = [
    ['no object', 'model'],
    ['a foreign key', { ...model, extra: 1 }],
    ['a fraction', withLayers([{ ...hidden, bias: [1.5, 0] }, output])],
    ['another schema', { ...model, schema: '0'.repeat(64) }],
    ['an unknown feature', { ...model, inputs: [...model.inputs.slice(1), { feature: 'wealth', kind: 'number' }] }],
    ['a category read as a number', { ...model, inputs: [...model.inputs.slice(1), { feature: 'home', kind: 'number' }] }],
    ['a number read as a category', { ...model, inputs: [...model.inputs.slice(1), { feature: 'years', kind: 'is', value: 1 }] }],
    ['a value the category does not have', { ...model, inputs: [...model.inputs.slice(1), { feature: 'home', kind: 'is', value: 3 }] }],
    [
      'a row too short',
      withLayers([
        {
          ...hidden,
          weights: [
            [1, 2, 3],
            [1, 2],
          ],
        },
        output,
      ]),
    ],
    ['a bias too many', withLayers([{ ...hidden, bias: [1, 2, 3] }, output])],
    ['two scores', withLayers([hidden])],
    ['a ReLU on the score', withLayers([hidden, { ...output, activation: 'relu' }])],
    [
      'sums beyond the safe integers',
      withLayers([
        {
          ...hidden,
          weights: [
            [2 ** 51, 0, 0],
            [0, 0, 0],
          ],
        },
        output,
      ]),
    ],
    [
      'sums that only cancel within the safe integers',
      withLayers([hidden, { ...output, weights: [[2 ** 48, -(2 ** 48)]], bias: [2 ** 53 - 1] }]),
    ],
  ];
  it.each(cases)('refuses %s', (_, value) => {
    expect(parseIntegerModel(value, schema)).toMatchObject({ ok: false, error: { code: 'bundle/malformed' } });
  });
});
