// SPDX-License-Identifier: Apache-2.0
import { sizeOf, type Tensor } from '../tensor.ts';
import { intAttr, intsAttr, misfit, type Op, type OpCall, rankAtLeast, result, tensorAt, typeOf, unsupported } from './op.ts';
import { type Window, walkWindow, windowOf } from './windows.ts';

export interface ConvShape {
  readonly frame: Window;
  readonly group: number;
  readonly shape: readonly number[];
}

/** Shape rule of Conv and its quantised kin: x at `xAt`, weights at `wAt`, bias at `bAt`. */
export function convShape(call: OpCall, xAt: number, wAt: number, bAt: number): ConvShape {
  const x = rankAtLeast(call, xAt, 3);
  const w = typeOf(call, wAt);
  if (w.shape.length !== x.shape.length) misfit(call, `weights have ${w.shape.length} axes, the input ${x.shape.length}`);
  const group = intAttr(call, 'group', 1);
  const [batch, channels] = x.shape as [number, number];
  const [out, perGroup] = w.shape as [number, number];
  if (group < 1 || perGroup * group !== channels) misfit(call, `${channels} channels do not split into ${group} groups of ${perGroup}`);
  if (out % group !== 0 || out === 0) misfit(call, `${out} filters do not split into ${group} groups`);
  const kernel = w.shape.slice(2);
  const stated = intsAttr(call, 'kernel_shape', kernel);
  if (stated.join() !== kernel.join()) misfit(call, 'kernel_shape differs from the weights');
  const bias = call.types[bAt];
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== out)) misfit(call, `the bias is not of ${out} numbers`);
  const frame = windowOf(call, x.shape.slice(2), kernel);
  const shape = [batch, out, ...frame.out];
  sizeOf(shape, call.node.name);
  return { frame, group, shape };
}

type ChannelStep = (
  x: Float64Array,
  xBase: number,
  w: Float64Array,
  wBase: number,
  out: Float64Array,
  base: number,
  xZero: number,
  wZero: number,
) => void;

/** Adds one input channel times its kernel to one filter's plane. */
function convChannel(frame: Window, input: readonly number[]): ChannelStep {
  if (input.length !== 2) {
    const pairs: number[] = [];
    walkWindow(frame, input, (o, i, tap) => pairs.push(o, i, tap));
    return (x, xBase, w, wBase, out, base, xZero, wZero) => {
      for (let p = 0; p < pairs.length; p += 3) {
        const at = base + (pairs[p] as number);
        out[at] =
          (out[at] as number) +
          ((x[xBase + (pairs[p + 1] as number)] as number) - xZero) * ((w[wBase + (pairs[p + 2] as number)] as number) - wZero);
      }
    };
  }
  // Two axes, the usual case, row by row: four times faster than pairs.
  const [height, width] = input as [number, number];
  const [rows, columns] = frame.out as [number, number];
  const [kernelRows, kernelColumns] = frame.kernel as [number, number];
  const [strideY, strideX] = frame.strides as [number, number];
  return (x, xBase, w, wBase, out, base, xZero, wZero) => {
    for (let tap = 0; tap < kernelRows * kernelColumns; tap++) {
      const weight = (w[wBase + tap] as number) - wZero;
      const down = Math.floor(tap / kernelColumns) * (frame.dilations[0] as number) - (frame.padsBefore[0] as number);
      const right = (tap % kernelColumns) * (frame.dilations[1] as number) - (frame.padsBefore[1] as number);
      const from = Math.max(0, Math.ceil(-right / strideX));
      const to = Math.min(columns - 1, Math.floor((width - 1 - right) / strideX));
      for (let oy = 0; oy < rows; oy++) {
        const iy = oy * strideY + down;
        if (iy < 0 || iy >= height) continue;
        const source = xBase + iy * width + right;
        const target = base + oy * columns;
        for (let ox = from; ox <= to; ox++)
          out[target + ox] = (out[target + ox] as number) + ((x[source + ox * strideX] as number) - xZero) * weight;
      }
    }
  };
}

/** Cross-correlation in doubles; `zero` is what the input holds where it means 0. */
export function convolve(
  x: Tensor,
  w: Tensor,
  bias: Tensor | undefined,
  { frame, group, shape }: ConvShape,
  xZero = 0,
  wZero?: Float64Array,
): Float64Array {
  const out = new Float64Array(sizeOf(shape));
  const [batch, channels] = x.shape as [number, number];
  const [filters, perGroup] = w.shape as [number, number];
  const inSize = sizeOf(x.shape.slice(2));
  const outSize = sizeOf(frame.out);
  const taps = sizeOf(frame.kernel);
  const channel = convChannel(frame, x.shape.slice(2));
  for (let n = 0; n < batch; n++) {
    for (let f = 0; f < filters; f++) {
      const base = (n * filters + f) * outSize;
      const start = bias === undefined ? 0 : (bias.data[f] as number);
      out.fill(start, base, base + outSize);
      const firstChannel = Math.floor(f / (filters / group)) * perGroup;
      const shift = wZero === undefined ? 0 : (wZero[wZero.length === 1 ? 0 : f] as number);
      for (let c = 0; c < perGroup; c++)
        channel(x.data, (n * channels + firstChannel + c) * inSize, w.data, (f * perGroup + c) * taps, out, base, xZero, shift);
    }
  }
  return out;
}

export const conv: Op = {
  name: 'Conv',
  summary: 'convolution, 1 to 3 spatial axes, groups, strides, dilations, padding',
  proof: 'linear map (1 or 2 spatial axes, constant weights)',
  arity: [2, 3],
  infer: (call) => [{ dtype: typeOf(call, 0).dtype, shape: convShape(call, 0, 1, 2).shape }],
  evaluate: (call, inputs) => {
    const plan = convShape(call, 0, 1, 2);
    const x = tensorAt(inputs, 0);
    return [result(x.dtype, plan.shape, convolve(x, tensorAt(inputs, 1), inputs[2], plan))];
  },
  lower: (q, call, [x, w, b]) => {
    const weights = w && q.constantOf(w);
    const bias = b && q.constantOf(b);
    if (x === undefined || weights === undefined || (b !== undefined && bias === undefined))
      return unsupported(call, 'weights and bias must be constants');
    const { frame, group } = convShape(call, 0, 1, 2);
    if (frame.kernel.length > 2) return q.refuse(call, 'three spatial axes');
    const y = q.conv(call, x, weights, frame, group);
    if (bias === undefined) return [y];
    const shape = [1, bias.data.length, ...frame.out.map(() => 1)];
    return [q.add(call, y, q.fromConstant(`${call.node.name} bias`, { shape, data: bias.data }))];
  },
};
