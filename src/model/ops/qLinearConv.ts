// SPDX-License-Identifier: Apache-2.0
import { integerKind, integerRange } from '../dtype.ts';
import { alongAxis, quantize, single } from './affine.ts';
import { convolve, convShape } from './conv.ts';
import { type Op, result, tensorAt, typeOf, unsupported } from './op.ts';

export const qLinearConv: Op = {
  name: 'QLinearConv',
  summary: 'convolution of affine-quantised tensors',
  proof: 'linear map and clamp, with scales of our own',
  arity: [8, 9],
  infer: (call) => [{ dtype: typeOf(call, 7).dtype, shape: convShape(call, 0, 3, 8).shape }],
  evaluate: (call, inputs) => {
    const plan = convShape(call, 0, 3, 8);
    const w = tensorAt(inputs, 3);
    const wScale = tensorAt(inputs, 4).data;
    const sums = convolve(tensorAt(inputs, 0), w, inputs[8], plan, single(call, inputs, 2), tensorAt(inputs, 5).data);
    const xScale = single(call, inputs, 1);
    const yScale = single(call, inputs, 6);
    const dtype = typeOf(call, 7).dtype;
    const round = quantize(dtype, single(call, inputs, 7));
    const filters = w.shape[0] as number;
    const plane = sums.length / (filters * (plan.shape[0] as number));
    const data = sums.map((sum, p) => {
      const scale = wScale[wScale.length === 1 ? 0 : Math.floor(p / plane) % filters] as number;
      return round((sum * xScale * scale) / yScale);
    });
    return [result(dtype, plan.shape, data)];
  },
  lower: (q, call, inputs) => {
    const constants = inputs.map((value, index) => (index === 0 || value === undefined ? undefined : q.constantOf(value)));
    const [x] = inputs;
    const [, xScale, xZero, w, wScale, wZero, yScale, yZero] = constants.map((reals) => reals?.data);
    const weights = constants[3];
    if (!x || !xScale || !xZero || !w || !weights || !wScale || !wZero || !yScale || !yZero)
      return unsupported(call, 'all but the input must be constants');
    const kind = integerKind(typeOf(call, 7).dtype);
    if (kind === undefined) return q.refuse(call, 'the result is not of an integer type');
    const { frame, group } = convShape(call, 0, 3, 8);
    const filters = weights.shape[0] as number;
    const perFilter = w.length / filters;
    const real = w.map((value, i) => {
      const f = Math.floor(i / perFilter);
      const scale = wScale[wScale.length === 1 ? 0 : f] as number;
      return ((value - (wZero[wZero.length === 1 ? 0 : f] as number)) * scale * (xScale[0] as number)) / (yScale[0] as number);
    });
    const centred = q.add(call, x, q.fromConstant(`${call.node.name} zero`, { shape: [], data: Float64Array.of(-(xZero[0] as number)) }));
    let y = q.conv(call, centred, { shape: weights.shape, data: real }, frame, group);
    const bias = constants[8];
    if (bias !== undefined) {
      const data = bias.data.map(
        (value, f) => (value * (xScale[0] as number) * (wScale[wScale.length === 1 ? 0 : f] as number)) / (yScale[0] as number),
      );
      y = q.add(call, y, q.fromConstant(`${call.node.name} bias`, { shape: alongAxis(x.shape.length, 1, filters), data }));
    }
    const zero = yZero[0] as number;
    const { min, max } = integerRange(kind);
    return [
      q.add(
        call,
        q.clamp(call, y, min - zero, max - zero),
        q.fromConstant(`${call.node.name} offset`, { shape: [], data: Float64Array.of(zero) }),
      ),
    ];
  },
};
