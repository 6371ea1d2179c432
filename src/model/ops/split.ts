// SPDX-License-Identifier: Apache-2.0
import { gather, stridesOf } from '../tensor.ts';
import { intAttr, intsAttr, misfit, normalAxis, type Op, type OpCall, result, tensorAt, typeOf, unsupported } from './op.ts';

function plan(call: OpCall): { axis: number; parts: readonly number[] } {
  const { shape } = typeOf(call, 0);
  const axis = normalAxis(call, intAttr(call, 'axis', 0), shape.length);
  const length = shape[axis] as number;
  const count = call.node.outputs.length;
  const equal = Math.ceil(length / count);
  const even = Array.from({ length: count }, (_, index) => Math.max(0, Math.min(equal, length - index * equal)));
  const parts = intsAttr(call, 'split', even);
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (parts.length !== count || total !== length || parts.some((part) => part < 0))
    misfit(call, `parts ${parts.join('+')} do not make ${length}`);
  return { axis, parts };
}

export const split: Op = {
  name: 'Split',
  summary: 'cut along an axis',
  proof: 'linear map',
  arity: [1, 1],
  infer: (call) => {
    const x = typeOf(call, 0);
    const { axis, parts } = plan(call);
    return parts.map((part) => ({ dtype: x.dtype, shape: x.shape.map((length, at) => (at === axis ? part : length)) }));
  },
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const { axis, parts } = plan(call);
    const strides = stridesOf(x.shape);
    let start = 0;
    return parts.map((part) => {
      const shape = x.shape.map((length, at) => (at === axis ? part : length));
      const out = result(x.dtype, shape, gather(x.data, shape, strides, start * (strides[axis] as number)));
      start += part;
      return out;
    });
  },
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    const { axis, parts } = plan(call);
    const ones = x.shape.map(() => 1);
    let start = 0;
    return parts.map((part) => {
      const starts = x.shape.map((_, at) => (at === axis ? start : 0));
      start += part;
      return q.slice(
        call,
        x,
        starts,
        ones,
        x.shape.map((length, at) => (at === axis ? part : length)),
      );
    });
  },
};
