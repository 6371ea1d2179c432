// SPDX-License-Identifier: Apache-2.0
//
// Test helper: writers of the three formats that take any tree and write what of it can be written, right or wrong.
import { Builder } from 'flatbuffers';
import protobuf from 'protobufjs/minimal.js';
import { type MessageName, messages } from '../import/onnx/schema.ts';
import type { Tree } from './trees.test-util.ts';

type Record_ = { [key: string]: Tree };
const isRecord = (tree: Tree | undefined): tree is Record_ =>
  typeof tree === 'object' && tree !== null && !Array.isArray(tree) && !(tree instanceof Uint8Array);
const numeric = (tree: Tree | undefined): number => (typeof tree === 'number' ? tree : Number(typeof tree === 'boolean' && tree));
const whole = (tree: Tree | undefined): number => {
  const value = Math.trunc(numeric(tree));
  return Number.isFinite(value) ? Math.max(-(2 ** 62), Math.min(2 ** 62, value)) : 0;
};
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const list = (tree: Tree | undefined): Tree[] => (Array.isArray(tree) ? tree : tree === undefined ? [] : [tree]);

/** A message by its table. A value of another type than its field has is written as its own type: the wire says so. */
function message(tree: Tree, name: MessageName): Uint8Array {
  const out = protobuf.Writer.create();
  const record = isRecord(tree) ? tree : {};
  for (const [number, field] of Object.entries(messages[name])) {
    if (!Object.hasOwn(record, field.name)) continue;
    const tag = (wire: number) => out.uint32((Number(number) << 3) | wire);
    for (const value of field.many ? list(record[field.name]) : [record[field.name] as Tree]) {
      if (field.kind in messages && isRecord(value)) tag(2).bytes(message(value, field.kind as MessageName));
      else if (value instanceof Uint8Array) tag(2).bytes(value);
      else if (typeof value === 'string') tag(2).bytes(utf8(value));
      else if (typeof value === 'number' && field.kind === 'float') tag(5).float(value);
      else if (typeof value === 'number' && field.kind === 'double') tag(1).double(value);
      else if (typeof value === 'number' || typeof value === 'boolean') tag(0).int64(whole(value));
      else if (value !== null) tag(2).bytes(new Uint8Array());
    }
  }
  return out.finish();
}
export const onnxOf = (tree: Tree): Uint8Array => message(tree, 'Model');

export const jsonOf = (tree: Tree): Uint8Array => utf8(JSON.stringify(tree) ?? 'null');

/**
 * A TFLite file: codes (numbers), tensors {shape, type, buffer, name, scales}, inputs, outputs, operators {code, inputs,
 * outputs, options} and buffers (bytes). An option is [field, 'byte' | 'int' | 'float' | 'ints', value].
 */
export function tfliteOf(tree: Tree): Uint8Array {
  const b = new Builder(1024);
  const model = isRecord(tree) ? tree : {};
  const int32 = (value: Tree | undefined): number => whole(value) | 0;
  const ints = (value: Tree | undefined): number => {
    const values = list(value);
    b.startVector(4, values.length, 4);
    for (const item of [...values].reverse()) b.addInt32(int32(item));
    return b.endVector();
  };
  const floats = (value: Tree | undefined): number => {
    const values = list(value);
    b.startVector(4, values.length, 4);
    for (const item of [...values].reverse()) b.addFloat32(numeric(item));
    return b.endVector();
  };
  const offsets = (values: readonly number[]): number => {
    b.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) b.addOffset(value);
    return b.endVector();
  };
  const tables = (value: Tree | undefined, write: (item: Record_) => number): number =>
    offsets(list(value).map((item) => write(isRecord(item) ? item : {})));
  const options = (value: Tree | undefined): number => {
    const fields = list(value).map((item) => list(item));
    const vectors = fields.map(([, kind, given]) => (kind === 'ints' ? ints(given) : 0));
    b.startObject(12);
    fields.forEach(([id, kind, given], i) => {
      const field = Math.abs(int32(id)) % 12;
      if (kind === 'ints') b.addFieldOffset(field, vectors[i] as number, 0);
      else if (kind === 'byte') b.addFieldInt8(field, int32(given) & 127, -1);
      else if (kind === 'float') b.addFieldFloat32(field, numeric(given), Number.NaN);
      else b.addFieldInt32(field, int32(given), -77);
    });
    return b.endObject();
  };
  const buffers = offsets(
    list(model.buffers).map((item) => {
      const data = item instanceof Uint8Array ? b.createByteVector(item) : undefined;
      b.startObject(3);
      if (data !== undefined) b.addFieldOffset(0, data, 0);
      return b.endObject();
    }),
  );
  const tensors = tables(model.tensors, (tensor) => {
    const [shape, name] = [ints(tensor.shape), b.createString(typeof tensor.name === 'string' ? tensor.name : '')];
    let quantization: number | undefined;
    if (tensor.scales !== undefined) {
      const scales = floats(tensor.scales);
      b.startObject(7);
      b.addFieldOffset(2, scales, 0);
      quantization = b.endObject();
    }
    b.startObject(8);
    b.addFieldOffset(0, shape, 0);
    b.addFieldInt8(1, int32(tensor.type) & 127, 0);
    b.addFieldInt32(2, int32(tensor.buffer), 0);
    b.addFieldOffset(3, name, 0);
    if (quantization !== undefined) b.addFieldOffset(4, quantization, 0);
    return b.endObject();
  });
  const operators = tables(model.operators, (operator) => {
    const [ins, outs] = [ints(operator.inputs), ints(operator.outputs)];
    const own = operator.options === undefined ? undefined : options(operator.options);
    b.startObject(9);
    b.addFieldInt32(0, int32(operator.code), 0);
    b.addFieldOffset(1, ins, 0);
    b.addFieldOffset(2, outs, 0);
    if (own !== undefined) b.addFieldOffset(4, own, 0);
    return b.endObject();
  });
  const [inputs, outputs] = [ints(model.inputs), ints(model.outputs)];
  b.startObject(5);
  b.addFieldOffset(0, tensors, 0);
  b.addFieldOffset(1, inputs, 0);
  b.addFieldOffset(2, outputs, 0);
  b.addFieldOffset(3, operators, 0);
  const graphs = offsets([b.endObject()]);
  const codes = offsets(
    list(model.codes).map((code) => {
      b.startObject(4);
      b.addFieldInt8(0, Math.max(0, Math.min(127, int32(code))), 0);
      b.addFieldInt32(3, int32(code), 0);
      return b.endObject();
    }),
  );
  b.startObject(8);
  b.addFieldInt32(0, 3, 0);
  b.addFieldOffset(1, codes, 0);
  b.addFieldOffset(2, graphs, 0);
  b.addFieldOffset(4, buffers, 0);
  b.finish(b.endObject(), 'TFL3');
  return b.asUint8Array().slice();
}
