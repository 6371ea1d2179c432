// SPDX-License-Identifier: Apache-2.0
import { sizeOf } from '../tensor.ts';
import { intAttr, normalAxis, type Op, type OpCall, result, tensorAt, typeOf, unsupported } from './op.ts';

function axisOf(call: OpCall): number {
  const { shape } = typeOf(call, 0);
  return normalAxis(call, intAttr(call, 'axis', -1), shape.length);
}

export const softmax: Op = {
  name: 'Softmax',
  summary: 'e^x over its sum along an axis',
  proof: 'maximum, exponential table, sum, reciprocal table, quadratic',
  arity: [1, 1],
  infer: (call) => {
    axisOf(call);
    return [typeOf(call, 0)];
  },
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const axis = axisOf(call);
    const length = x.shape[axis] as number;
    const inner = sizeOf(x.shape.slice(axis + 1));
    const out = new Float64Array(x.data.length);
    for (let lane = 0; lane < x.data.length / (length || 1); lane++) {
      const base = Math.floor(lane / inner) * length * inner + (lane % inner);
      let top = -Infinity;
      for (let i = 0; i < length; i++) top = Math.max(top, x.data[base + i * inner] as number);
      let sum = 0;
      for (let i = 0; i < length; i++) sum += Math.exp((x.data[base + i * inner] as number) - top);
      for (let i = 0; i < length; i++) out[base + i * inner] = Math.exp((x.data[base + i * inner] as number) - top) / sum;
    }
    return [result(x.dtype, x.shape, out)];
  },
  range: () => ({ min: 0, max: 1 }),
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    const axis = axisOf(call);
    const length = x.shape[axis] as number;
    const ones = x.shape.map(() => 1);
    const kept = x.shape.map((size, at) => (at === axis ? 1 : size));
    const parts = Array.from({ length }, (_, i) =>
      q.slice(
        call,
        x,
        x.shape.map((__, at) => (at === axis ? i : 0)),
        ones,
        kept,
      ),
    );
    const top = q.expand(call, q.maximum(call, parts), x.shape);
    const shifted = q.add(call, x, q.scale(call, top, { shape: [], data: Float64Array.of(-1) }));
    const powers = q.apply(call, shifted, (value) => Math.exp(Math.min(0, value)), { min: -12, max: 0 });
    const inverse = q.apply(call, q.reduceSum(call, powers, [axis]), (value) => 1 / Math.max(1, value), { min: 1, max: length }, true);
    return [q.product(call, powers, q.expand(call, inverse, x.shape))];
  },
};
