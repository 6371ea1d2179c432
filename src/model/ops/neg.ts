// SPDX-License-Identifier: Apache-2.0
import { unary } from './elementwise.ts';
import { unsupported } from './op.ts';

export const neg = unary({
  name: 'Neg',
  summary: '-x',
  proof: 'linear map',
  make: () => (x) => -x,
  lower: (q, call, [x]) => (x ? [q.scale(call, x, { shape: [], data: Float64Array.of(-1) })] : unsupported(call, 'no input')),
});
