// SPDX-License-Identifier: Apache-2.0
import { sizeOf } from '../tensor.ts';
import { type Op, rankAtLeast, result, tensorAt, unsupported } from './op.ts';

export const globalMaxPool: Op = {
  name: 'GlobalMaxPool',
  summary: 'maximum over all spatial positions',
  proof: 'max(a, b) = b + relu(a - b): one lookup a comparison',
  arity: [1, 1],
  infer: (call) => {
    const x = rankAtLeast(call, 0, 3);
    return [{ dtype: x.dtype, shape: x.shape.map((length, axis) => (axis < 2 ? length : 1)) }];
  },
  evaluate: (_, inputs) => {
    const x = tensorAt(inputs, 0);
    const plane = sizeOf(x.shape.slice(2));
    const out = new Float64Array(x.data.length / plane).fill(-Infinity);
    for (let i = 0; i < x.data.length; i++)
      out[Math.floor(i / plane)] = Math.max(out[Math.floor(i / plane)] as number, x.data[i] as number);
    return [
      result(
        x.dtype,
        x.shape.map((length, axis) => (axis < 2 ? length : 1)),
        out,
      ),
    ];
  },
  lower: (q, call, [x]) => {
    if (x === undefined || x.shape.length > 4) return unsupported(call, 'one or two spatial axes only');
    const kernel = x.shape.slice(2);
    const ones = kernel.map(() => 1);
    return [q.maxPool(call, x, { kernel, strides: ones, dilations: ones, padsBefore: kernel.map(() => 0), out: ones })];
  },
};
