// SPDX-License-Identifier: Apache-2.0
import { type Op, result, tensorAt, typeOf, unsupported } from './op.ts';
import { reduction, sumOver } from './reduce.ts';

export const reduceSum: Op = {
  name: 'ReduceSum',
  summary: 'sum over axes',
  proof: 'linear map',
  arity: [1, 1],
  infer: (call) => [{ dtype: typeOf(call, 0).dtype, shape: reduction(call).shape }],
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const plan = reduction(call);
    return [result(x.dtype, plan.shape, sumOver(x, plan))];
  },
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    const plan = reduction(call);
    return [q.reshape(call, q.reduceSum(call, x, plan.axes), plan.shape)];
  },
};
