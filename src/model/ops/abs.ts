// SPDX-License-Identifier: Apache-2.0
import { unary } from './elementwise.ts';
import { unsupported } from './op.ts';

export const abs = unary({
  name: 'Abs',
  summary: '|x|',
  proof: 'one lookup with two columns: |q| = 2 relu q - q',
  make: () => Math.abs,
  range: (_, { min, max }) => ({
    min: min <= 0 && max >= 0 ? 0 : Math.min(Math.abs(min), Math.abs(max)),
    max: Math.max(Math.abs(min), Math.abs(max)),
  }),
  lower: (q, call, [x]) => (x ? [q.prelu(call, x, { shape: [], data: Float64Array.of(-1) })] : unsupported(call, 'no input')),
});
