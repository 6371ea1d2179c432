// SPDX-License-Identifier: Apache-2.0
import { intsAttr, misfit, normalAxes, type Op, type OpCall, tensorAt, typeOf, unsupported } from './op.ts';

function target(call: OpCall): number[] {
  const { shape } = typeOf(call, 0);
  const ones = shape.flatMap((length, axis) => (length === 1 ? [axis] : []));
  const axes = normalAxes(call, intsAttr(call, 'axes', ones), shape.length);
  if (axes.some((axis) => shape[axis] !== 1)) misfit(call, 'an axis to remove is not of length 1');
  return shape.filter((_, axis) => !axes.includes(axis));
}

export const squeeze: Op = {
  name: 'Squeeze',
  summary: 'remove axes of length 1',
  proof: 'linear map',
  arity: [1, 1],
  infer: (call) => [{ dtype: typeOf(call, 0).dtype, shape: target(call) }],
  evaluate: (call, inputs) => [{ ...tensorAt(inputs, 0), shape: target(call) }],
  lower: (q, call, [x]) => (x ? [q.reshape(call, x, target(call))] : unsupported(call, 'no input')),
};
