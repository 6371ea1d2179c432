// SPDX-License-Identifier: Apache-2.0
import { sizeOf } from '../tensor.ts';
import { type Op, result, tensorAt, typeOf, unsupported } from './op.ts';
import { reduction, sumOver } from './reduce.ts';

export const reduceMean: Op = {
  name: 'ReduceMean',
  summary: 'mean over axes',
  proof: 'linear map (sum); the division folds into the next scale',
  arity: [1, 1],
  infer: (call) => [{ dtype: typeOf(call, 0).dtype, shape: reduction(call).shape }],
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const plan = reduction(call);
    const count = x.data.length / sizeOf(plan.kept);
    return [
      result(
        x.dtype,
        plan.shape,
        sumOver(x, plan).map((total) => total / count),
      ),
    ];
  },
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    const plan = reduction(call);
    const count = sizeOf(x.shape) / sizeOf(plan.kept);
    const mean = q.scale(call, q.reduceSum(call, x, plan.axes), { shape: x.shape.map(() => 1), data: Float64Array.of(1 / count) });
    return [q.reshape(call, mean, plan.shape)];
  },
};
