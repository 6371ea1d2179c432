// SPDX-License-Identifier: Apache-2.0
import { unary } from './elementwise.ts';
import { unsupported } from './op.ts';

export const relu = unary({
  name: 'Relu',
  summary: 'max(x, 0)',
  proof: 'one lookup: requantise and rectify in one table',
  make: () => (x) => Math.max(0, x),
  lower: (q, call, [x]) => (x ? [q.clamp(call, x, 0, Infinity)] : unsupported(call, 'no input')),
});
