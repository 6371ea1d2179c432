// SPDX-License-Identifier: Apache-2.0
//
// ONNX operator names (domain ai.onnx, all versions up to the limit) to registered ops. What differs between operator-set
// versions is settled here, so that the ops know the latest form only.
import { sizeOf, tensor } from '../../tensor.ts';
import type { OnnxNode } from './node.ts';
import { dtypeOf } from './tensorProto.ts';

type Handler = (node: OnnxNode) => void;
type Kinds = Parameters<OnnxNode['attrs']>[0];

/** Same name, same inputs; the attributes listed are copied. */
const plain =
  (kinds: Kinds = {}, op?: string): Handler =>
  (node) =>
    node.emit(op ?? node.op, node.all(), node.attrs(kinds));

/** Before version 7 a second operand was broadcast only on demand, and could be lined up with an inner axis. */
const legacyBroadcast: Handler = (node) => {
  const [a, b] = [node.input(0), node.input(1)];
  const axis = node.opset < 7 && node.int('broadcast') ? node.int('axis') : undefined;
  if (axis === undefined) return node.emit(node.op, [a, b]);
  const rank = node.type(0).shape.length;
  const own = node.type(1).shape;
  const after = rank - (axis < 0 ? axis + rank : axis) - own.length;
  if (after < 0) node.misfit('the broadcast axis does not fit');
  return node.emit(node.op, [a, node.step('Reshape', [b], { shape: [...own, ...new Array<number>(after).fill(1)], allowzero: 1 })]);
};

const windowKinds: Kinds = {
  strides: 'ints',
  dilations: 'ints',
  pads: 'ints',
  auto_pad: 's',
  kernel_shape: 'ints',
  ceil_mode: 'i',
  count_include_pad: 'i',
};

/** Axes as an attribute up to `last`, as input 1 after it. */
function axesOf(node: OnnxNode, last: number): number[] | undefined {
  if (node.opset <= last) return node.ints('axes')?.slice();
  return node.has(1) ? node.constantInts(1, 'list of axes') : undefined;
}

const reduction =
  (op: string, last: number): Handler =>
  (node) => {
    const axes = axesOf(node, last);
    node.emit(op, [node.input(0)], {
      ...node.attrs({ keepdims: 'i', noop_with_empty_axes: 'i' }),
      ...(axes === undefined ? {} : { axes }),
    });
  };

const withAxes =
  (op: string): Handler =>
  (node) => {
    const axes = axesOf(node, 12);
    node.emit(op, [node.input(0)], axes === undefined ? {} : { axes });
  };

const clip: Handler = (node) => {
  const bound = (index: number, name: string): Record<string, number> => {
    if (node.opset < 11) {
      const value = node.float(name);
      return value === undefined ? {} : { [name]: value };
    }
    return node.has(index) ? { [name]: node.constant(index, name).data[0] as number } : {};
  };
  node.emit('Clip', [node.input(0)], { ...bound(1, 'min'), ...bound(2, 'max') });
};

const dropout: Handler = (node) => {
  if (node.has(2) && node.constant(2, 'training mode').data[0] !== 0) node.unsupported('training mode');
  if (node.opset < 7 && node.int('is_test') === 0) node.unsupported('training mode');
  node.builder.alias(node.outputs[0] ?? '', node.input(0));
  // At inference nothing is dropped.
  const mask = node.outputs[1] ?? '';
  const { shape } = node.type(0);
  if (mask !== '')
    node.builder.define(mask, tensor(node.opset < 10 ? node.type(0).dtype : 'bool', shape, new Float64Array(sizeOf(shape)).fill(1)));
};

const batchNorm: Handler = (node) => {
  if (node.opset < 9 && node.int('spatial') === 0) node.unsupported('statistics a position');
  if (node.opset < 7 && node.int('is_test') !== 1) node.unsupported('training mode');
  // Versions 7 to 13 could list the training outputs without computing them; they are gone at inference.
  const outputs = node.opset < 14 ? node.outputs.slice(0, 1) : node.outputs;
  node.emit('BatchNormalization', node.all(), node.attrs({ epsilon: 'f', training_mode: 'i' }), outputs);
};

const pad: Handler = (node) => {
  const rank = node.type(0).shape.length;
  const mode = node.text('mode') ?? 'constant';
  if (node.opset < 11) {
    const pads = node.ints('pads') ?? node.ints('paddings') ?? node.misfit('it has no pads');
    return node.emit('Pad', [node.input(0)], { pads, mode, value: node.float('value') ?? 0 });
  }
  const stated = node.constantInts(1, 'list of pads');
  const axes = node.has(3) ? node.constantInts(3, 'list of axes') : Array.from({ length: rank }, (_, axis) => axis);
  if (stated.length !== 2 * axes.length) node.misfit('pads and axes differ in length');
  const pads = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, index) => {
    const at = axis < 0 ? axis + rank : axis;
    if (!(at >= 0 && at < rank)) node.misfit(`axis ${axis} of ${rank} axes`);
    pads[at] = stated[index] as number;
    pads[at + rank] = stated[index + axes.length] as number;
  });
  return node.emit('Pad', [node.input(0)], { pads, mode, value: node.has(2) ? (node.constant(2, 'value').data[0] as number) : 0 });
};

const slice: Handler = (node) => {
  if (node.opset < 10) return node.emit('Slice', [node.input(0)], node.attrs({ starts: 'ints', ends: 'ints', axes: 'ints' }));
  const read = (index: number, name: string) => (node.has(index) ? { [name]: node.constantInts(index, name) } : {});
  return node.emit('Slice', [node.input(0)], { ...read(1, 'starts'), ...read(2, 'ends'), ...read(3, 'axes'), ...read(4, 'steps') });
};

const split: Handler = (node) => {
  const parts = node.opset < 13 ? node.ints('split') : node.has(1) ? node.constantInts(1, 'list of parts') : undefined;
  node.emit('Split', [node.input(0)], { ...node.attrs({ axis: 'i' }), ...(parts === undefined ? {} : { split: parts }) });
};

const reshape: Handler = (node) => {
  const shape = node.opset < 5 ? (node.ints('shape') ?? node.misfit('it has no shape')) : node.constantInts(1, 'shape');
  node.emit('Reshape', [node.input(0)], { shape, ...node.attrs({ allowzero: 'i' }) });
};

/** Before version 13 the axis began the flattened second half; since then it is one axis. */
const softmax: Handler = (node) => {
  if (node.opset >= 13) return node.emit('Softmax', [node.input(0)], node.attrs({ axis: 'i' }));
  const flat = node.step('Flatten', [node.input(0)], { axis: node.int('axis') ?? 1 });
  return node.emit('Reshape', [node.step('Softmax', [flat], { axis: 1 })], { shape: node.type(0).shape, allowzero: 1 });
};

const pRelu: Handler = (node) => {
  const x = node.type(0).shape;
  const slope = node.type(1).shape;
  const perChannel =
    slope.length === 1 && slope[0] === x[1] && x.length > 2 && slope[0] !== 1 && (node.opset < 7 || slope[0] !== x[x.length - 1]);
  const slopes = perChannel
    ? node.step('Reshape', [node.input(1)], { shape: [slope[0] as number, ...x.slice(2).map(() => 1)] })
    : node.input(1);
  node.emit('PRelu', [node.input(0), slopes]);
};

const constant: Handler = (node) => {
  const list = (values: readonly number[] | undefined, dtype: 'float32' | 'int64', whole: boolean) =>
    values === undefined ? undefined : tensor(dtype, whole ? [values.length] : [], values);
  const [f, i] = [node.float('value_float'), node.int('value_int')];
  const value =
    node.tensor('value') ??
    list(f === undefined ? undefined : [f], 'float32', false) ??
    list(i === undefined ? undefined : [i], 'int64', false) ??
    list(node.floats('value_floats'), 'float32', true) ??
    list(node.ints('value_ints'), 'int64', true) ??
    node.unsupported('it is not a dense tensor of numbers');
  node.builder.define(node.outputs[0] ?? '', value);
};

const constantOfShape: Handler = (node) => {
  const shape = node.constantInts(0, 'shape');
  const value = node.tensor('value') ?? tensor('float32', [1], [0]);
  node.builder.define(
    node.outputs[0] ?? '',
    tensor(value.dtype, shape, new Float64Array(sizeOf(shape, node.name)).fill(value.data[0] ?? 0)),
  );
};

const shapeOf: Handler = (node) => {
  const dims = node.type(0).shape.slice(node.int('start') ?? 0, node.int('end') ?? undefined);
  node.builder.define(node.outputs[0] ?? '', tensor('int64', [dims.length], dims));
};

/** Only what shape arithmetic needs: picking from a list that is known. */
const gather: Handler = (node) => {
  const data = node.builder.constant(node.input(0));
  if (data === undefined || data.shape.length !== 1) return node.unsupported('its data is not a constant list');
  const indices = node.constant(1, 'list of indices');
  const out = indices.data.map(
    (index) => data.data[index < 0 ? index + data.data.length : index] ?? node.misfit(`index ${index} is outside`),
  );
  return void node.builder.define(node.outputs[0] ?? '', tensor(data.dtype, indices.shape, out));
};

const cast: Handler = (node) => {
  const to = dtypeOf(node.int('to')) ?? node.unsupported(`type ${node.text('to') ?? node.int('to') ?? ''}`);
  if (to === node.type(0).dtype) return node.same(node.input(0));
  // The suite of 1.12 cuts, later ones and the runtimes round to even.
  if (to === 'bfloat16' && node.opset < 19) node.unsupported('how it rounds to bfloat16 was not defined before operator set 19');
  return node.emit('Cast', [node.input(0)], { to, ...node.attrs({ saturate: 'i' }) });
};

/** Powers that are products or roots; the rest has no op yet. */
const pow: Handler = (node) => {
  const exponent = node.builder.constant(node.input(1));
  const value = exponent?.data.length === 1 ? exponent.data[0] : undefined;
  const x = node.input(0);
  if (value === 2) return node.emit('Mul', [x, x]);
  if (value === 0.5) return node.emit('Sqrt', [x]);
  return node.unsupported('only the exponents 2 and 0.5, as constants');
};

const mean: Handler = (node) => {
  const { dtype } = node.type(0);
  const count = node.define(tensor(dtype, [], [node.inputs.length]));
  node.emit('Div', [node.step('Sum', node.all()), count]);
};

const reduceL2: Handler = (node) => {
  const square = node.step('Mul', [node.input(0), node.input(0)]);
  const axes = axesOf(node, 17);
  node.emit('Sqrt', [
    node.step('ReduceSum', [square], {
      ...node.attrs({ keepdims: 'i', noop_with_empty_axes: 'i' }),
      ...(axes === undefined ? {} : { axes }),
    }),
  ]);
};

const quantized =
  (op: string): Handler =>
  (node) => {
    const output = node.int('output_dtype');
    const precision = node.int('precision');
    if (precision !== undefined && precision !== 0 && dtypeOf(precision) !== 'float32') node.unsupported('a precision other than float32');
    const dtype = output ? (dtypeOf(output) ?? node.unsupported(`type ${output}`)) : undefined;
    if (dtype !== undefined && op === 'DequantizeLinear' && dtype !== node.type(1).dtype) node.unsupported(`a result of type ${dtype}`);
    const attrs = node.attrs({ axis: 'i', block_size: 'i' });
    node.emit(op, node.all(), dtype === undefined || op === 'DequantizeLinear' ? attrs : { ...attrs, output_dtype: dtype });
  };

/** Input positions that must be known when compiling; a test suite that feeds them at run time binds them first. */
export const parameterInputs: ReadonlyMap<string, readonly number[]> = new Map([
  ['Clip', [1, 2]],
  ['ConstantOfShape', [0]],
  ['Dropout', [1, 2]],
  ['Expand', [1]],
  ['Pad', [1, 2, 3]],
  ['Pow', [1]],
  ['ReduceL2', [1]],
  ['ReduceMean', [1]],
  ['ReduceSum', [1]],
  ['Reshape', [1]],
  ['Slice', [1, 2, 3, 4]],
  ['Split', [1]],
  ['Squeeze', [1]],
  ['Unsqueeze', [1]],
]);

export const onnxOps: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['Abs', plain()],
  ['Add', legacyBroadcast],
  ['ArgMax', plain({ axis: 'i', keepdims: 'i', select_last_index: 'i' })],
  ['AveragePool', plain(windowKinds)],
  ['BatchNormalization', batchNorm],
  ['Cast', cast],
  ['Clip', clip],
  ['Concat', (node) => node.emit('Concat', node.all(), node.opset < 4 ? { axis: node.int('axis') ?? 1 } : node.attrs({ axis: 'i' }))],
  ['Constant', constant],
  ['ConstantOfShape', constantOfShape],
  ['Conv', plain({ strides: 'ints', dilations: 'ints', pads: 'ints', auto_pad: 's', kernel_shape: 'ints', group: 'i' })],
  ['DequantizeLinear', quantized('DequantizeLinear')],
  ['Div', legacyBroadcast],
  ['Dropout', dropout],
  ['Expand', (node) => node.emit('Expand', [node.input(0)], { shape: node.constantInts(1, 'shape') })],
  ['Flatten', plain({ axis: 'i' })],
  ['Gather', gather],
  ['Gemm', plain({ alpha: 'f', beta: 'f', transA: 'i', transB: 'i' })],
  ['GlobalAveragePool', plain()],
  ['GlobalMaxPool', plain()],
  ['HardSigmoid', plain({ alpha: 'f', beta: 'f' })],
  ['HardSwish', plain()],
  ['Identity', (node) => node.same(node.input(0))],
  ['LeakyRelu', plain({ alpha: 'f' })],
  ['LpNormalization', plain({ axis: 'i', p: 'i' })],
  ['MatMul', plain()],
  ['Max', plain()],
  ['MaxPool', plain({ ...windowKinds, storage_order: 'i' })],
  ['Mean', mean],
  ['Min', plain()],
  ['Mul', legacyBroadcast],
  ['Neg', plain()],
  ['PRelu', pRelu],
  ['Pad', pad],
  ['Pow', pow],
  ['QLinearConv', plain({ strides: 'ints', dilations: 'ints', pads: 'ints', auto_pad: 's', kernel_shape: 'ints', group: 'i' })],
  ['QLinearMatMul', plain()],
  ['QuantizeLinear', quantized('QuantizeLinear')],
  ['ReduceL2', reduceL2],
  ['ReduceMean', reduction('ReduceMean', 17)],
  ['ReduceSum', reduction('ReduceSum', 12)],
  ['Relu', plain()],
  ['Reshape', reshape],
  ['Shape', shapeOf],
  ['Sigmoid', plain()],
  ['Slice', slice],
  ['Softmax', softmax],
  ['Split', split],
  ['Sqrt', plain()],
  ['Squeeze', withAxes('Squeeze')],
  ['Sub', legacyBroadcast],
  ['Sum', plain()],
  ['Tanh', plain()],
  ['Transpose', plain({ perm: 'ints' })],
  ['Unsqueeze', withAxes('Unsqueeze')],
]);
