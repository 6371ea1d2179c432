// SPDX-License-Identifier: Apache-2.0
import { sizeOf } from '../tensor.ts';
import { intAttr, misfit, type Op, type OpCall, tensorAt, typeOf, unsupported } from './op.ts';

function target(call: OpCall): number[] {
  const { shape } = typeOf(call, 0);
  const stated = intAttr(call, 'axis', 1);
  if (stated < -shape.length || stated > shape.length) misfit(call, `axis ${stated} of ${shape.length} axes`);
  const axis = stated < 0 ? stated + shape.length : stated;
  return [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))];
}

export const flatten: Op = {
  name: 'Flatten',
  summary: 'two axes: before and from an axis',
  proof: 'linear map',
  arity: [1, 1],
  infer: (call) => [{ dtype: typeOf(call, 0).dtype, shape: target(call) }],
  evaluate: (call, inputs) => [{ ...tensorAt(inputs, 0), shape: target(call) }],
  lower: (q, call, [x]) => (x ? [q.reshape(call, x, target(call))] : unsupported(call, 'no input')),
};
