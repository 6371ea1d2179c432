// SPDX-License-Identifier: Apache-2.0
import { folded } from './elementwise.ts';

export const max = folded({
  name: 'Max',
  summary: 'largest of any number of broadcast values',
  proof: 'max(a, b) = b + relu(a - b): one lookup a comparison; against one constant a clamp',
  arity: [1, 64],
  f: () => (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : Math.max(a, b)),
  lower: (q, call, values) => {
    const all = values.flatMap((value) => (value === undefined ? [] : [value]));
    const [a, b] = all;
    const bound = all.length === 2 && b !== undefined ? q.constantOf(b) : undefined;
    if (a !== undefined && bound?.data.length === 1 && bound.shape.length <= a.shape.length)
      return [q.clamp(call, a, bound.data[0] as number, Infinity)];
    return [q.maximum(call, all)];
  },
});
