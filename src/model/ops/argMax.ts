// SPDX-License-Identifier: Apache-2.0
import { sizeOf } from '../tensor.ts';
import { intAttr, normalAxis, type Op, type OpCall, result, tensorAt, typeOf, unsupported } from './op.ts';

function plan(call: OpCall): { axis: number; kept: number[]; shape: number[]; last: boolean } {
  const { shape } = typeOf(call, 0);
  const axis = normalAxis(call, intAttr(call, 'axis', 0), shape.length);
  const kept = shape.map((length, index) => (index === axis ? 1 : length));
  const keep = intAttr(call, 'keepdims', 1) !== 0;
  return { axis, kept, shape: keep ? kept : kept.filter((_, index) => index !== axis), last: intAttr(call, 'select_last_index', 0) !== 0 };
}

export const argMax: Op = {
  name: 'ArgMax',
  summary: 'index of the largest along an axis',
  proof: 'one lookup a comparison on keys (value, index), and one for the index',
  arity: [1, 1],
  infer: (call) => [{ dtype: 'int64', shape: plan(call).shape }],
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const { axis, kept, shape, last } = plan(call);
    const length = x.shape[axis] as number;
    const inner = sizeOf(x.shape.slice(axis + 1));
    const out = new Float64Array(sizeOf(kept));
    for (let o = 0; o < out.length; o++) {
      const base = Math.floor(o / inner) * length * inner + (o % inner);
      let best = 0;
      for (let i = 1; i < length; i++) {
        const here = x.data[base + i * inner] as number;
        const top = x.data[base + best * inner] as number;
        if (here > top || (last && here === top)) best = i;
      }
      out[o] = best;
    }
    return [result('int64', shape, out)];
  },
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    const { axis, shape, last } = plan(call);
    return [q.reshape(call, q.argMax(call, x, axis, last), shape)];
  },
};
