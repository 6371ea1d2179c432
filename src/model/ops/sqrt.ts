// SPDX-License-Identifier: Apache-2.0
import { unary } from './elementwise.ts';
import { unsupported } from './op.ts';

export const sqrt = unary({
  name: 'Sqrt',
  summary: 'square root',
  proof: 'lookup in a table of its own',
  make: () => Math.sqrt,
  lower: (q, call, [x]) => (x ? [q.apply(call, x, (value) => Math.sqrt(Math.max(0, value)))] : unsupported(call, 'no input')),
});
