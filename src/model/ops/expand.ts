// SPDX-License-Identifier: Apache-2.0
import { broadcastShapes, broadcastTo, sizeOf } from '../tensor.ts';
import { misfit, type Op, type OpCall, requiredInts, tensorAt, typeOf, unsupported } from './op.ts';

function target(call: OpCall): number[] {
  const stated = requiredInts(call, 'shape');
  const shape = broadcastShapes(typeOf(call, 0).shape, stated) ?? misfit(call, 'the shapes do not broadcast');
  sizeOf(shape, call.node.name);
  return shape;
}

export const expand: Op = {
  name: 'Expand',
  summary: 'repeat along axes of length 1',
  proof: 'linear map',
  arity: [1, 1],
  infer: (call) => [{ dtype: typeOf(call, 0).dtype, shape: target(call) }],
  evaluate: (call, inputs) => [broadcastTo(tensorAt(inputs, 0), target(call))],
  lower: (q, call, [x]) => (x ? [q.expand(call, x, target(call))] : unsupported(call, 'no input')),
};
