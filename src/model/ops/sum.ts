// SPDX-License-Identifier: Apache-2.0
import { folded } from './elementwise.ts';
import { unsupported } from './op.ts';

export const sum = folded({
  name: 'Sum',
  summary: 'sum of any number of broadcast values',
  proof: 'linear map; fused into the accumulator it feeds',
  arity: [1, 64],
  f: () => (a, b) => a + b,
  lower: (q, call, values) => {
    const all = values.flatMap((value) => (value === undefined ? [] : [value]));
    const first = all[0] ?? unsupported(call, 'it has no input');
    return [all.slice(1).reduce((left, right) => q.add(call, left, right), first)];
  },
});
