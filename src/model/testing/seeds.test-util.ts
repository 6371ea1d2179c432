// SPDX-License-Identifier: Apache-2.0
//
// Test helper: sound model files of the three formats as trees, to be changed. Together they use most of what importers read.
import { exportOnnx } from '../export/onnx.ts';
import { decodeModel } from '../import/onnx/decode.ts';
import { noise, randomNetwork } from './random.test-util.ts';
import type { Tree } from './trees.test-util.ts';

const floats = (count: number, seed = 3): Uint8Array => {
  const next = noise(seed);
  return new Uint8Array(Float32Array.from({ length: count }, next).buffer);
};
const ints = (values: readonly number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);

type Attribute = readonly [name: string, kind: 'i' | 'f' | 's' | 'ints', value: Tree];
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const onnxNode = (op: string, inputs: string, outputs: string, ...attributes: Attribute[]): Tree => ({
  op,
  inputs: inputs.split(' '),
  outputs: outputs.split(' '),
  attributes: attributes.map(([name, kind, value]) => ({ name, [kind]: value, type: { f: 1, i: 2, s: 3, ints: 7 }[kind] })),
});
const onnxInts = (name: string, values: number[]): Tree => ({ name, dims: [values.length], dataType: 7, int64Data: values });
const onnxModel = (shape: readonly number[], nodes: Tree[], initializers: Tree[]): Tree => ({
  irVersion: 10,
  graph: {
    nodes,
    initializers,
    inputs: [{ name: 'x', type: { tensor: { elemType: 1, shape: { dims: shape.map((value) => ({ value })) } } } }],
    outputs: [{ name: 'y' }],
  },
  opsets: [{ domain: '', version: 21 }],
});

const onnxShapes = onnxModel(
  [1, 4, 6, 6],
  [
    onnxNode('Split', 'x halves', 'a b', ['axis', 'i', 1]),
    onnxNode('Concat', 'b a', 'c', ['axis', 'i', 1]),
    onnxNode('Slice', 'c starts ends axes steps', 'd'),
    onnxNode('Pad', 'd pads', 'e', ['mode', 's', utf8('constant')]),
    onnxNode('Transpose', 'e', 'f', ['perm', 'ints', [0, 2, 3, 1]]),
    onnxNode('Reshape', 'f flat', 'g'),
    onnxNode('Unsqueeze', 'g axes', 'h'),
    onnxNode('Squeeze', 'h axes', 'i'),
    onnxNode('Softmax', 'i', 'j', ['axis', 'i', -1]),
    onnxNode('ReduceMean', 'j axes', 'k', ['keepdims', 'i', 1]),
    onnxNode('LpNormalization', 'j', 'l', ['axis', 'i', 1], ['p', 'i', 2]),
    onnxNode('Sub', 'l k', 'm'),
    onnxNode('Flatten', 'm', 'n', ['axis', 'i', 1]),
    onnxNode('Clip', 'n least most', 'o'),
    onnxNode('ArgMax', 'o', 'y', ['axis', 'i', 1], ['keepdims', 'i', 0]),
  ],
  [
    onnxInts('halves', [1, 3]),
    onnxInts('starts', [1]),
    onnxInts('ends', [5]),
    onnxInts('axes', [2]),
    onnxInts('steps', [1]),
    onnxInts('pads', [0, 0, 1, 1, 0, 0, 1, 1]),
    onnxInts('flat', [1, -1, 4]),
    { name: 'least', dims: [], dataType: 1, floatData: [-1] },
    { name: 'most', dims: [], dataType: 1, floatData: [1] },
  ],
);
const onnxQuantised = onnxModel(
  [1, 2, 4, 4],
  [
    onnxNode('QuantizeLinear', 'x s z', 'q'),
    onnxNode('QLinearConv', 'q s z w s z s z', 'r', ['pads', 'ints', [1, 1, 1, 1]], ['strides', 'ints', [2, 2]], ['group', 'i', 1]),
    onnxNode('DequantizeLinear', 'r s z', 'd'),
    onnxNode('GlobalAveragePool', 'd', 'p'),
    onnxNode('Flatten', 'p', 'f'),
    onnxNode('Gemm', 'f g', 'y', ['transB', 'i', 1], ['alpha', 'f', 0.5]),
  ],
  [
    { name: 's', dims: [], dataType: 1, floatData: [0.05] },
    { name: 'z', dims: [], dataType: 2, int32Data: [128] },
    { name: 'w', dims: [3, 2, 3, 3], dataType: 2, rawData: Uint8Array.from({ length: 54 }, (_, i) => (37 * i) % 256) },
    { name: 'g', dims: [5, 3], dataType: 1, rawData: floats(15) },
  ],
);

/** [name, shape, bytes or undefined, type] */
type TfliteTensor = readonly [string, readonly number[], Uint8Array?, number?];
type TfliteOperator = readonly [code: number, inputs: readonly number[], outputs: readonly number[], options?: Tree];
const tflite = (tensors: readonly TfliteTensor[], operators: readonly TfliteOperator[]): Tree => {
  const codes = [...new Set(operators.map(([code]) => code))];
  const buffers: Tree[] = [null];
  return {
    codes,
    tensors: tensors.map(([name, shape, bytes, type = 0]) => ({
      name,
      shape: [...shape],
      type,
      buffer: bytes === undefined ? 0 : buffers.push(bytes) - 1,
    })),
    inputs: [0],
    outputs: [...(operators.at(-1)?.[2] ?? [])],
    operators: operators.map(([code, inputs, outputs, options]) => ({
      code: codes.indexOf(code),
      inputs: [...inputs],
      outputs: [...outputs],
      ...(options === undefined ? {} : { options }),
    })),
    buffers,
  };
};
const window = (...kernel: [number, number] | []): Tree => [
  [0, 'byte', 0],
  [1, 'int', 1],
  [2, 'int', 1],
  ...(kernel.length === 0
    ? [[3, 'byte', 1]]
    : [
        [3, 'int', kernel[0]],
        [4, 'int', kernel[1]],
        [5, 'byte', 0],
      ]),
]; // prettier-ignore

const tfliteConvolutions = tflite(
  [
    ['x', [1, 6, 6, 2]],
    ['w', [3, 3, 3, 2], floats(54)],
    ['b', [3], floats(3)],
    ['c', [1, 6, 6, 3]],
    ['slopes', [1, 1, 3], floats(3)],
    ['p', [1, 6, 6, 3]],
    ['m', [1, 6, 6, 3]],
    ['axes', [2], ints([1, 2]), 2],
    ['a', [1, 3]],
    ['dense', [5, 3], floats(15)],
    ['d', [1, 5]],
    ['y', [1, 5]],
  ],
  [
    [3, [0, 1, 2], [3], window()],
    [54, [3, 4], [5]],
    [17, [5], [6], window(2, 2)],
    [40, [6, 7], [8], [[0, 'byte', 0]]],
    [9, [8, 9], [10], [[0, 'byte', 1]]],
    [25, [10], [11], [[0, 'float', 1]]],
  ],
);
const tfliteShapes = tflite(
  [
    ['x', [1, 4, 4, 2]],
    ['axis', [], ints([3]), 2],
    ['a', [1, 4, 4, 1]],
    ['b', [1, 4, 4, 1]],
    ['c', [1, 4, 4, 2]],
    ['pads', [4, 2], ints([0, 0, 1, 1, 1, 1, 0, 0]), 2],
    ['d', [1, 6, 6, 2]],
    ['from', [4], ints([0, 1, 1, 0]), 2],
    ['to', [4], ints([1, 5, 5, 2]), 2],
    ['by', [4], ints([1, 2, 1, 1]), 2],
    ['e', [1, 2, 4, 2]],
    ['order', [4], ints([0, 2, 1, 3]), 2],
    ['f', [1, 4, 2, 2]],
    ['g', [1, 4, 2, 2]],
    ['h', [1, 16]],
    ['y', [1, 16]],
  ],
  [
    [49, [1, 0], [2, 3], [[0, 'int', 2]]],
    [
      2,
      [3, 2],
      [4],
      [
        [0, 'int', 3],
        [1, 'byte', 0],
      ],
    ],
    [34, [4, 5], [6]],
    [
      45,
      [6, 7, 8, 9],
      [10],
      [
        [0, 'int', 0],
        [1, 'int', 0],
      ],
    ],
    [39, [10, 11], [12]],
    [98, [12], [13], [[0, 'float', 0.25]]],
    [22, [13], [14], [[0, 'ints', [1, 16]]]],
    [11, [14], [15]],
  ],
); // prettier-ignore

const attr = (fields: { readonly [name: string]: Tree }): Tree =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? { s: btoa(value) } : Array.isArray(value) ? { list: { i: value } } : { b: value },
    ]),
  );
const tfjsGraph: Tree = {
  format: 'graph-model',
  modelTopology: {
    node: [
      { name: 'x', op: 'Placeholder', attr: { shape: { shape: { dim: ['-1', '6', '6', '2'].map((size) => ({ size })) } } } },
      ...['k', 'b', 'axes', 'w'].map((name) => ({ name, op: 'Const' })),
      {
        name: 'c',
        op: '_FusedConv2D',
        input: ['x', 'k', 'b'],
        attr: {
          ...(attr({ strides: ['1', '2', '2', '1'], padding: 'SAME', data_format: 'NHWC' }) as object),
          fused_ops: { list: { s: [btoa('BiasAdd'), btoa('Relu')] } },
        },
      },
      {
        name: 'm',
        op: 'MaxPool',
        input: ['c'],
        attr: attr({ ksize: ['1', '2', '2', '1'], strides: ['1', '1', '1', '1'], padding: 'VALID' }),
      },
      { name: 'a', op: 'Mean', input: ['m', 'axes'], attr: attr({ keep_dims: false }) },
      { name: 'd', op: 'MatMul', input: ['a', 'w'], attr: attr({ transpose_a: false, transpose_b: false }) },
      { name: 'y', op: 'Softmax', input: ['d'] },
    ],
  },
  signature: { outputs: { out: { name: 'y:0' } } },
  weightsManifest: [
    {
      paths: ['w.bin'],
      weights: [
        { name: 'k', shape: [3, 3, 2, 3], dtype: 'float32' },
        { name: 'b', shape: [3], dtype: 'float32' },
        { name: 'axes', shape: [2], dtype: 'int32' },
        { name: 'w', shape: [3, 4], dtype: 'float32' },
      ],
    },
  ],
};
const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

const layer = (kind: string, name: string, config: { readonly [name: string]: Tree }, inputs: readonly string[]): Tree => ({
  class_name: kind,
  name,
  config: { name, ...config },
  inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
});
const tfjsLayers: Tree = {
  format: 'layers-model',
  modelTopology: {
    model_config: {
      class_name: 'Functional',
      config: {
        layers: [
          layer('InputLayer', 'x', { batch_input_shape: [null, 6, 6, 2] }, []),
          layer('Conv2D', 'c', { filters: 2, kernel_size: [3, 3], strides: [1, 1], padding: 'same', activation: 'relu' }, ['x']),
          layer(
            'ZeroPadding2D',
            'p',
            {
              padding: [
                [1, 1],
                [0, 0],
              ],
            },
            ['c'],
          ), // prettier-ignore
          layer('MaxPooling2D', 'm', { pool_size: [3, 1], strides: [1, 1], padding: 'valid' }, ['p']),
          layer('Add', 's', {}, ['m', 'x']),
          layer('LeakyReLU', 'l', { alpha: 0.2 }, ['s']),
          layer('Flatten', 'f', {}, ['l']),
          layer('Dense', 'y', { units: 3, activation: 'softmax', use_bias: false }, ['f']),
        ],
        input_layers: [['x', 0, 0]],
        output_layers: [['y', 0, 0]],
      },
    },
  },
  weightsManifest: [
    {
      paths: ['w.bin'],
      weights: [
        { name: 'c/kernel', shape: [3, 3, 2, 2], dtype: 'float32' },
        { name: 'c/bias', shape: [2], dtype: 'float32' },
        { name: 'y/kernel', shape: [72, 3], dtype: 'float32' },
      ],
    },
  ],
};

export interface Seed {
  readonly format: 'onnx' | 'tflite' | 'tfjs';
  readonly name: string;
  readonly tree: Tree;
  /** What lies beside a TF.js description. */
  readonly weights?: Uint8Array;
}

export const seeds: readonly Seed[] = [
  ...[4, 9].map((seed) => ({
    format: 'onnx' as const,
    name: `random network ${seed}`,
    tree: structuredClone(decodeModel(exportOnnx(randomNetwork(seed, 8, 6)))) as unknown as Tree,
  })),
  { format: 'onnx', name: 'shapes', tree: onnxShapes },
  { format: 'onnx', name: 'quantised', tree: onnxQuantised },
  { format: 'tflite', name: 'convolutions', tree: tfliteConvolutions },
  { format: 'tflite', name: 'shapes', tree: tfliteShapes },
  { format: 'tfjs', name: 'graph', tree: tfjsGraph, weights: joined(floats(54), floats(3), ints([1, 2]), floats(12)) },
  { format: 'tfjs', name: 'layers', tree: tfjsLayers, weights: floats(36 + 2 + 216) },
];
