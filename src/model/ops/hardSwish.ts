// SPDX-License-Identifier: Apache-2.0
import { unary } from './elementwise.ts';
import { unsupported } from './op.ts';

const swish = (x: number): number => x * Math.min(1, Math.max(0, x / 6 + 0.5));

export const hardSwish = unary({
  name: 'HardSwish',
  summary: 'x · clamp(x/6 + 1/2, 0, 1)',
  proof: 'lookup in a table of its own',
  make: () => swish,
  range: (_, { min, max }) => ({
    min: Math.min(swish(min), min < -1.5 && max > -1.5 ? -0.375 : swish(max)),
    max: Math.max(swish(min), swish(max)),
  }),
  lower: (q, call, [x]) => (x ? [q.apply(call, x, swish)] : unsupported(call, 'no input')),
});
