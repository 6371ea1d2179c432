import * as tf from '@tensorflow/tfjs';
import type { FloatModel } from './float.ts';
import { seeded } from './random.ts';

export interface Training {
  /** Hidden ReLUs; 0 makes a logistic regression. */
  readonly hidden: number;
  /** Weight of half the sum of squared weights, added to the mean cross-entropy. */
  readonly l2: number;
  /** Full-batch Adam: [steps, learning rate] one after the other. */
  readonly phases: readonly (readonly [number, number])[];
  readonly seed: number;
}

/** The JavaScript backend: slow, but the same bits on every machine. */
export async function startTensorflow(): Promise<void> {
  tf.env().set('IS_TEST', true); // no advice to install the native binding, which would not be reproducible
  await tf.setBackend('cpu');
  await tf.ready();
}

type Parameters = readonly { readonly weights: tf.Variable<tf.Rank.R2>; readonly bias: tf.Variable<tf.Rank.R1> }[];

const initial = (widths: readonly number[], seed: number): Parameters => {
  const random = seeded(seed);
  return widths.slice(1).map((width, i) => {
    const fanIn = widths[i] as number;
    const draw = Float32Array.from({ length: fanIn * width }, () => random.normal() / Math.sqrt(fanIn));
    return { weights: tf.variable(tf.tensor2d(draw, [fanIn, width])), bias: tf.variable(tf.zeros<tf.Rank.R1>([width])) };
  });
};

const forward = (parameters: Parameters, x: tf.Tensor2D): tf.Tensor1D =>
  parameters.reduce((h, { weights, bias }, i) => tf.add(tf.matMul(i === 0 ? h : tf.relu(h), weights), bias) as tf.Tensor2D, x).squeeze([1]);

/** Minimises mean cross-entropy + l2 on standardised rows. Deterministic: the seed decides the initial weights, nothing else is random. */
export function fitNetwork(rows: readonly (readonly number[])[], good: readonly boolean[], training: Training): FloatModel {
  const inputs = (rows[0] as readonly number[]).length;
  const parameters = initial(training.hidden === 0 ? [inputs, 1] : [inputs, training.hidden, 1], training.seed);
  const x = tf.tensor2d(rows.map((row) => [...row]));
  const y = tf.tensor1d(good.map(Number));
  for (const [steps, rate] of training.phases) {
    const optimizer = tf.train.adam(rate);
    for (let step = 0; step < steps; step++) {
      optimizer.minimize(() => {
        const entropy = tf.losses.sigmoidCrossEntropy(y, forward(parameters, x)).asScalar();
        return parameters.reduce(
          (loss, { weights }) =>
            loss.add(
              weights
                .square()
                .sum()
                .mul(training.l2 / 2),
            ) as tf.Scalar,
          entropy,
        );
      });
    }
    optimizer.dispose();
  }
  const layers = parameters.map(({ weights, bias }) => {
    const columns = tf.tidy(() => tf.transpose(weights).arraySync()) as number[][];
    return { weights: columns, bias: bias.arraySync() };
  });
  tf.dispose([x, y, ...parameters.flatMap(({ weights, bias }) => [weights, bias])]);
  return { layers };
}

/** Logits of many rows by tfjs, in 32-bit floats. */
export const predict = (model: FloatModel, rows: readonly (readonly number[])[]): number[] =>
  tf.tidy(() => {
    let h = tf.tensor2d(rows.map((row) => [...row]));
    model.layers.forEach(({ weights, bias }, i) => {
      const w = tf.tensor2d(weights.map((row) => [...row]));
      h = tf.add(tf.matMul(i === 0 ? h : tf.relu(h), w, false, true), tf.tensor1d([...bias])) as tf.Tensor2D;
    });
    return h.squeeze([1]).arraySync() as number[];
  });
