// SPDX-License-Identifier: Apache-2.0
import { sizeOf, stridesOf } from '../tensor.ts';
import { intAttr, type Op, result, tensorAt, typeOf, unsupported } from './op.ts';
import { pool, poolShape } from './pools.ts';

export const maxPool: Op = {
  name: 'MaxPool',
  summary: 'maximum over a window; optionally its index',
  proof: 'max(a, b) = b + relu(a - b): one lookup a comparison; indices are float only',
  arity: [1, 1],
  infer: (call) => {
    const { shape } = poolShape(call);
    const types = [
      { dtype: typeOf(call, 0).dtype, shape },
      { dtype: 'int64' as const, shape },
    ];
    return types.slice(0, call.node.outputs.length);
  },
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const plan = poolShape(call);
    const size = sizeOf(plan.shape);
    const best = new Float64Array(size).fill(-Infinity);
    const index = new Float64Array(size).fill(-1);
    pool(x, plan, (o, value, at) => {
      if ((index[o] as number) >= 0 && !(value > (best[o] as number))) return;
      best[o] = value;
      index[o] = at;
    });
    if (intAttr(call, 'storage_order', 0) === 1) columnMajor(index, x.shape);
    return [result(x.dtype, plan.shape, best), result('int64', plan.shape, index)].slice(0, call.node.outputs.length);
  },
  lower: (q, call, [x]) => {
    if (x === undefined || call.node.outputs.length > 1) return unsupported(call, 'the indices of a maximum have no integer form');
    const { frame } = poolShape(call);
    if (frame.kernel.length > 2) return q.refuse(call, 'three spatial axes');
    return [q.maxPool(call, x, frame)];
  },
};

/** Rewrites flat row-major indices so that the spatial axes count in column-major order. */
function columnMajor(index: Float64Array, shape: readonly number[]): void {
  const strides = stridesOf(shape);
  for (let i = 0; i < index.length; i++) {
    let rest = index[i] as number;
    let flat = 0;
    let step = 1;
    const at = strides.map((stride) => {
      const here = Math.floor(rest / stride);
      rest -= here * stride;
      return here;
    });
    for (let axis = 2; axis < shape.length; axis++) {
      flat += (at[axis] as number) * step;
      step *= shape[axis] as number;
    }
    index[i] = flat + ((at[0] as number) * (shape[1] as number) + (at[1] as number)) * step;
  }
}
