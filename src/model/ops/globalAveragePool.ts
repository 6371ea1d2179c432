// SPDX-License-Identifier: Apache-2.0
import { sizeOf } from '../tensor.ts';
import { type Op, rankAtLeast, result, tensorAt, unsupported } from './op.ts';

export const globalAveragePool: Op = {
  name: 'GlobalAveragePool',
  summary: 'mean over all spatial positions',
  proof: 'linear map (sum); the division folds into the next scale',
  arity: [1, 1],
  infer: (call) => {
    const x = rankAtLeast(call, 0, 3);
    return [{ dtype: x.dtype, shape: x.shape.map((length, axis) => (axis < 2 ? length : 1)) }];
  },
  evaluate: (_, inputs) => {
    const x = tensorAt(inputs, 0);
    const plane = sizeOf(x.shape.slice(2));
    const out = new Float64Array(x.data.length / plane);
    for (let i = 0; i < x.data.length; i++) out[Math.floor(i / plane)] = (out[Math.floor(i / plane)] as number) + (x.data[i] as number);
    const shape = x.shape.map((length, axis) => (axis < 2 ? length : 1));
    return [
      result(
        x.dtype,
        shape,
        out.map((sum) => sum / plane),
      ),
    ];
  },
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    const axes = x.shape.map((_, axis) => axis).slice(2);
    const plane = sizeOf(x.shape.slice(2));
    return [q.scale(call, q.reduceSum(call, x, axes), { shape: x.shape.map(() => 1), data: Float64Array.of(1 / plane) })];
  },
};
