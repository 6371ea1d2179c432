// SPDX-License-Identifier: Apache-2.0
import { sizeOf } from '../tensor.ts';
import { intAttr, misfit, normalAxis, type Op, type OpCall, result, tensorAt, typeOf } from './op.ts';

function plan(call: OpCall): { axis: number; shape: number[] } {
  const first = typeOf(call, 0);
  if (call.node.attrs.axis === undefined) misfit(call, 'attribute axis is missing');
  const axis = normalAxis(call, intAttr(call, 'axis', 0), first.shape.length);
  let total = 0;
  call.types.forEach((_, index) => {
    const { shape, dtype } = typeOf(call, index);
    const fits = shape.length === first.shape.length && shape.every((length, at) => at === axis || length === first.shape[at]);
    if (!fits || dtype !== first.dtype) misfit(call, `input ${index} does not fit the first one`);
    total += shape[axis] as number;
  });
  const shape = first.shape.map((length, at) => (at === axis ? total : length));
  sizeOf(shape, call.node.name);
  return { axis, shape };
}

export const concat: Op = {
  name: 'Concat',
  summary: 'join along an axis',
  proof: 'linear map',
  arity: [1, 1024],
  infer: (call) => [{ dtype: typeOf(call, 0).dtype, shape: plan(call).shape }],
  evaluate: (call, inputs) => {
    const { axis, shape } = plan(call);
    const out = new Float64Array(sizeOf(shape));
    const inner = sizeOf(shape.slice(axis + 1));
    const row = (shape[axis] as number) * inner;
    const outer = sizeOf(shape.slice(0, axis));
    let start = 0;
    for (let index = 0; index < inputs.length; index++) {
      const x = tensorAt(inputs, index);
      const part = (x.shape[axis] as number) * inner;
      for (let o = 0; o < outer; o++) out.set(x.data.subarray(o * part, (o + 1) * part), o * row + start);
      start += part;
    }
    return [result(typeOf(call, 0).dtype, shape, out)];
  },
  lower: (q, call, inputs) => {
    const { axis, shape } = plan(call);
    let start = 0;
    const parts = inputs.flatMap((x) => {
      if (x === undefined) return [];
      const starts = shape.map((_, at) => (at === axis ? start : 0));
      start += x.shape[axis] as number;
      return [q.place(call, x, starts, shape)];
    });
    const first = parts[0] ?? misfit(call, 'it has no input');
    return [parts.slice(1).reduce((left, right) => q.add(call, left, right), first)];
  },
};
