// SPDX-License-Identifier: Apache-2.0
import { folded } from './elementwise.ts';
import { unsupported } from './op.ts';

export const add = folded({
  name: 'Add',
  summary: 'a + b with broadcasting',
  proof: 'linear map; fused into the accumulator it feeds',
  arity: [2, 2],
  f: () => (a, b) => a + b,
  lower: (q, call, [a, b]) => (a && b ? [q.add(call, a, b)] : unsupported(call, 'an input is missing')),
});
