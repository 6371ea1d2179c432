// SPDX-License-Identifier: Apache-2.0
import { sizeOf } from '../tensor.ts';
import { normalAxes, type Op, type OpCall, requiredInts, tensorAt, typeOf, unsupported } from './op.ts';

function target(call: OpCall): number[] {
  const { shape } = typeOf(call, 0);
  const stated = requiredInts(call, 'axes');
  const rank = shape.length + stated.length;
  const axes = normalAxes(call, stated, rank);
  let from = 0;
  const out = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (shape[from++] as number)));
  sizeOf(out, call.node.name);
  return out;
}

export const unsqueeze: Op = {
  name: 'Unsqueeze',
  summary: 'insert axes of length 1',
  proof: 'linear map',
  arity: [1, 1],
  infer: (call) => [{ dtype: typeOf(call, 0).dtype, shape: target(call) }],
  evaluate: (call, inputs) => [{ ...tensorAt(inputs, 0), shape: target(call) }],
  lower: (q, call, [x]) => (x ? [q.reshape(call, x, target(call))] : unsupported(call, 'no input')),
};
