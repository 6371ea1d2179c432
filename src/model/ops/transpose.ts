// SPDX-License-Identifier: Apache-2.0
import { gather, stridesOf } from '../tensor.ts';
import { intsAttr, misfit, type Op, type OpCall, result, tensorAt, typeOf, unsupported } from './op.ts';

function permutation(call: OpCall): readonly number[] {
  const rank = typeOf(call, 0).shape.length;
  const perm = intsAttr(
    call,
    'perm',
    Array.from({ length: rank }, (_, axis) => rank - 1 - axis),
  );
  if (perm.length !== rank || [...perm].sort((a, b) => a - b).some((axis, index) => axis !== index))
    misfit(call, 'perm is no permutation of the axes');
  return perm;
}

export const transpose: Op = {
  name: 'Transpose',
  summary: 'axes in another order',
  proof: 'linear map',
  arity: [1, 1],
  infer: (call) => {
    const x = typeOf(call, 0);
    return [{ dtype: x.dtype, shape: permutation(call).map((axis) => x.shape[axis] as number) }];
  },
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const perm = permutation(call);
    const strides = stridesOf(x.shape);
    const shape = perm.map((axis) => x.shape[axis] as number);
    return [
      result(
        x.dtype,
        shape,
        gather(
          x.data,
          shape,
          perm.map((axis) => strides[axis] as number),
        ),
      ),
    ];
  },
  lower: (q, call, [x]) => (x ? [q.transpose(call, x, permutation(call))] : unsupported(call, 'no input')),
};
