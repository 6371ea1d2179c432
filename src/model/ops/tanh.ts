// SPDX-License-Identifier: Apache-2.0
import { unary } from './elementwise.ts';
import { unsupported } from './op.ts';

export const tanh = unary({
  name: 'Tanh',
  summary: 'hyperbolic tangent',
  proof: 'lookup in a table of its own',
  make: () => Math.tanh,
  lower: (q, call, [x]) => (x ? [q.apply(call, x, Math.tanh, { min: -4, max: 4 })] : unsupported(call, 'no input')),
});
