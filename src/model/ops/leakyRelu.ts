// SPDX-License-Identifier: Apache-2.0
import { unary } from './elementwise.ts';
import { floatAttr, unsupported } from './op.ts';

export const leakyRelu = unary({
  name: 'LeakyRelu',
  summary: 'x where positive, alpha · x elsewhere',
  proof: 'one lookup with two columns (q, relu q); the slope folds into the next linear map',
  make: (call) => {
    const alpha = floatAttr(call, 'alpha', 0.01);
    return (x) => (x >= 0 ? x : alpha * x);
  },
  range: (call, { min, max }) => {
    const alpha = floatAttr(call, 'alpha', 0.01);
    const at = [min, max, ...(min < 0 && max > 0 ? [0] : [])].map((x) => (x >= 0 ? x : alpha * x));
    return { min: Math.min(...at), max: Math.max(...at) };
  },
  lower: (q, call, [x]) =>
    x ? [q.prelu(call, x, { shape: [], data: Float64Array.of(floatAttr(call, 'alpha', 0.01)) })] : unsupported(call, 'no input'),
});
