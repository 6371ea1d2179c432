// SPDX-License-Identifier: Apache-2.0
import { folded } from './elementwise.ts';
import { unsupported } from './op.ts';

export const sub = folded({
  name: 'Sub',
  summary: 'a - b with broadcasting',
  proof: 'linear map; fused into the accumulator it feeds',
  arity: [2, 2],
  f: () => (a, b) => a - b,
  lower: (q, call, [a, b]) => {
    if (a === undefined || b === undefined) return unsupported(call, 'an input is missing');
    return [q.add(call, a, q.scale(call, b, { shape: [], data: Float64Array.of(-1) }))];
  },
});
