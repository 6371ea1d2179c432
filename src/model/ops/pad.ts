// SPDX-License-Identifier: Apache-2.0
import { sizeOf, stridesOf } from '../tensor.ts';
import { floatAttr, misfit, type Op, type OpCall, requiredInts, result, tensorAt, textAttr, typeOf, unsupported } from './op.ts';

function plan(call: OpCall): { before: number[]; shape: number[]; mode: string } {
  const { shape } = typeOf(call, 0);
  const pads = requiredInts(call, 'pads');
  const rank = shape.length;
  const mode = textAttr(call, 'mode', 'constant');
  if (pads.length !== 2 * rank) misfit(call, `pads are not twice ${rank} numbers`);
  if (!['constant', 'reflect', 'edge', 'wrap'].includes(mode)) unsupported(call, `mode ${mode}`);
  const out = shape.map((length, axis) => {
    const before = pads[axis] as number;
    const after = pads[axis + rank] as number;
    if (mode === 'reflect' && Math.max(before, after) >= length && before + after > 0)
      misfit(call, 'reflection needs more values than there are');
    if (mode !== 'constant' && length === 0) misfit(call, 'there is nothing to repeat');
    return length + before + after;
  });
  if (out.some((length) => length < 0)) misfit(call, 'negative pads remove more than there is');
  sizeOf(out, call.node.name);
  return { before: pads.slice(0, rank), shape: out, mode };
}

/** Where index i of the padded axis comes from; -1: the constant. */
function source(i: number, length: number, mode: string): number {
  if (i >= 0 && i < length) return i;
  if (mode === 'constant') return -1;
  if (mode === 'edge') return i < 0 ? 0 : length - 1;
  if (mode === 'wrap') return ((i % length) + length) % length;
  return i < 0 ? -i : 2 * (length - 1) - i;
}

export const pad: Op = {
  name: 'Pad',
  summary: 'padding with a constant, the edge, a reflection or around; negative pads cut',
  proof: 'linear map (constant padding; the others float only)',
  arity: [1, 1],
  infer: (call) => [{ dtype: typeOf(call, 0).dtype, shape: plan(call).shape }],
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const { before, shape, mode } = plan(call);
    const value = floatAttr(call, 'value', 0);
    const strides = stridesOf(x.shape);
    const out = new Float64Array(sizeOf(shape));
    for (let p = 0; p < out.length; p++) {
      let rest = p;
      let at = 0;
      for (let axis = shape.length - 1; axis >= 0 && at >= 0; axis--) {
        const length = shape[axis] as number;
        const from = source((rest % length) - (before[axis] as number), x.shape[axis] as number, mode);
        rest = Math.floor(rest / length);
        at = from < 0 ? -1 : at + from * (strides[axis] as number);
      }
      out[p] = at < 0 ? value : (x.data[at] as number);
    }
    return [result(x.dtype, shape, out)];
  },
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    const { before, shape, mode } = plan(call);
    if (mode !== 'constant') return q.refuse(call, `mode ${mode}`);
    const ends = x.shape.map((length, axis) => Math.min(length, (shape[axis] as number) - (before[axis] as number)));
    const from = before.map((pads) => Math.max(0, -pads));
    const cutShape = ends.map((end, axis) => end - (from[axis] as number));
    if (cutShape.some((length) => length < 1)) return q.refuse(call, 'nothing of the input is left');
    const inner = q.slice(
      call,
      x,
      from,
      x.shape.map(() => 1),
      cutShape,
    );
    const starts = before.map((pads) => Math.max(0, pads));
    const placed = q.place(call, inner, starts, shape);
    const value = floatAttr(call, 'value', 0);
    if (value === 0) return [placed];
    const ring = q.place(
      call,
      q.fromConstant('ones', { shape: cutShape, data: new Float64Array(sizeOf(cutShape)).fill(-value) }),
      starts,
      shape,
    );
    return [q.add(call, q.add(call, placed, ring), q.fromConstant('fill', { shape: shape.map(() => 1), data: Float64Array.of(value) }))];
  },
};
