// SPDX-License-Identifier: Apache-2.0
import { folded } from './elementwise.ts';
import { unsupported } from './op.ts';

export const mul = folded({
  name: 'Mul',
  summary: 'a · b with broadcasting',
  proof: 'by a constant: folded into the next linear map; of two values: one quadratic a position',
  arity: [2, 2],
  f: () => (a, b) => a * b,
  lower: (q, call, [a, b]) => {
    if (a === undefined || b === undefined) return unsupported(call, 'an input is missing');
    const right = q.constantOf(b);
    const left = q.constantOf(a);
    if (right !== undefined) return [q.scale(call, a, right)];
    return [left === undefined ? q.product(call, a, b) : q.scale(call, b, left)];
  },
});
