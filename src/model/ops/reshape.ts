// SPDX-License-Identifier: Apache-2.0
import { sizeOf } from '../tensor.ts';
import { intAttr, misfit, type Op, type OpCall, requiredInts, tensorAt, typeOf, unsupported } from './op.ts';

function target(call: OpCall): number[] {
  const { shape } = typeOf(call, 0);
  const zeroIsZero = intAttr(call, 'allowzero', 0) !== 0;
  const stated = requiredInts(call, 'shape').map((length, axis) =>
    length === 0 && !zeroIsZero ? (shape[axis] ?? misfit(call, 'a copied axis does not exist')) : length,
  );
  const free = stated.filter((length) => length === -1).length;
  if (free > 1 || stated.some((length) => length < -1)) misfit(call, `shape ${stated.join('x')} is not one`);
  const known = sizeOf(
    stated.filter((length) => length !== -1),
    call.node.name,
  );
  const size = sizeOf(shape);
  const out = stated.map((length) => (length === -1 ? (known === 0 ? 0 : size / known) : length));
  if (out.some((length) => !Number.isInteger(length)) || sizeOf(out) !== size)
    misfit(call, `${size} values do not fill ${stated.join('x')}`);
  return out;
}

export const reshape: Op = {
  name: 'Reshape',
  summary: 'the same values in another shape',
  proof: 'linear map',
  arity: [1, 1],
  infer: (call) => [{ dtype: typeOf(call, 0).dtype, shape: target(call) }],
  evaluate: (call, inputs) => [{ ...tensorAt(inputs, 0), shape: target(call) }],
  lower: (q, call, [x]) => (x ? [q.reshape(call, x, target(call))] : unsupported(call, 'no input')),
};
