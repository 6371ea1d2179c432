// SPDX-License-Identifier: Apache-2.0
import { unary } from './elementwise.ts';
import { unsupported } from './op.ts';

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

export const sigmoid = unary({
  name: 'Sigmoid',
  summary: '1 / (1 + e^-x)',
  proof: 'lookup in a table of its own',
  make: () => logistic,
  lower: (q, call, [x]) => (x ? [q.apply(call, x, logistic, { min: -8, max: 8 })] : unsupported(call, 'no input')),
});
