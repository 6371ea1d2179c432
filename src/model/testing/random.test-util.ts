// SPDX-License-Identifier: Apache-2.0
//
// Test helper: small random networks that use everything a quantised network has.
import { GraphBuilder } from '../builder.ts';
import type { Graph } from '../graph.ts';
import { sizeOf, type Tensor } from '../tensor.ts';

/** A repeatable generator of numbers in [-1, 1), exact in float32. */
export function noise(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround(state / 2 ** 31 - 1);
  };
}

export const filled = (shape: readonly number[], next: () => number, factor = 1): Tensor => ({
  dtype: 'float32',
  shape,
  data: Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(next() * factor)),
});

const STEPS = [
  'conv',
  'depthwise',
  'relu',
  'relu6',
  'prelu',
  'leaky',
  'residual',
  'norm',
  'maxpool',
  'avgpool',
  'swish',
  'sigmoid',
  'gate',
  'concat',
  'pad',
] as const;

/** A network of `steps` random layers over 1 x channels x side x side, ended by a dense layer of 5. */
export function randomNetwork(seed: number, steps: number, side = 8): Graph {
  const next = noise(seed);
  const pick = (count: number): number => Math.min(count - 1, Math.floor(((next() + 1) / 2) * count));
  const builder = new GraphBuilder();
  let fresh = 0;
  const weight = (shape: readonly number[], factor: number): string => builder.define(`w${fresh++}`, filled(shape, next, factor));
  const add = (op: string, inputs: readonly string[], attrs: Parameters<GraphBuilder['add']>[3] = {}): string =>
    builder.add(op, `${op}${fresh++}`, inputs, attrs);
  builder.input('x', { dtype: 'float32', shape: [1, 2 + pick(3), side, side] });
  let value = 'x';
  for (let step = 0; step < steps; step++) {
    const shape = builder.type(value).shape;
    const [, channels, height] = shape as [number, number, number];
    const kind = STEPS[pick(STEPS.length)];
    if (kind === 'conv') {
      const filters = 2 + pick(6);
      const k = 1 + 2 * pick(2);
      value = add('Conv', [value, weight([filters, channels, k, k], Math.sqrt(3 / (channels * k * k))), weight([filters], 0.2)], {
        pads: [k >> 1, k >> 1, k >> 1, k >> 1],
        strides: height > 4 && pick(3) === 0 ? [2, 2] : [1, 1],
      });
    } else if (kind === 'depthwise')
      value = add('Conv', [value, weight([channels, 1, 3, 3], 0.6), weight([channels], 0.2)], { pads: [1, 1, 1, 1], group: channels });
    else if (kind === 'relu') value = add('Relu', [value]);
    else if (kind === 'relu6') value = add('Clip', [value], { min: 0, max: 6 });
    else if (kind === 'prelu') value = add('PRelu', [value, weight([channels, 1, 1], 0.5)]);
    else if (kind === 'leaky') value = add('LeakyRelu', [value], { alpha: Math.fround(0.1) });
    else if (kind === 'residual')
      value = add('Add', [value, add('Conv', [value, weight([channels, channels, 1, 1], 1 / Math.sqrt(channels))])]);
    else if (kind === 'norm')
      value = add('BatchNormalization', [
        value,
        weight([channels], 1),
        weight([channels], 0.3),
        weight([channels], 0.1),
        builder.define(`w${fresh++}`, { dtype: 'float32', shape: [channels], data: new Float64Array(channels).fill(1.5) }),
      ]);
    else if (kind === 'maxpool' && height >= 4) value = add('MaxPool', [value], { kernel_shape: [2, 2], strides: [2, 2] });
    else if (kind === 'avgpool' && height >= 4)
      value = add('AveragePool', [value], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
    else if (kind === 'swish') value = add('HardSwish', [value]);
    else if (kind === 'sigmoid') value = add('Sigmoid', [value]);
    else if (kind === 'gate')
      value = add('Mul', [
        value,
        add('Sigmoid', [add('Conv', [add('GlobalAveragePool', [value]), weight([channels, channels, 1, 1], 1)])]),
      ]);
    else if (kind === 'concat') value = add('Concat', [value, add('Relu', [value])], { axis: 1 });
    else if (kind === 'pad') value = add('Pad', [value], { pads: [0, 0, 1, 0, 0, 0, 0, 1] });
  }
  const flat = add('Flatten', [value], { axis: 1 });
  const width = builder.type(flat).shape[1] as number;
  const out = add('Gemm', [flat, weight([5, width], Math.sqrt(3 / width)), weight([5], 0.2)], { transB: 1 });
  return builder.finish([out]);
}

export const randomInput = (graph: Graph, seed: number): ReadonlyMap<string, Tensor> =>
  new Map(graph.inputs.map((name) => [name, filled(graph.types.get(name)?.shape ?? [], noise(seed))]));
