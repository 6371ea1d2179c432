import { invariant } from '../../../src/base/index.ts';
import { type CredentialSchema, digestToField } from '../../../src/protocol/index.ts';
import { schemaField, schemaHash } from '../credential.ts';
import type { Range } from '../features.ts';
import { accumulatorRanges, type IntegerModel, modelHash, signedBits } from '../model.ts';
import { type Field, packingLayout } from '../packing.ts';
import { TAG_CREDENTIAL, TAG_HOLDER, TAG_NULLIFIER } from '../poseidon.ts';

const constant = (name: string, value: bigint | number): string => `function ${name}() {\n    return ${value};\n}`;

/** `3 * a - b + 7` from terms; zero weights are left out. */
function linear(terms: readonly (readonly [weight: number, signal: string])[], bias: number): string {
  const parts = terms.filter(([weight]) => weight !== 0).map(([weight, signal]) => `${weight} * ${signal}`);
  return [...parts, String(bias)].join(' + ').replaceAll('+ -', '- ');
}

function features(fields: readonly Field[], model: IntegerModel): string {
  const lines = fields.flatMap(({ name, kind, min, max, offset, width }, i) => [
    `    // ${name}: ${kind}, ${min} to ${max}, bits ${offset} to ${offset + width - 1}`,
    kind === 'number' ? `    InRange(${max - min})(x[${i}]);` : `    component is${i} = OneHot(${max + 1});\n    is${i}.code <== x[${i}];`,
  ]);
  const packed = fields.map(({ offset }, i) => `2 ** ${offset} * x[${i}]`).join('\n        + ');
  const inputs = model.inputs.map((input, m) => {
    const i = fields.findIndex(({ name }) => name === input.feature);
    invariant(
      i >= 0 && (input.kind === 'is') === (fields[i]?.kind === 'category'),
      `input ${input.feature}: of the schema, and of its kind`,
    );
    return `    inputs[${m}] <== ${input.kind === 'is' ? `is${i}.is[${input.value}]` : `x[${i}]`};`;
  });
  return [
    'template Features() {',
    `    signal input x[${fields.length}];`,
    '    signal output packed;',
    `    signal output inputs[${model.inputs.length}];`,
    ...lines,
    `    packed <== ${packed};`,
    "    // The model's inputs; a number still lacks its minimum, which Model adds to the bias.",
    ...inputs,
    '}',
  ].join('\n');
}

function unit(name: string, sum: string, range: Range, activation: 'relu' | 'identity'): string[] {
  const note = `    // ${name}: ${range.min} to ${range.max}`;
  if (activation === 'identity' || range.min >= 0) return [note, `    signal ${name} <== ${sum};`];
  if (range.max <= 0) return [`${note}, never positive`, `    signal ${name} <== 0;`];
  return [
    note,
    `    component ${name}_relu = Relu(${signedBits(range) - 1});`,
    `    ${name}_relu.x <== ${sum};`,
    `    signal ${name} <== ${name}_relu.y;`,
  ];
}

function network(model: IntegerModel, fields: readonly Field[], ranges: readonly (readonly Range[])[]): string {
  const minimum = new Map(fields.map(({ name, min }) => [name, min]));
  const lines = model.layers.flatMap(({ weights, bias, activation }, l) =>
    weights.flatMap((row, o) => {
      const first = l === 0;
      const terms = row.map((weight, i) => [weight, first ? `in[${i}]` : `h${l - 1}_${i}`] as const);
      const shift = first ? row.reduce((sum, weight, i) => sum + weight * (minimum.get(model.inputs[i]?.feature ?? '') ?? 0), 0) : 0;
      const start = (bias[o] as number) + shift;
      invariant(Number.isSafeInteger(start), 'a bias with its minima is a safe integer');
      return unit(`h${l}_${o}`, linear(terms, start), ranges[l]?.[o] as Range, activation);
    }),
  );
  return [
    'template Model() {',
    `    signal input in[${model.inputs.length}];`,
    '    signal output score;',
    ...lines,
    `    score <== h${model.layers.length - 1}_0;`,
    '}',
  ].join('\n');
}

/**
 * generated.circom: the constants of the statement and every width that follows from the model and the schema.
 * InvariantError when the score could leave (-2^30, 2^30), the range the threshold is compared in.
 */
export function generateCircom(model: IntegerModel, schema: CredentialSchema): string {
  const schemaDigest = schemaHash(schema);
  const modelDigest = modelHash(model);
  invariant(model.schema === schemaDigest, 'the model reads this schema');
  const fields = packingLayout(schema);
  const ranges = accumulatorRanges(model, schema);
  const score = ranges.at(-1)?.[0];
  invariant(score !== undefined && ranges.at(-1)?.length === 1, 'the last layer has one output');
  invariant(score.min > -(2 ** 30) && score.max < 2 ** 30, 'the score lies in (-2^30, 2^30)');
  return `${[
    '// SPDX-License-Identifier: GPL-3.0-only',
    '// Written by circuit/generate.ts from model.json and schema.json (npm run ceremony). Do not edit.',
    'pragma circom 2.2.0;',
    '',
    'include "gadgets.circom";',
    '',
    constant('TAG_HOLDER', TAG_HOLDER),
    constant('TAG_NULLIFIER', TAG_NULLIFIER),
    constant('TAG_CREDENTIAL', TAG_CREDENTIAL),
    `// Schema ${schemaDigest}`,
    constant('SCHEMA', schemaField(schema)),
    `// Model ${modelDigest}`,
    constant('MODEL', digestToField('tacit/model/v1', modelDigest)),
    constant('FEATURES', fields.length),
    '// The score over all features the schema allows.',
    constant('SCORE_MIN', score.min),
    constant('SCORE_MAX', score.max),
    '',
    '/// Every feature in its range, the categories taken apart, and the word that was signed. The fields do not overlap and end',
    '/// below bit 253, so two different feature vectors have two different words.',
    features(fields, model),
    '',
    '/// The integer network with its weights as constants: linear layers cost no product. Beside each unit: the range of its sum',
    '/// over all features that Features lets through (accumulatorRanges: attained in the first layer, enclosing after it), from which',
    '/// its width follows. Where the range has one sign, ReLU is the identity or zero and costs nothing.',
    network(model, fields, ranges),
  ].join('\n')}\n`;
}
