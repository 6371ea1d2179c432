import { canonicalBytes, sha256Hex } from '../../../src/base/index.ts';
import type { CredentialSchema, Feature } from '../../../src/protocol/index.ts';
import type { IntegerModel } from '../model.ts';

// A small schema and model of every kind there is (a range that is not a power of two, one that is, a yes/no, a longer list, a unit
// that is never positive, one that is never negative), for tests that must not move when the real model is trained again.

const number = (name: string, min: number, max: number): Feature => ({ name, label: name, kind: 'number', min, max });
const category = (name: string, ...values: string[]): Feature => ({ name, label: name, kind: 'category', values });

export const fixtureSchema: CredentialSchema = {
  format: 'tacit-schema',
  v: 1,
  name: 'fixture',
  title: 'Fixture',
  features: [
    number('age', 18, 68),
    category('home', 'rent', 'owner', 'parents', 'other', 'private'),
    category('records', 'no', 'yes'),
    number('income', -5, 1018),
  ],
};

export const fixtureModel: IntegerModel = {
  format: 'tacit-integer-model',
  v: 1,
  name: 'Fixture',
  schema: sha256Hex(canonicalBytes(fixtureSchema)),
  inputs: [
    { feature: 'age', kind: 'number' },
    { feature: 'home', kind: 'is', value: 1 },
    { feature: 'home', kind: 'is', value: 4 },
    { feature: 'records', kind: 'is', value: 1 },
    { feature: 'income', kind: 'number' },
  ],
  layers: [
    {
      weights: [
        [3, 40, -25, -90, 1],
        [-7, 12, 0, 33, 2],
        [1, 1, 1, 1, 1],
        [-1, -1, -1, -1, -1],
      ],
      bias: [-200, 5, 0, 0],
      activation: 'relu',
    },
    {
      weights: [
        [2, -3, 1, 5],
        [-1, 1, 0, 1],
      ],
      bias: [-100, 7],
      activation: 'relu',
    },
    { weights: [[1, -2]], bias: [-50], activation: 'identity' },
  ],
  logitScale: 6,
  margin: 2,
};
