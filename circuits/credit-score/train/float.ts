import * as z from 'zod';
import { invariant } from '../../../src/base/index.ts';

const layer = z.strictObject({ weights: z.array(z.array(z.number())), bias: z.array(z.number()) });
/** Layers with ReLU between them; the last has one output, the logit. Rows are outputs, columns are inputs. */
export interface FloatModel {
  readonly layers: readonly { readonly weights: readonly (readonly number[])[]; readonly bias: readonly number[] }[];
}

const model = z.strictObject({ layers: z.array(layer) });
/** train/float.json: the trained models in 32-bit floats on raw coded inputs. preview.onnx holds `mlp`; `logistic` is the baseline. */
export const floatFile = z.strictObject({ format: z.literal('tacit-float-models'), v: z.literal(1), mlp: model, logistic: model });

export const families = ['mlp', 'logistic', 'mlpAll', 'logisticAll'] as const;
export type Family = (typeof families)[number];
const foldModels = z.array(model);
/**
 * train/cross-validation.json: the models of all folds, repeat by repeat, so that the card's figures can be worked out again without training.
 * `…All` also read age and marital status.
 */
export const crossValidationFile = z.strictObject({
  format: z.literal('tacit-cross-validation'),
  v: z.literal(1),
  models: z.strictObject({ mlp: foldModels, logistic: foldModels, mlpAll: foldModels, logisticAll: foldModels }),
});
export type FoldModels = Readonly<Record<Family, readonly FloatModel[]>>;

/** The logit of one input vector, in 64-bit floats. */
export function logitOf(model: FloatModel, inputs: readonly number[]): number {
  const last = model.layers.length - 1;
  const out = model.layers.reduce<readonly number[]>((x, { weights, bias }, depth) => {
    return weights.map((row, k) => {
      let sum = bias[k] as number;
      for (let i = 0; i < row.length; i++) sum += (row[i] as number) * (x[i] as number);
      return depth < last ? Math.max(sum, 0) : sum;
    });
  }, inputs);
  invariant(out.length === 1, 'one logit');
  return out[0] as number;
}

/** The same model with every number rounded by `round`. */
export const mapNumbers = (model: FloatModel, round: (value: number) => number): FloatModel => ({
  layers: model.layers.map(({ weights, bias }) => ({ weights: weights.map((row) => row.map(round)), bias: bias.map(round) })),
});
