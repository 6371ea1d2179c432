// SPDX-License-Identifier: Apache-2.0
//
// TFLite builtin operators (by code) to registered ops.
import type { AttrValue } from '../../graph.ts';
import { type DType, sizeOf } from '../../tensor.ts';
import { activation, elementwise, finish, frame, input, type Operator, output } from './operator.ts';

type Handler = (node: Operator) => void;
const unary =
  (op: string, attrs: Parameters<typeof elementwise>[3] = {}): Handler =>
  (node) =>
    elementwise(node, op, undefined, attrs);
const binary =
  (op: string, field?: number): Handler =>
  (node) =>
    elementwise(node, op, field);

const conv: Handler = (node) => {
  const value = node.values.conv(node.at, input(node, 0), input(node, 1), 'OHWI', frame(node, 4), node.inputs[2] || undefined);
  finish(node, value, true, 3);
};
const depthwise: Handler = (node) => {
  const value = node.values.conv(node.at, input(node, 0), input(node, 1), '1HWO', frame(node, 5), node.inputs[2] || undefined);
  finish(node, value, true, 4);
};
const pool =
  (op: 'MaxPool' | 'AveragePool'): Handler =>
  (node) => {
    const kernel = [node.options?.int(4, 1) ?? 1, node.options?.int(3, 1) ?? 1] as const;
    finish(node, node.values.pool(node.at, op, input(node, 0), kernel, frame(node)), true, 5);
  };

const dense: Handler = (node) => {
  const { values, at } = node;
  if ((node.options?.byte(1, 0) ?? 0) !== 0) values.unsupported(at, 'shuffled weights');
  const weights = values.plain(input(node, 1), at);
  const [, inner] = values.builder.type(weights).shape as [number, number];
  const shape = values.shape(input(node, 0));
  const keep = (node.options?.byte(2, 0) ?? 0) !== 0;
  const x = values.plain(input(node, 0), at);
  const rows = keep ? x : values.step(at, 'Reshape', [x], { shape: [-1, inner], allowzero: 1 });
  const turned = values.step(at, 'Transpose', [weights], { perm: [1, 0] });
  const product = values.step(at, 'MatMul', [rows, turned]);
  const bias = node.inputs[2] ? values.step(at, 'Add', [product, values.plain(node.inputs[2], at)]) : product;
  const result = values.activate(at, bias, activation(node, 0));
  values.hold(output(node), result, false);
  if (keep && shape[shape.length - 1] !== inner) values.misfit(at, 'the last axis does not fit the weights');
};

const reshape: Handler = (node) => {
  const shape = node.inputs[1]
    ? node.values.knownInts(node.inputs[1], node.at, 'shape')
    : (node.options?.ints(0) ?? node.values.misfit(node.at, 'it has no shape'));
  finish(node, node.values.step(node.at, 'Reshape', [node.values.plain(input(node, 0), node.at)], { shape, allowzero: 1 }), false);
};
const reduce =
  (op: 'ReduceSum' | 'ReduceMean'): Handler =>
  (node) => {
    const axes = node.values.knownInts(input(node, 1), node.at, 'list of axes');
    node.values.reduce(node.at, op, input(node, 0), axes, (node.options?.byte(0, 0) ?? 0) !== 0, output(node));
  };
const squeeze: Handler = (node) => {
  const stated = node.options?.ints(0);
  const axes: Record<string, AttrValue> = stated === undefined || stated.length === 0 ? {} : { axes: stated };
  finish(node, node.values.step(node.at, 'Squeeze', [node.values.plain(input(node, 0), node.at)], axes), false);
};
const expandDims: Handler = (node) => {
  const axes = node.values.knownInts(input(node, 1), node.at, 'axis');
  finish(node, node.values.step(node.at, 'Unsqueeze', [node.values.plain(input(node, 0), node.at)], { axes }), false);
};
const transpose: Handler = (node) => {
  const perm = node.values.knownInts(input(node, 1), node.at, 'permutation');
  finish(node, node.values.step(node.at, 'Transpose', [node.values.plain(input(node, 0), node.at)], { perm }), false);
};
const pad =
  (mode: 'constant' | 'reflect'): Handler =>
  (node) => {
    if (mode === 'reflect' && (node.options?.byte(0, 0) ?? 0) !== 0) node.values.unsupported(node.at, 'symmetric mirroring');
    const value = node.inputs[2] ? (node.values.known(node.inputs[2], node.at, 'value').data[0] as number) : 0;
    node.values.pad(node.at, input(node, 0), node.values.knownInts(input(node, 1), node.at, 'list of pads'), { mode, value }, output(node));
  };
const slice: Handler = (node) => {
  const starts = node.values.knownInts(input(node, 1), node.at, 'begin');
  const sizes = node.values.knownInts(input(node, 2), node.at, 'size');
  const ends = starts.map((start, axis) => (sizes[axis] === -1 ? 2 ** 31 : start + (sizes[axis] as number)));
  finish(node, node.values.step(node.at, 'Slice', [node.values.plain(input(node, 0), node.at)], { starts, ends }), false);
};
const stridedSlice: Handler = (node) => {
  const lists = [1, 2, 3].map((index) => node.values.knownInts(input(node, index), node.at, 'range'));
  const mask = (field: number): number => node.options?.int(field, 0) ?? 0;
  node.values.stridedSlice(
    node.at,
    input(node, 0),
    lists,
    { begin: mask(0), end: mask(1), ellipsis: mask(2), fresh: mask(3), shrink: mask(4) },
    output(node),
  );
};
/** SPLIT has its axis first; SPLIT_V has it last, after the sizes. */
const split =
  (sizes: boolean): Handler =>
  (node) => {
    const { values, at } = node;
    const x = input(node, sizes ? 0 : 1);
    const axis = values.knownInts(input(node, sizes ? 2 : 0), at, 'axis')[0] ?? 0;
    values.split(at, x, axis, sizes ? values.knownInts(input(node, 1), at, 'sizes') : undefined, node.outputs);
  };
const concat: Handler = (node) => {
  const raw = node.values.builder.fresh(node.at.name);
  node.values.concat(node.at, node.inputs, node.options?.int(0, 0) ?? 0, raw);
  const first = node.values.isFirst(raw);
  finish(node, first ? node.values.first(raw, node.at) : node.values.plain(raw, node.at), first, 1);
};
const softmax: Handler = (node) => {
  const { values, at } = node;
  const beta = node.options?.float(0, 0) ?? 0;
  const x = values.plain(input(node, 0), at);
  finish(node, values.step(at, 'Softmax', [beta === 1 ? x : values.step(at, 'Mul', [x, values.scalar(beta)])], { axis: -1 }), false);
};
const l2: Handler = (node) => {
  const { values, at } = node;
  const first = values.isFirst(input(node, 0));
  const x = first ? values.first(input(node, 0), at) : values.plain(input(node, 0), at);
  finish(node, values.step(at, 'LpNormalization', [x], { p: 2, axis: first ? 1 : -1, epsilon: 1e-12 }), first, 0);
};
const squareRootReciprocal: Handler = (node) => {
  const { values, first } = node.values.aligned(node.inputs, node.at);
  finish(node, node.values.reciprocalRoot(node.at, values[0] as string), first);
};
const square: Handler = (node) => {
  const { values, first } = node.values.aligned(node.inputs, node.at);
  finish(node, node.values.step(node.at, 'Mul', [values[0] as string, values[0] as string]), first);
};
const argMax: Handler = (node) => {
  const axis = node.values.knownInts(input(node, 1), node.at, 'axis')[0] ?? 0;
  finish(node, node.values.step(node.at, 'ArgMax', [node.values.plain(input(node, 0), node.at)], { axis, keepdims: 0 }), false);
};
const shape: Handler = (node) => {
  const dims = node.values.shape(input(node, 0));
  node.values.constant(output(node), { dtype: 'int32', shape: [dims.length], data: Float64Array.from(dims) });
};
const matMul: Handler = (node) => {
  const { values, at } = node;
  const turned = (index: number, field: number): string => {
    const value = values.plain(input(node, index), at);
    if ((node.options?.byte(field, 0) ?? 0) === 0) return value;
    const rank = sizeOf([values.shape(input(node, index)).length]);
    return values.step(at, 'Transpose', [value], {
      perm: Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)),
    });
  };
  finish(node, values.step(at, 'MatMul', [turned(0, 0), turned(1, 1)]), false);
};
const floats: Partial<Record<DType, true>> = { float16: true, float32: true };
/** Half-precision weights are stored that way and widened by this operator. */
const dequantize: Handler = (node) => {
  const value = node.values.known(input(node, 0), node.at, 'input');
  if (floats[value.dtype] === undefined) node.values.unsupported(node.at, 'quantised tensors');
  node.values.constant(output(node), { ...value, dtype: 'float32' });
};

/** Between floats it is another name for its input. */
const cast: Handler = (node) => {
  const first = node.values.isFirst(input(node, 0));
  const value = first ? node.values.first(input(node, 0), node.at) : node.values.plain(input(node, 0), node.at);
  if (node.values.builder.type(value).dtype !== 'float32') node.values.unsupported(node.at, 'a cast between types');
  finish(node, value, first);
};
const fakeQuant: Handler = (node) => {
  const { values, first } = node.values.aligned(node.inputs, node.at);
  const options = node.options;
  const [min, max] = [options?.float(0, 0) ?? 0, options?.float(1, 0) ?? 0];
  const value = node.values.fakeQuant(node.at, values[0] as string, min, max, options?.int(2, 0) ?? 0, (options?.byte(3, 0) ?? 0) !== 0);
  finish(node, value, first);
};

/** Code → name and handler. */
export const tfliteOps: ReadonlyMap<number, readonly [string, Handler]> = new Map<number, readonly [string, Handler]>([
  [0, ['ADD', binary('Add', 0)]],
  [1, ['AVERAGE_POOL_2D', pool('AveragePool')]],
  [2, ['CONCATENATION', concat]],
  [3, ['CONV_2D', conv]],
  [4, ['DEPTHWISE_CONV_2D', depthwise]],
  [6, ['DEQUANTIZE', dequantize]],
  [9, ['FULLY_CONNECTED', dense]],
  [11, ['L2_NORMALIZATION', l2]],
  [14, ['LOGISTIC', unary('Sigmoid')]],
  [17, ['MAX_POOL_2D', pool('MaxPool')]],
  [18, ['MUL', binary('Mul', 0)]],
  [19, ['RELU', unary('Relu')]],
  [20, ['RELU_N1_TO_1', unary('Clip', { min: -1, max: 1 })]],
  [21, ['RELU6', unary('Clip', { min: 0, max: 6 })]],
  [22, ['RESHAPE', reshape]],
  [25, ['SOFTMAX', softmax]],
  [28, ['TANH', unary('Tanh')]],
  [34, ['PAD', pad('constant')]],
  [39, ['TRANSPOSE', transpose]],
  [40, ['MEAN', reduce('ReduceMean')]],
  [41, ['SUB', binary('Sub', 0)]],
  [42, ['DIV', binary('Div', 0)]],
  [43, ['SQUEEZE', squeeze]],
  [45, ['STRIDED_SLICE', stridedSlice]],
  [49, ['SPLIT', split(false)]],
  [53, ['CAST', cast]],
  [54, ['PRELU', binary('PRelu')]],
  [55, ['MAXIMUM', binary('Max')]],
  [56, ['ARG_MAX', argMax]],
  [57, ['MINIMUM', binary('Min')]],
  [59, ['NEG', unary('Neg')]],
  [60, ['PADV2', pad('constant')]],
  [65, ['SLICE', slice]],
  [70, ['EXPAND_DIMS', expandDims]],
  [74, ['SUM', reduce('ReduceSum')]],
  [75, ['SQRT', unary('Sqrt')]],
  [76, ['RSQRT', squareRootReciprocal]],
  [77, ['SHAPE', shape]],
  [80, ['FAKE_QUANT', fakeQuant]],
  [83, ['PACK', (node) => node.values.pack(node.at, node.inputs, node.options?.int(1, 0) ?? 0, output(node))]],
  [88, ['UNPACK', (node) => node.values.unpack(node.at, input(node, 0), node.options?.int(1, 0) ?? 0, node.outputs)]],
  [92, ['SQUARE', square]],
  [98, ['LEAKY_RELU', (node) => elementwise(node, 'LeakyRelu', undefined, { alpha: node.options?.float(0, 0) ?? 0 })]],
  [100, ['MIRROR_PAD', pad('reflect')]],
  [101, ['ABS', unary('Abs')]],
  [102, ['SPLIT_V', split(true)]],
  [117, ['HARD_SWISH', unary('HardSwish')]],
  [126, ['BATCH_MATMUL', matMul]],
  [152, ['RELU_0_TO_1', unary('Clip', { min: 0, max: 1 })]],
]);
