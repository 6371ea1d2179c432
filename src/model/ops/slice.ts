// SPDX-License-Identifier: Apache-2.0
import { gather, stridesOf } from '../tensor.ts';
import { intsAttr, misfit, normalAxis, type Op, type OpCall, requiredInts, result, tensorAt, typeOf, unsupported } from './op.ts';

/** starts, ends, axes, steps as in the standard (numpy slicing), for every axis. */
function plan(call: OpCall): { starts: number[]; steps: number[]; shape: number[] } {
  const { shape } = typeOf(call, 0);
  const from = requiredInts(call, 'starts');
  const to = requiredInts(call, 'ends');
  const axes = intsAttr(
    call,
    'axes',
    from.map((_, index) => index),
  ).map((axis) => normalAxis(call, axis, shape.length));
  const by = intsAttr(
    call,
    'steps',
    from.map(() => 1),
  );
  if (to.length !== from.length || axes.length !== from.length || by.length !== from.length)
    misfit(call, 'starts, ends, axes and steps differ in length');
  if (new Set(axes).size !== axes.length) misfit(call, 'an axis is given twice');
  const starts = shape.map(() => 0);
  const steps = shape.map(() => 1);
  const out = [...shape];
  axes.forEach((axis, index) => {
    const length = shape[axis] as number;
    const step = by[index] as number;
    if (step === 0) misfit(call, 'a step is zero');
    const clampTo = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value < 0 ? value + length : value));
    const start = step > 0 ? clampTo(from[index] as number, 0, length) : clampTo(from[index] as number, 0, length - 1);
    const end = step > 0 ? clampTo(to[index] as number, 0, length) : clampTo(to[index] as number, -1, length - 1);
    starts[axis] = start;
    steps[axis] = step;
    out[axis] = Math.max(0, Math.ceil((end - start) / step));
  });
  return { starts, steps, shape: out };
}

export const slice: Op = {
  name: 'Slice',
  summary: 'a range with steps along each axis',
  proof: 'linear map',
  arity: [1, 1],
  infer: (call) => [{ dtype: typeOf(call, 0).dtype, shape: plan(call).shape }],
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const { starts, steps, shape } = plan(call);
    const strides = stridesOf(x.shape);
    const offset = starts.reduce((sum, start, axis) => sum + start * (strides[axis] as number), 0);
    return [
      result(
        x.dtype,
        shape,
        gather(
          x.data,
          shape,
          strides.map((stride, axis) => stride * (steps[axis] as number)),
          offset,
        ),
      ),
    ];
  },
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    const { starts, steps, shape } = plan(call);
    if (shape.includes(0)) return q.refuse(call, 'the result is empty');
    return [q.slice(call, x, starts, steps, shape)];
  },
};
