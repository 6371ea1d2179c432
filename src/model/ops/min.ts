// SPDX-License-Identifier: Apache-2.0
import { folded } from './elementwise.ts';

const minusOne = { shape: [], data: Float64Array.of(-1) };

export const min = folded({
  name: 'Min',
  summary: 'smallest of any number of broadcast values',
  proof: 'min(a, b) = -max(-a, -b): one lookup a comparison; against one constant a clamp',
  arity: [1, 64],
  f: () => (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : Math.min(a, b)),
  lower: (q, call, values) => {
    const all = values.flatMap((value) => (value === undefined ? [] : [value]));
    const [a, b] = all;
    const bound = all.length === 2 && b !== undefined ? q.constantOf(b) : undefined;
    if (a !== undefined && bound?.data.length === 1 && bound.shape.length <= a.shape.length)
      return [q.clamp(call, a, -Infinity, bound.data[0] as number)];
    const negated = all.map((value) => q.scale(call, value, minusOne));
    return [q.scale(call, q.maximum(call, negated), minusOne)];
  },
});
