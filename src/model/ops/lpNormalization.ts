// SPDX-License-Identifier: Apache-2.0
import { sizeOf } from '../tensor.ts';
import { floatAttr, intAttr, normalAxis, type Op, type OpCall, result, tensorAt, typeOf, unsupported } from './op.ts';

function planOf(call: OpCall): { axis: number; p: number } {
  const axis = normalAxis(call, intAttr(call, 'axis', -1), typeOf(call, 0).shape.length);
  const p = intAttr(call, 'p', 2);
  return p === 1 || p === 2 ? { axis, p } : unsupported(call, `norm of order ${p}`);
}

export const lpNormalization: Op = {
  name: 'LpNormalization',
  summary: 'x over its norm along an axis',
  proof: 'squares by quadratics, reciprocal root table, quadratic (p = 1: absolute values by lookup)',
  arity: [1, 1],
  infer: (call) => {
    planOf(call);
    return [typeOf(call, 0)];
  },
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const { axis, p } = planOf(call);
    const epsilon = floatAttr(call, 'epsilon', 0);
    const length = x.shape[axis] as number;
    const inner = sizeOf(x.shape.slice(axis + 1));
    const out = new Float64Array(x.data.length);
    for (let lane = 0; lane < x.data.length / (length || 1); lane++) {
      const base = Math.floor(lane / inner) * length * inner + (lane % inner);
      let sum = 0;
      for (let i = 0; i < length; i++) sum += Math.abs(x.data[base + i * inner] as number) ** p;
      const norm = p === 1 ? Math.max(sum, epsilon) : Math.sqrt(Math.max(sum, epsilon));
      for (let i = 0; i < length; i++) out[base + i * inner] = norm === 0 ? 0 : (x.data[base + i * inner] as number) / norm;
    }
    return [result(x.dtype, x.shape, out)];
  },
  range: () => ({ min: -1, max: 1 }),
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    const { axis, p } = planOf(call);
    const powers = p === 2 ? q.product(call, x, x) : q.prelu(call, x, { shape: [], data: Float64Array.of(-1) });
    const sum = q.reduceSum(call, powers, [axis]);
    const inverse = q.apply(call, sum, (value) => (value <= 0 ? 0 : p === 1 ? 1 / value : 1 / Math.sqrt(value)), undefined, true);
    return [q.product(call, x, q.expand(call, inverse, x.shape))];
  },
};
