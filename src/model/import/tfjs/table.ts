// SPDX-License-Identifier: Apache-2.0
//
// TensorFlow op names of TF.js graph models to registered ops.

import type { AttrValue } from '../../graph.ts';
import { tensor } from '../../tensor.ts';
import type { TfNode } from './node.ts';

type Handler = (node: TfNode) => void;

const elementwise =
  (op: string, attrs: (node: TfNode) => Readonly<Record<string, AttrValue>> = () => ({})): Handler =>
  (node) =>
    node.values.elementwise(node.at, op, node.inputs, node.name, attrs(node));

/** Activations by TensorFlow's names; Prelu takes the operand after the bias. */
function fused(node: TfNode, value: string, names: readonly string[], first: boolean): string {
  return names.reduce((current, name) => {
    const lower = name.toLowerCase();
    if (name === 'BiasAdd') return current;
    if (lower === 'prelu') {
      const temporary = node.values.builder.fresh(node.name);
      node.values.hold(temporary, current, first);
      const { values } = node.values.aligned([temporary, node.input(3)], node.at);
      return node.step('PRelu', values);
    }
    if (lower === 'leakyrelu') return node.step('LeakyRelu', [current], { alpha: node.float('leakyrelu_alpha', 0.2) });
    return node.values.activate(node.at, current, lower === 'elu' ? name : lower);
  }, value);
}

const conv =
  (order: 'HWIO' | 'HWCM'): Handler =>
  (node) => {
    const ops = node.texts('fused_ops');
    const bias = ops.includes('BiasAdd') ? node.input(2) : undefined;
    if (ops.some((op) => op.startsWith('FusedBatchNorm'))) node.values.unsupported(node.at, 'a fused batch norm');
    const value = node.values.conv(node.at, node.input(0), node.input(1), order, node.frame(), bias);
    node.hold(fused(node, value, ops, true), true);
  };

const pool =
  (op: 'MaxPool' | 'AveragePool'): Handler =>
  (node) => {
    const kernel = node.ints('ksize') ?? [1, 1, 1, 1];
    node.hold(node.values.pool(node.at, op, node.input(0), [kernel[1] ?? 1, kernel[2] ?? 1], node.frame()), true);
  };

const matMul: Handler = (node) => {
  const turned = (index: number, flag: string): string => {
    const value = node.plain(index);
    const rank = node.values.shape(node.input(index)).length;
    if (!node.flag(flag) && !node.flag(flag === 'transpose_a' ? 'adj_x' : 'adj_y')) return value;
    return node.step('Transpose', [value], {
      perm: Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)),
    });
  };
  const product = node.step('MatMul', [turned(0, 'transpose_a'), turned(1, 'transpose_b')]);
  const ops = node.texts('fused_ops');
  const biased = ops.includes('BiasAdd') ? node.step('Add', [product, node.plain(2)]) : product;
  node.hold(fused(node, biased, ops, false), false);
};

const reduce =
  (op: 'ReduceSum' | 'ReduceMean'): Handler =>
  (node) =>
    node.values.reduce(
      node.at,
      op,
      node.input(0),
      node.values.knownInts(node.input(1), node.at, 'list of axes'),
      node.flag('keep_dims'),
      node.name,
    );

const known = (node: TfNode, index: number, what: string): number[] => node.values.knownInts(node.input(index), node.at, what);

const batchNorm: Handler = (node) => {
  if (node.flag('is_training')) node.values.unsupported(node.at, 'training mode');
  const first = node.values.first(node.input(0), node.at);
  node.hold(
    node.step('BatchNormalization', [first, ...[1, 2, 3, 4].map((index) => node.plain(index))], { epsilon: node.float('epsilon', 1e-3) }),
    true,
  );
};

const squeeze: Handler = (node) => {
  const axes = node.ints('squeeze_dims') ?? node.ints('axis') ?? [];
  node.hold(node.step('Squeeze', [node.plain(0)], axes.length === 0 ? {} : { axes }), false);
};

const stridedSlice: Handler = (node) => {
  const mask = (name: string): number => node.int(`${name}_mask`, 0);
  const masks = {
    begin: mask('begin'),
    end: mask('end'),
    ellipsis: mask('ellipsis'),
    fresh: mask('new_axis'),
    shrink: mask('shrink_axis'),
  };
  node.values.stridedSlice(
    node.at,
    node.input(0),
    [1, 2, 3].map((index) => known(node, index, 'range')),
    masks,
    node.name,
  );
};

const slice: Handler = (node) => {
  const starts = known(node, 1, 'begin');
  const sizes = known(node, 2, 'size');
  const ends = starts.map((start, axis) => (sizes[axis] === -1 ? 2 ** 31 : start + (sizes[axis] ?? 0)));
  node.hold(node.step('Slice', [node.plain(0)], { starts, ends }), false);
};

const concat: Handler = (node) => {
  const axis = known(node, node.inputs.length - 1, 'axis')[0] ?? 0;
  node.values.concat(node.at, node.inputs.slice(0, -1), axis, node.name);
};

const pad: Handler = (node) => {
  const mode = node.op === 'MirrorPad' ? 'reflect' : 'constant';
  if (mode === 'reflect' && node.text('mode', 'REFLECT') !== 'REFLECT') node.values.unsupported(node.at, 'symmetric mirroring');
  const value = node.op === 'PadV2' ? (node.values.known(node.input(2), node.at, 'value').data[0] as number) : 0;
  node.values.pad(node.at, node.input(0), known(node, 1, 'list of pads'), { mode, value }, node.name);
};

const root: Handler = (node) => {
  const { values, first } = node.values.aligned(node.inputs, node.at);
  node.hold(node.values.reciprocalRoot(node.at, values[0] as string), first);
};

const square: Handler = (node) => {
  const { values, first } = node.values.aligned(node.inputs, node.at);
  node.hold(node.step('Mul', [values[0] as string, values[0] as string]), first);
};

const shape: Handler = (node) => {
  const dims = node.values.shape(node.input(0));
  node.values.constant(node.name, tensor('int32', [dims.length], dims));
};

/** Names of a node's outputs: the first is the node's own. */
const outputsOf = (node: TfNode, count: number): string[] =>
  Array.from({ length: count }, (_, i) => (i === 0 ? node.name : `${node.name}:${i}`));

const parts = (node: TfNode): number => {
  const count = node.int('num_split', node.int('num', 0));
  return count >= 1 && count <= 4096 ? count : node.values.misfit(node.at, `${count} parts`);
};
const split: Handler = (node) =>
  node.values.split(node.at, node.input(1), known(node, 0, 'axis')[0] ?? 0, undefined, outputsOf(node, parts(node)));
const splitV: Handler = (node) => {
  const sizes = known(node, 1, 'list of sizes');
  node.values.split(node.at, node.input(0), known(node, 2, 'axis')[0] ?? 0, sizes, outputsOf(node, sizes.length));
};

const clipByValue: Handler = (node) => {
  const bound = (index: number): number => node.values.known(node.input(index), node.at, 'bound').data[0] as number;
  node.values.elementwise(node.at, 'Clip', [node.input(0)], node.name, { min: bound(1), max: bound(2) });
};

/** Between floats it is another name for its input. */
const cast: Handler = (node) => {
  const to = node.kind('DstT');
  if (to !== 'DT_FLOAT' || node.values.builder.type(node.plain(0)).dtype !== 'float32') node.values.unsupported(node.at, `a cast to ${to}`);
  alias(node);
};

const fakeQuant =
  (vars: boolean): Handler =>
  (node) => {
    const bound = (index: number, name: string, fallback: number): number =>
      vars ? (node.values.known(node.input(index), node.at, name).data[0] as number) : node.float(name, fallback);
    const { values, first } = node.values.aligned(node.inputs.slice(0, 1), node.at);
    const [min, max] = [bound(1, 'min', -6), bound(2, 'max', 6)];
    node.hold(node.values.fakeQuant(node.at, values[0] as string, min, max, node.int('num_bits', 8), node.flag('narrow_range')), first);
  };

const alias: Handler = (node) => {
  const first = node.values.isFirst(node.input(0));
  node.hold(first ? node.values.first(node.input(0), node.at) : node.plain(0), first);
};

export const tfOps: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['Abs', elementwise('Abs')],
  ['Add', elementwise('Add')],
  ['AddN', elementwise('Sum')],
  ['AddV2', elementwise('Add')],
  ['ArgMax', (node) => node.hold(node.step('ArgMax', [node.plain(0)], { axis: known(node, 1, 'axis')[0] ?? 0, keepdims: 0 }), false)],
  ['AvgPool', pool('AveragePool')],
  ['BatchMatMul', matMul],
  ['BatchMatMulV2', matMul],
  ['BiasAdd', elementwise('Add')],
  ['Cast', cast],
  ['ClipByValue', clipByValue],
  ['ConcatV2', concat],
  ['Conv2D', conv('HWIO')],
  ['DepthwiseConv2dNative', conv('HWCM')],
  ['ExpandDims', (node) => node.hold(node.step('Unsqueeze', [node.plain(0)], { axes: known(node, 1, 'axis') }), false)],
  ['FakeQuantWithMinMaxArgs', fakeQuant(false)],
  ['FakeQuantWithMinMaxVars', fakeQuant(true)],
  ['FusedBatchNorm', batchNorm],
  ['FusedBatchNormV2', batchNorm],
  ['FusedBatchNormV3', batchNorm],
  ['FusedDepthwiseConv2dNative', conv('HWCM')],
  ['Identity', alias],
  ['LeakyRelu', elementwise('LeakyRelu', (node) => ({ alpha: node.float('alpha', 0.2) }))],
  ['MatMul', matMul],
  ['MaxPool', pool('MaxPool')],
  ['Maximum', elementwise('Max')],
  ['Mean', reduce('ReduceMean')],
  ['Minimum', elementwise('Min')],
  ['MirrorPad', pad],
  ['Mul', elementwise('Mul')],
  ['Neg', elementwise('Neg')],
  ['Pack', (node) => node.values.pack(node.at, node.inputs, node.int('axis', 0), node.name)],
  ['Pad', pad],
  ['PadV2', pad],
  ['Prelu', elementwise('PRelu')],
  ['RealDiv', elementwise('Div')],
  ['Relu', elementwise('Relu')],
  ['Relu6', elementwise('Clip', () => ({ min: 0, max: 6 }))],
  ['Reshape', (node) => node.hold(node.step('Reshape', [node.plain(0)], { shape: known(node, 1, 'shape'), allowzero: 1 }), false)],
  ['Rsqrt', root],
  ['Shape', shape],
  ['Sigmoid', elementwise('Sigmoid')],
  ['Slice', slice],
  ['Softmax', (node) => node.hold(node.step('Softmax', [node.plain(0)], { axis: -1 }), false)],
  ['Split', split],
  ['SplitV', splitV],
  ['Sqrt', elementwise('Sqrt')],
  ['Square', square],
  ['Squeeze', squeeze],
  ['StopGradient', alias],
  ['StridedSlice', stridedSlice],
  ['Sub', elementwise('Sub')],
  ['Sum', reduce('ReduceSum')],
  ['Tanh', elementwise('Tanh')],
  ['Transpose', (node) => node.hold(node.step('Transpose', [node.plain(0)], { perm: known(node, 1, 'permutation') }), false)],
  ['Unpack', (node) => node.values.unpack(node.at, node.input(0), node.int('axis', 0), outputsOf(node, parts(node)))],
  ['_FusedConv2D', conv('HWIO')],
  ['_FusedMatMul', matMul],
]);
