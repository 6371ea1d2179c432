// SPDX-License-Identifier: Apache-2.0
import { unary } from './elementwise.ts';
import { floatAttr, type OpCall, unsupported } from './op.ts';

const slopes = (call: OpCall): { alpha: number; beta: number } => ({
  alpha: floatAttr(call, 'alpha', 0.2),
  beta: floatAttr(call, 'beta', 0.5),
});

export const hardSigmoid = unary({
  name: 'HardSigmoid',
  summary: 'alpha · x + beta, clamped to [0, 1]',
  proof: 'linear map and the clamp of the requantising lookup',
  make: (call) => {
    const { alpha, beta } = slopes(call);
    return (x) => Math.min(1, Math.max(0, alpha * x + beta));
  },
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    const { alpha, beta } = slopes(call);
    const scaled = q.scale(call, x, { shape: [], data: Float64Array.of(alpha) });
    return [q.clamp(call, q.add(call, scaled, q.fromConstant(`${call.node.name} beta`, { shape: [], data: Float64Array.of(beta) })), 0, 1)];
  },
});
