import { invariant } from '../../../src/base/index.ts';
import type { CredentialSchema } from '../../../src/protocol/index.ts';
import { schemaHash } from '../credential.ts';
import type { IntegerModel } from '../model.ts';
import type { FloatModel } from './float.ts';
import type { Input } from './inputs.ts';

/**
 * The same function with output weights +1 and -1: since relu(a x) = a relu(x) for a > 0, each unit takes the size of its
 * output weight into its own row. Every hidden sum is then in logits, so one scale gives all units the precision they
 * deserve, and the last layer's weights are exact. Numbers are rounded to 32-bit floats, which is what the ONNX file holds.
 */
export function unitOutputs(model: FloatModel): FloatModel {
  const [hidden, output] = model.layers;
  const row = output?.weights[0];
  invariant(hidden !== undefined && output !== undefined && row !== undefined && model.layers.length === 2, 'one hidden layer');
  const sizes = row.map(Math.abs);
  const weights = hidden.weights.map((unit, k) => unit.map((weight) => Math.fround(weight * (sizes[k] as number))));
  const bias = hidden.bias.map((b, k) => Math.fround(b * (sizes[k] as number)));
  return {
    layers: [
      { weights, bias },
      { weights: [row.map(Math.sign)], bias: output.bias.map(Math.fround) },
    ],
  };
}

const whole = (value: number): number => Math.round(value) + 0;

/**
 * Rounds a model of {@link unitOutputs} form to whole numbers at 2^logitScale. Each unit's bias also takes up what rounding
 * its weights moved on average over `rows` (training rows), so that only deviations from the mean remain as error.
 */
export function quantize(
  name: string,
  schema: CredentialSchema,
  inputs: readonly Input[],
  model: FloatModel,
  logitScale: number,
  rows: readonly (readonly number[])[],
): IntegerModel {
  const scale = 2 ** logitScale;
  const [hidden, output] = model.layers;
  invariant(hidden !== undefined && output !== undefined, 'one hidden layer');
  const means = inputs.map((_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0) / rows.length);
  const weights = hidden.weights.map((unit) => unit.map((weight) => whole(weight * scale)));
  const bias = hidden.bias.map((b, k) => {
    const moved = means.reduce((sum, mean, i) => {
      return sum + mean * ((weights[k]?.[i] as number) - (hidden.weights[k]?.[i] as number) * scale);
    }, 0);
    return whole(b * scale - moved);
  });
  return {
    format: 'tacit-integer-model',
    v: 1,
    name,
    schema: schemaHash(schema),
    inputs: [...inputs],
    layers: [
      { weights, bias, activation: 'relu' },
      { weights: output.weights.map((row) => [...row]), bias: output.bias.map((b) => whole(b * scale)), activation: 'identity' },
    ],
    logitScale,
    margin: 0,
  };
}
