// SPDX-License-Identifier: Apache-2.0
import { isFloat } from '../tensor.ts';
import { folded } from './elementwise.ts';
import { typeOf, unsupported } from './op.ts';

export const div = folded({
  name: 'Div',
  summary: 'a / b with broadcasting; integers truncate',
  proof: 'by a constant: folded; else a reciprocal table and a quadratic',
  arity: [2, 2],
  f: (call) => (isFloat(typeOf(call, 0).dtype) ? (a, b) => a / b : (a, b) => (b === 0 ? 0 : Math.trunc(a / b))),
  lower: (q, call, [a, b]) => {
    if (a === undefined || b === undefined) return unsupported(call, 'an input is missing');
    const divisor = q.constantOf(b);
    if (divisor === undefined)
      return [
        q.product(
          call,
          a,
          q.apply(call, b, (x) => 1 / x, undefined, true),
        ),
      ];
    if (divisor.data.some((x) => x === 0)) return q.refuse(call, 'it divides by zero');
    return [q.scale(call, a, { shape: divisor.shape, data: divisor.data.map((x) => 1 / x) })];
  },
});
