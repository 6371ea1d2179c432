// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod';
import { canonicalBytes, err, type Hash32, invariant, ok, type Result, sha256Hex } from '../../src/base/index.ts';
import { type CredentialSchema, type Feature, hexBytes, parseShape } from '../../src/protocol/index.ts';
import { schemaHash } from './credential.ts';
import { featureRange, type Range } from './features.ts';

const featureName = z.string().regex(/^[a-z][a-zA-Z0-9]{0,31}$/);

/**
 * A small network over whole numbers: h = activation(W x + b), layer after layer, exact, with no rounding in between.
 * The last layer has one output, the score (higher: more likely to repay); logit = score / 2^logitScale.
 */
export const integerModelSchema = z.strictObject({
  format: z.literal('tacit-integer-model'),
  v: z.literal(1),
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
  /** SHA-256 of the canonical schema whose coded features it reads. */
  schema: hexBytes(32),
  /** One per input: the coded number itself, or 1 when the category has this value, else 0. */
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
        /** Rows are outputs, columns are inputs. */
        weights: z.array(z.array(z.int()).min(1).max(256)).min(1).max(256),
        bias: z.array(z.int()).min(1).max(256),
        activation: z.enum(['relu', 'identity']),
      }),
    )
    .min(1)
    .max(8),
  logitScale: z.int().min(0).max(40),
  /** Largest distance seen between the score and the float model's logit * 2^logitScale, over all rows of the data. */
  margin: z.int().min(0),
});
export type IntegerModel = z.infer<typeof integerModelSchema>;
type Layer = IntegerModel['layers'][number];

/** SHA-256 of the canonical model: what manifests name it by, and what the public signal modelHash comes from. */
export const modelHash = (model: IntegerModel): Hash32 => sha256Hex(canonicalBytes(model));

const malformed = (what: string) => err<IntegerModel>('bundle/malformed', { what });

/**
 * Reads a model and checks that it fits the schema: names, category values, matrix shapes, one score, and that no sum
 * over features in range can leave the safe integers, so that {@link score} is exact. Error: bundle/malformed.
 */
export function parseIntegerModel(value: unknown, schema: CredentialSchema): Result<IntegerModel> {
  const parsed = parseShape(integerModelSchema, value, 'bundle/malformed');
  if (!parsed.ok) return parsed;
  const model = parsed.value;
  if (model.schema !== schemaHash(schema)) return malformed('schema: the model was made for another');
  const features = new Map(schema.features.map((feature) => [feature.name, feature]));
  for (const input of model.inputs) {
    const feature = features.get(input.feature);
    const fits = input.kind === 'number' ? feature?.kind === 'number' : feature?.kind === 'category' && input.value < feature.values.length;
    if (!fits) return malformed(`inputs: ${input.feature} does not fit the schema`);
  }
  let width = model.inputs.length;
  for (const layer of model.layers) {
    const shaped = layer.bias.length === layer.weights.length && layer.weights.every((row) => row.length === width);
    if (!shaped) return malformed('layers: shapes do not fit');
    width = layer.weights.length;
  }
  if (width !== 1 || model.layers.at(-1)?.activation !== 'identity') return malformed('layers: the last one must be one score');
  return staysExact(model, schema) ? ok(model) : malformed('layers: a sum may leave the safe integers');
}

/**
 * The network's input vector from features in the schema's order (as {@link encodeFeatures} returns them).
 * Throws InvariantError when the model does not fit the schema.
 */
export function modelInputs(model: IntegerModel, schema: CredentialSchema, coded: readonly number[]): number[] {
  invariant(coded.length === schema.features.length, 'modelInputs: one value per feature');
  const byName = new Map(schema.features.map((feature, i) => [feature.name, coded[i] as number]));
  return model.inputs.map((input) => {
    const value = byName.get(input.feature);
    invariant(value !== undefined, `modelInputs: no feature ${input.feature}`);
    return input.kind === 'number' ? value : Number(value === input.value);
  });
}

const dot = (row: readonly number[], x: readonly number[]): number => {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += (row[i] as number) * (x[i] as number);
  return sum;
};

/** Sums before the activation, layer by layer; the last is [score]. Exact for a parsed model and features in range. */
export function accumulators(model: IntegerModel, inputs: readonly number[]): number[][] {
  invariant(inputs.length === model.inputs.length, 'accumulators: wrong number of inputs');
  let x = inputs;
  return model.layers.map((layer) => {
    const sums = layer.weights.map((row, k) => (layer.bias[k] as number) + dot(row, x));
    invariant(sums.every(Number.isSafeInteger), 'accumulators: left the safe integers');
    x = layer.activation === 'relu' ? sums.map((sum) => Math.max(sum, 0)) : sums;
    return sums;
  });
}

/** The model's score of one input vector, in units of 2^-logitScale of a logit. Exact. */
export const score = (model: IntegerModel, inputs: readonly number[]): number => accumulators(model, inputs).at(-1)?.[0] as number;

/** Least and greatest of `weights` (one per category value, or one slope) over the feature's range. */
function contribution(feature: Feature, model: IntegerModel, row: readonly number[]): Range {
  const { min, max } = featureRange(feature);
  const mine = model.inputs.flatMap((input, i) => (input.feature === feature.name ? [{ input, weight: row[i] as number }] : []));
  const at = (value: number) =>
    mine.reduce((sum, { input, weight }) => sum + weight * (input.kind === 'number' ? value : Number(input.value === value)), 0);
  // A number contributes a straight line, so its ends bound it; a category has few values, so all are tried.
  const values = feature.kind === 'number' ? [min, max] : Array.from({ length: max + 1 }, (_, value) => value);
  const sums = values.map(at);
  return { min: Math.min(...sums), max: Math.max(...sums) };
}

const spread = (bias: number, parts: readonly Range[]): Range => ({
  min: parts.reduce((sum, part) => sum + part.min, bias),
  max: parts.reduce((sum, part) => sum + part.max, bias),
});

const scaled = (range: Range, weight: number): Range =>
  weight >= 0 ? { min: weight * range.min, max: weight * range.max } : { min: weight * range.max, max: weight * range.min };

const activated = (layer: Layer, sums: readonly Range[]): readonly Range[] =>
  layer.activation === 'relu' ? sums.map(({ min, max }) => ({ min: Math.max(min, 0), max: Math.max(max, 0) })) : sums;

/**
 * Proven bounds of every sum before its activation, over *all* features in the schema's ranges (interval analysis; a
 * category takes one value at a time, so its indicators are never added up). One list per layer; the last is [score].
 * First-layer bounds are attained; later ones are safe but may be wide, as units are taken as independent.
 */
export function accumulatorRanges(model: IntegerModel, schema: CredentialSchema): Range[][] {
  let inputs: readonly Range[] = [];
  return model.layers.map((layer, depth) => {
    const sums = layer.weights.map((row, k) => {
      const parts =
        depth === 0
          ? schema.features.map((feature) => contribution(feature, model, row))
          : row.map((weight, i) => scaled(inputs[i] as Range, weight));
      return spread(layer.bias[k] as number, parts);
    });
    inputs = activated(layer, sums);
    return sums;
  });
}

/** Bits of the two's complement that holds every whole number of the range: least n with -2^(n-1) <= min and max < 2^(n-1). */
export function signedBits({ min, max }: Range): number {
  let bits = 1;
  while (min < -(2 ** (bits - 1)) || max >= 2 ** (bits - 1)) bits++;
  return bits;
}

/** Whether every partial sum stays a safe integer: the sum of magnitudes bounds them all, in whatever order they are added. */
function staysExact(model: IntegerModel, schema: CredentialSchema): boolean {
  const ranges = new Map(schema.features.map((feature) => [feature.name, featureRange(feature)]));
  let sizes = model.inputs.map((input) => {
    const { min, max } = ranges.get(input.feature) as Range;
    return input.kind === 'number' ? Math.max(Math.abs(min), Math.abs(max)) : 1;
  });
  return model.layers.every((layer) => {
    sizes = layer.weights.map((row, k) => dot(row.map(Math.abs), sizes) + Math.abs(layer.bias[k] as number));
    return sizes.every((size) => size <= Number.MAX_SAFE_INTEGER);
  });
}
