// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { invariant, type Result } from '../../src/base/index.ts';
import { type CredentialSchema, hexBytes, parseShape, shortText } from '../../src/protocol/index.ts';

const featureName = z.string().max(32);

/** An integer MLP: h = relu(Wx + b) layer by layer, exact, no requantisation; the last layer's one output is the score. */
export const integerModelSchema = z.strictObject({
  format: z.literal('tacit-integer-model'),
  v: z.literal(1),
  name: shortText(80),
  /** SHA-256 of the canonical schema the inputs refer to. */
  schema: hexBytes(32),
  /** `number`: the coded value; `is`: 1 when the category has the code `value`, else 0. */
  inputs: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ feature: featureName, kind: z.literal('number') }),
        z.strictObject({ feature: featureName, kind: z.literal('is'), value: z.int().min(0).max(63) }),
      ]),
    )
    .min(1)
    .max(256),
  layers: z
    .array(
      z.strictObject({
        /** out x in. */
        weights: z.array(z.array(z.int()).min(1).max(256)).min(1).max(256),
        bias: z.array(z.int()).min(1).max(256),
        activation: z.enum(['relu', 'identity']),
      }),
    )
    .min(1)
    .max(8),
  /** logit = score / 2^logitScale. */
  logitScale: z.int().min(0).max(40),
  /** Integer score units within which integer and float decisions may differ. */
  margin: z.int().min(0),
});
export type IntegerModel = z.infer<typeof integerModelSchema>;

export const parseIntegerModel = (value: unknown): Result<IntegerModel> => parseShape(integerModelSchema, value, 'bundle/malformed');

/** The model's input vector from coded features in schema order. */
export function modelInputs(model: IntegerModel, schema: CredentialSchema, coded: readonly number[]): number[] {
  const place = new Map(schema.features.map(({ name }, i) => [name, i]));
  return model.inputs.map((input) => {
    const value = coded[place.get(input.feature) ?? -1];
    invariant(value !== undefined, `modelInputs: no feature ${input.feature}`);
    if (input.kind === 'number') return value;
    return value === input.value ? 1 : 0;
  });
}

/** The exact integer score; higher is more likely to repay. InvariantError if any sum leaves the safe integers. */
export function score(model: IntegerModel, inputs: readonly number[]): number {
  let values = inputs;
  for (const { weights, bias, activation } of model.layers) {
    values = weights.map((row, o) => {
      const sum = row.reduce((total, weight, i) => total + weight * (values[i] as number), bias[o] as number);
      invariant(Number.isSafeInteger(sum), 'score: a sum left the safe integers');
      return activation === 'relu' ? Math.max(0, sum) : sum;
    });
  }
  return values[0] as number;
}
