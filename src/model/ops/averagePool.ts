// SPDX-License-Identifier: Apache-2.0
import { sizeOf } from '../tensor.ts';
import { intAttr, type Op, result, tensorAt, typeOf, unsupported } from './op.ts';
import { pool, poolShape, windowCounts } from './pools.ts';

export const averagePool: Op = {
  name: 'AveragePool',
  summary: 'mean over a window, with or without counting padding',
  proof: 'linear map (sum); the division folds into the next scale',
  arity: [1, 1],
  infer: (call) => [{ dtype: typeOf(call, 0).dtype, shape: poolShape(call).shape }],
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const plan = poolShape(call);
    const out = new Float64Array(sizeOf(plan.shape));
    pool(x, plan, (o, value) => {
      out[o] = (out[o] as number) + value;
    });
    const counts = windowCounts(plan.frame, x.shape.slice(2), intAttr(call, 'count_include_pad', 0) !== 0);
    return [
      result(
        x.dtype,
        plan.shape,
        out.map((sum, o) => sum / (counts[o % counts.length] as number)),
      ),
    ];
  },
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    const { frame } = poolShape(call);
    if (frame.kernel.length > 2) return q.refuse(call, 'three spatial axes');
    const counts = windowCounts(frame, x.shape.slice(2), intAttr(call, 'count_include_pad', 0) !== 0);
    const uniform = counts.every((count) => count === counts[0]);
    const factors = uniform
      ? { shape: [1, 1, ...frame.out.map(() => 1)], data: Float64Array.of(1 / (counts[0] as number)) }
      : { shape: [1, 1, ...frame.out], data: counts.map((count) => 1 / count) };
    return [q.scale(call, q.sumPool(call, x, frame), factors)];
  },
};
