// SPDX-License-Identifier: Apache-2.0
import protobuf from 'protobufjs/minimal.js';
import { invariant } from '../../base/index.ts';
import type { AttrValue, Graph, GraphNode } from '../graph.ts';
import { windowOf } from '../ops/windows.ts';
import { type DType, isFloat, type Tensor, type TensorType } from '../tensor.ts';

type Out = InstanceType<typeof protobuf.Writer>;
const OPSET = 21;
const codes: Partial<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
  uint32: 12,
  uint64: 13,
}; // prettier-ignore

/** float16 and the small formats are written as float32: a runtime's preview needs no half precision. */
const codeOf = (dtype: DType): number => codes[dtype] ?? (isFloat(dtype) ? 1 : 7);

const nested = (out: Out, field: number, write: (inner: Out) => void): void => {
  const inner = protobuf.Writer.create();
  write(inner);
  out.uint32((field << 3) | 2).bytes(inner.finish());
};

function rawBytes(code: number, data: Float64Array): Uint8Array {
  const make: Readonly<Record<number, () => ArrayBufferLike>> = {
    1: () => Float32Array.from(data).buffer,
    2: () => Uint8Array.from(data).buffer,
    3: () => Int8Array.from(data).buffer,
    4: () => Uint16Array.from(data).buffer,
    5: () => Int16Array.from(data).buffer,
    6: () => Int32Array.from(data).buffer,
    7: () => BigInt64Array.from(data, (value) => BigInt(Math.trunc(value))).buffer,
    9: () => Uint8Array.from(data).buffer,
    11: () => data.slice().buffer,
    12: () => Uint32Array.from(data).buffer,
    13: () => BigUint64Array.from(data, (value) => BigInt(Math.trunc(value))).buffer,
  };
  const bytes = make[code];
  invariant(bytes !== undefined, `no encoding for type ${code}`);
  return new Uint8Array(bytes());
}

function writeTensor(out: Out, name: string, { dtype, shape, data }: Tensor): void {
  const code = codeOf(dtype);
  for (const dim of shape) out.uint32(8).int64(dim);
  out.uint32(16).int32(code);
  out.uint32(66).string(name);
  out.uint32(74).bytes(rawBytes(code, data));
}

function writeInfo(out: Out, name: string, type: TensorType): void {
  out.uint32(10).string(name);
  nested(out, 2, (proto) =>
    nested(proto, 1, (tensor) => {
      tensor.uint32(8).int32(codeOf(type.dtype));
      nested(tensor, 2, (shape) => {
        for (const dim of type.shape) nested(shape, 1, (dimension) => dimension.uint32(8).int64(dim));
      });
    }),
  );
}

const floatAttrs = new Set(['alpha', 'beta', 'epsilon']);

function writeAttribute(out: Out, name: string, value: AttrValue): void {
  out.uint32(10).string(name);
  if (typeof value === 'number' && floatAttrs.has(name)) out.uint32(21).float(value).uint32(160).int32(1);
  else if (typeof value === 'number') out.uint32(24).int64(value).uint32(160).int32(2);
  else if (typeof value === 'string') out.uint32(34).string(value).uint32(160).int32(3);
  else {
    invariant(Array.isArray(value), 'no tensor attributes in registered ops');
    for (const item of value as readonly number[]) out.uint32(64).int64(item);
    out.uint32(160).int32(7);
  }
}

/** Attributes of the registry that ONNX takes as inputs: position, attribute, float or integer. */
const asInputs: Readonly<Record<string, readonly (readonly [name: string, kind: 'ints' | 'value'])[]>> = {
  Clip: [
    ['min', 'value'],
    ['max', 'value'],
  ],
  Expand: [['shape', 'ints']],
  Pad: [
    ['pads', 'ints'],
    ['value', 'value'],
  ],
  ReduceMean: [['axes', 'ints']],
  ReduceSum: [['axes', 'ints']],
  Reshape: [['shape', 'ints']],
  Slice: [
    ['starts', 'ints'],
    ['ends', 'ints'],
    ['axes', 'ints'],
    ['steps', 'ints'],
  ],
  Split: [['split', 'ints']],
  Squeeze: [['axes', 'ints']],
  Unsqueeze: [['axes', 'ints']],
}; // prettier-ignore

/**
 * The least float32 above zero. onnxruntime (1.30) moves a Pad of zeros into the MaxPool that reads it, where padding never wins:
 * negative values would then win over the zeros. This value it leaves alone, and it is zero to everything else.
 */
const NEARLY_ZERO = 2 ** -149;

/** Padding as numbers: runtimes differ in what they take with auto_pad (dilations, strides past the kernel). */
function explicitPads(node: GraphNode, graph: Graph): Readonly<Record<string, AttrValue>> {
  if (node.attrs.auto_pad === undefined) return node.attrs;
  const types = node.inputs.map((name) => graph.types.get(name));
  const weights = types[node.op === 'QLinearConv' ? 3 : 1];
  const kernel = node.op.includes('Conv') ? weights?.shape.slice(2) : (node.attrs.kernel_shape as readonly number[]);
  const { padsBefore, padsAfter } = windowOf({ node, types }, types[0]?.shape.slice(2) ?? [], kernel ?? []);
  const { auto_pad: _, ...rest } = node.attrs;
  return { ...rest, pads: [...padsBefore, ...padsAfter] };
}

/**
 * The graph as an ONNX model (ai.onnx 21), for the float runtimes: this is how TF.js and TFLite models get a WebGPU
 * preview. Inputs and outputs are named x0… and y0… in the graph's order.
 */
export function exportOnnx(graph: Graph): Uint8Array {
  const names = new Map<string, string>();
  const nameOf = (name: string): string => {
    if (name === '') return '';
    const known = names.get(name) ?? `v${names.size}`;
    names.set(name, known);
    return known;
  };
  graph.inputs.forEach((name, index) => {
    names.set(name, `x${index}`);
  });
  const body = protobuf.Writer.create();
  const pooled = new Set(graph.nodes.flatMap((node) => (node.op === 'MaxPool' ? node.inputs.slice(0, 1) : [])));
  const extra: (() => void)[] = [];
  const typeOf = (name: string): TensorType => {
    const type = graph.types.get(name);
    invariant(type !== undefined, 'every value has a type');
    return type;
  };
  const writeNode = (out: Out, node: GraphNode): void => {
    const moved = asInputs[node.op] ?? [];
    const inputs = node.inputs.map(nameOf);
    for (const [attr, kind] of moved) {
      const zero = node.op === 'Pad' && attr === 'value' && (node.attrs.value ?? 0) === 0 && (node.attrs.mode ?? 'constant') === 'constant';
      const value = zero && pooled.has(node.outputs[0] as string) ? NEARLY_ZERO : node.attrs[attr];
      if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) inputs.push('');
      else {
        const name = `p${extra.length}`;
        const list = typeof value === 'number' ? [value] : (value as readonly number[]);
        const dtype = kind === 'ints' ? 'int64' : typeOf(node.inputs[0] as string).dtype;
        extra.push(() =>
          nested(body, 5, (tensor) =>
            writeTensor(tensor, name, { dtype, shape: kind === 'ints' ? [list.length] : [], data: Float64Array.from(list) }),
          ),
        );
        inputs.push(name);
      }
    }
    while (inputs[inputs.length - 1] === '') inputs.pop();
    for (const input of inputs) out.uint32(10).string(input);
    for (const output of node.outputs) out.uint32(18).string(nameOf(output));
    out.uint32(34).string(node.op);
    for (const [name, value] of Object.entries(explicitPads(node, graph))) {
      if (moved.some(([attr]) => attr === name)) continue;
      if (node.op === 'LpNormalization' && name === 'epsilon') continue;
      const coded = (node.op === 'Cast' && name === 'to') || name === 'output_dtype' ? codeOf(value as DType) : value;
      nested(out, 5, (attribute) => writeAttribute(attribute, name, coded));
    }
  };
  for (const node of graph.nodes) nested(body, 1, (out) => writeNode(out, node));
  graph.outputs.forEach((name, index) => {
    nested(body, 1, (out) => out.uint32(10).string(nameOf(name)).uint32(18).string(`y${index}`).uint32(34).string('Identity'));
  });
  body.uint32(18).string('tacit');
  for (const [name, value] of graph.constants) nested(body, 5, (tensor) => writeTensor(tensor, nameOf(name), value));
  for (const write of extra) write();
  graph.inputs.forEach((name, index) => {
    nested(body, 11, (info) => writeInfo(info, `x${index}`, typeOf(name)));
  });
  graph.outputs.forEach((name, index) => {
    nested(body, 12, (info) => writeInfo(info, `y${index}`, typeOf(name)));
  });
  const model = protobuf.Writer.create();
  model.uint32(8).int64(10);
  model.uint32(58).bytes(body.finish());
  nested(model, 8, (opset) => opset.uint32(10).string('').uint32(16).int64(OPSET));
  return model.finish();
}
