// SPDX-License-Identifier: Apache-2.0
import { sizeOf, type Tensor } from '../tensor.ts';
import { floatAttr, innerName, intAttr, normalAxis, type Op, type OpCall, result, tensorAt, typeOf, unsupported } from './op.ts';

function planOf(call: OpCall): { axis: number; p: number } {
  const axis = normalAxis(call, intAttr(call, 'axis', -1), typeOf(call, 0).shape.length);
  const p = intAttr(call, 'p', 2);
  return p === 1 || p === 2 ? { axis, p } : unsupported(call, `norm of order ${p}`);
}

/** Where each lane of the axis begins, and the step along it. */
function* lanes({ shape, data }: Tensor, axis: number): Generator<{ readonly base: number; readonly inner: number }> {
  const length = shape[axis] as number;
  const inner = sizeOf(shape.slice(axis + 1));
  for (let lane = 0; lane < data.length / (length || 1); lane++)
    yield { base: Math.floor(lane / inner) * length * inner + (lane % inner), inner };
}

/** Σ|x|^p along the axis, a lane each. */
function sums(call: OpCall, x: Tensor): Float64Array {
  const { axis, p } = planOf(call);
  const length = x.shape[axis] as number;
  return Float64Array.from(lanes(x, axis), ({ base, inner }) => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += Math.abs(x.data[base + i * inner] as number) ** p;
    return sum;
  });
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
    const out = new Float64Array(x.data.length);
    const all = sums(call, x);
    let lane = 0;
    for (const { base, inner } of lanes(x, axis)) {
      const sum = Math.max(all[lane++] as number, epsilon);
      const norm = p === 1 ? sum : Math.sqrt(sum);
      for (let i = 0; i < length; i++) out[base + i * inner] = norm === 0 ? 0 : (x.data[base + i * inner] as number) / norm;
    }
    return [result(x.dtype, x.shape, out)];
  },
  inner: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const { axis } = planOf(call);
    const shape = x.shape.map((length, at) => (at === axis ? 1 : length));
    return [['sum', result(x.dtype, shape, sums(call, x))]];
  },
  range: () => ({ min: -1, max: 1 }),
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    const { axis, p } = planOf(call);
    // Squares of one scale are summed as they are; of many, each would be rounded first, the small ones to nothing.
    const level = q.level(call, x);
    const powers = p === 2 ? q.product(call, level, level) : q.prelu(call, x, { shape: [], data: Float64Array.of(-1) });
    // Calibrated: all entries at their largest at once would be a sum that no input comes near.
    const sum = { ...q.reduceSum(call, powers, [axis]), name: innerName(call.node, 'sum') };
    const inverse = q.apply(call, sum, (value) => (value <= 0 ? 0 : p === 1 ? 1 / value : 1 / Math.sqrt(value)), undefined, true);
    return [q.product(call, x, q.expand(call, inverse, x.shape))];
  },
};
