// SPDX-License-Identifier: Apache-2.0
import { unary } from './elementwise.ts';
import { floatAttr, unsupported } from './op.ts';

export const clip = unary({
  name: 'Clip',
  summary: 'clamp to constant bounds (ReLU6 among them)',
  proof: 'the clamp of the requantising lookup',
  make: (call) => {
    const lo = floatAttr(call, 'min', -Infinity);
    const hi = floatAttr(call, 'max', Infinity);
    // The standard's order: the upper bound wins where lo > hi.
    return (x) => Math.min(hi, Math.max(lo, x));
  },
  lower: (q, call, [x]) => {
    const lo = floatAttr(call, 'min', -Infinity);
    const hi = floatAttr(call, 'max', Infinity);
    if (x === undefined || lo > hi) return unsupported(call, 'the lower bound is above the upper one');
    return [q.clamp(call, x, lo, hi)];
  },
});
