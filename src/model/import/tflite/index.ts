// SPDX-License-Identifier: Apache-2.0
import { invariant, type Result } from '../../../base/index.ts';
import { GraphBuilder } from '../../builder.ts';
import { decodeFloat, smallFloat } from '../../dtype.ts';
import { type Graph, MAX_NODES } from '../../graph.ts';
import { rebatch } from '../../rebatch.ts';
import { attempt, refuse } from '../../refuse.ts';
import { simplify } from '../../simplify.ts';
import { type DType, sizeOf, type Tensor } from '../../tensor.ts';
import { ChannelsLast } from '../channelsLast.ts';
import { type ImportOptions, inputShape, MAX_MODEL_BYTES } from '../options.ts';
import { refuseUnknown } from '../unknown.ts';
import { operatorName } from './names.ts';
import { Table } from './reader.ts';
import { tfliteOps } from './table.ts';

const types: Readonly<Record<number, DType>> = {
  0: 'float32',
  1: 'float16',
  2: 'int32',
  3: 'uint8',
  4: 'int64',
  6: 'bool',
  7: 'int16',
  9: 'int8',
  10: 'float64',
};
const widths: Partial<Record<DType, number>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  uint8: 1,
  int64: 8,
  bool: 1,
  int16: 2,
  int8: 1,
  float64: 8,
};

function readConstant(name: string, dtype: DType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const size = sizeOf(shape, name);
  const width = widths[dtype] ?? 4;
  if (bytes.length !== size * width) refuse('model/malformed', { what: `${name} has ${bytes.length} bytes where ${size * width} belong` });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const half = smallFloat('float16');
  const read = (i: number): number => {
    const at = i * width;
    if (dtype === 'float32') return view.getFloat32(at, true);
    if (dtype === 'float64') return view.getFloat64(at, true);
    if (dtype === 'float16') return half === undefined ? 0 : decodeFloat(half, view.getUint16(at, true));
    if (dtype === 'int64') return Number(view.getBigInt64(at, true));
    if (dtype === 'int32') return view.getInt32(at, true);
    if (dtype === 'int16') return view.getInt16(at, true);
    return dtype === 'int8' ? view.getInt8(at) : view.getUint8(at);
  };
  return { dtype, shape, data: Float64Array.from({ length: size }, (_, i) => read(i)) };
}

/** Affine-quantised weights as the reals they stand for (a scale for all, or one along an axis). */
function dequantized(value: Tensor, quantization: Table | undefined, name: string): Tensor {
  const scales = quantization?.floats(2) ?? [];
  if (scales.length === 0) return value;
  const zeros = quantization?.longs(3) ?? [];
  const axis = quantization?.int(6, 0) ?? 0;
  if (scales.length > 1 && value.shape[axis] !== scales.length)
    refuse('model/malformed', { what: `the scales of ${name} do not match its axis` });
  const inner = sizeOf(value.shape.slice(axis + 1));
  const data = value.data.map((code, p) => {
    const at = scales.length === 1 ? 0 : Math.floor(p / inner) % scales.length;
    return Math.fround((code - (zeros[at] ?? zeros[0] ?? 0)) * (scales[at] as number));
  });
  return { dtype: 'float32', shape: value.shape, data };
}

/**
 * Reads a TFLite model (first subgraph). Four-axis inputs and outputs become channels first; a value is named by its tensor.
 * Refuses activations that are quantised, custom operators, and what does not add up, by node and reason.
 */
export function importTflite(bytes: Uint8Array, options: ImportOptions = {}): Result<Graph> {
  return attempt(() => {
    if (bytes.length > MAX_MODEL_BYTES) refuse('model/too-large', { what: `${bytes.length} bytes`, limit: MAX_MODEL_BYTES });
    if (String.fromCharCode(...bytes.subarray(4, 8)) !== 'TFL3') refuse('model/malformed', { what: 'it does not say TFL3' });
    const model = Table.root(bytes);
    const graph = model.tables(2)[0] ?? refuse('model/malformed', { what: 'it holds no graph' });
    const buffers = model.tables(4);
    const codes = model.tables(1).map((code) => ({ builtin: Math.max(code.byte(0, 0), code.int(3, 0)), custom: code.text(1) }));
    const tensors = graph.tables(0);
    const operators = graph.tables(3);
    if (operators.length > MAX_NODES || tensors.length > 4 * MAX_NODES)
      refuse('model/too-large', { what: 'the number of nodes', limit: MAX_NODES });
    const values = new ChannelsLast(new GraphBuilder());
    const texts = tensors.map((table) => table.text(3));
    const counts = new Map<string, number>();
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
    const nameOf = (index: number): string => {
      const text = texts[index] ?? refuse('model/malformed', { what: `tensor ${index} does not exist` });
      return text !== '' && counts.get(text) === 1 ? text : `${text}#${index}`;
    };
    const typeOf = (index: number): DType => {
      const code = tensors[index]?.byte(1, 0) ?? 0;
      return types[code] ?? refuse('model/unsupported', { node: nameOf(index), op: 'tensor', reason: `element type ${code}` });
    };
    const inputs = graph.ints(1) ?? [];
    const produced = new Set(operators.flatMap((operator) => operator.ints(2) ?? []));
    for (const index of inputs) {
      const dtype = typeOf(index);
      if (dtype !== 'float32') refuse('model/unsupported', { node: nameOf(index), op: 'input', reason: `its values are ${dtype}` });
      const table = tensors[index];
      values.input(nameOf(index), dtype, inputShape(nameOf(index), table?.ints(7) ?? table?.ints(0) ?? [], options));
    }
    tensors.forEach((table, index) => {
      const data = buffers[table.int(2, 0)]?.bytes(0);
      if (produced.has(index) || inputs.includes(index) || data === undefined || data.length === 0) return;
      values.constant(
        nameOf(index),
        dequantized(readConstant(nameOf(index), typeOf(index), table.ints(0) ?? [], data), table.table(4), nameOf(index)),
      );
    });
    refuseUnknown(
      operators.flatMap((operator) => {
        const code = codes[operator.int(0, 0)];
        if (code === undefined || tfliteOps.has(code.builtin)) return [];
        const [output] = operator.ints(2) ?? [];
        return [{ node: output === undefined ? '' : nameOf(output), op: operatorName(code.builtin, code.custom) }];
      }),
    );
    for (const operator of operators) {
      const outputs = (operator.ints(2) ?? []).map(nameOf);
      const { builtin } = codes[operator.int(0, 0)] ?? refuse('model/malformed', { what: 'an operator has no code' });
      const known = tfliteOps.get(builtin);
      invariant(known !== undefined, 'unknown operators were refused');
      const [op, handle] = known;
      const at = { name: outputs[0] ?? '', op };
      for (const index of operator.ints(2) ?? []) {
        if (
          typeOf(index) !== 'float32' &&
          !['SHAPE', 'ARG_MAX', 'PACK', 'CONCATENATION', 'STRIDED_SLICE', 'RESHAPE', 'MUL', 'ADD', 'SUB'].includes(op)
        )
          values.unsupported(at, `its values are ${typeOf(index)}`);
      }
      handle({
        at,
        values,
        inputs: (operator.ints(1) ?? []).map((index) => (index < 0 ? '' : nameOf(index))),
        outputs,
        options: operator.table(4),
      });
    }
    const results = (graph.ints(2) ?? []).map((index) => values.output(nameOf(index)));
    if (results.length === 0) refuse('model/malformed', { what: 'it has no outputs' });
    return rebatch(simplify(values.builder.finish(results)), options.batch);
  });
}
