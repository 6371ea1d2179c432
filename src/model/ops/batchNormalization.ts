// SPDX-License-Identifier: Apache-2.0
import { floatAttr, intAttr, misfit, type Op, type OpCall, rankAtLeast, result, tensorAt, typeOf, unsupported } from './op.ts';

/** y = x · factor + offset, a channel. */
function folded(call: OpCall, [scale, bias, mean, variance]: readonly Float64Array[]): { factor: Float64Array; offset: Float64Array } {
  const epsilon = floatAttr(call, 'epsilon', 1e-5);
  const factor = (scale as Float64Array).map((s, c) => s / Math.sqrt(((variance as Float64Array)[c] as number) + epsilon));
  return { factor, offset: (bias as Float64Array).map((b, c) => b - ((mean as Float64Array)[c] as number) * (factor[c] as number)) };
}

export const batchNormalization: Op = {
  name: 'BatchNormalization',
  summary: 'inference form: scale and shift a channel',
  proof: 'folded into the neighbouring linear map',
  arity: [5, 5],
  infer: (call) => {
    if (intAttr(call, 'training_mode', 0) !== 0 || call.node.outputs.length > 1) unsupported(call, 'training mode');
    const x = rankAtLeast(call, 0, 2);
    for (let index = 1; index < 5; index++) {
      const { shape } = typeOf(call, index);
      if (shape.length !== 1 || shape[0] !== x.shape[1]) misfit(call, `input ${index} is not one number a channel`);
    }
    return [x];
  },
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const { factor, offset } = folded(
      call,
      [1, 2, 3, 4].map((index) => tensorAt(inputs, index).data),
    );
    const channels = x.shape[1] as number;
    const plane = x.data.length / ((x.shape[0] as number) * channels || 1);
    const out = x.data.map((value, i) => {
      const c = Math.floor(i / plane) % channels;
      return value * (factor[c] as number) + (offset[c] as number);
    });
    return [result(x.dtype, x.shape, out)];
  },
  lower: (q, call, [x, ...rest]) => {
    const constants = rest.map((value) => value && q.constantOf(value)?.data);
    if (x === undefined || constants.some((data) => data === undefined)) return unsupported(call, 'its statistics must be constants');
    const { factor, offset } = folded(call, constants as Float64Array[]);
    const shape = x.shape.map((length, axis) => (axis === 1 ? length : 1));
    return [q.add(call, q.scale(call, x, { shape, data: factor }), q.fromConstant(`${call.node.name} offset`, { shape, data: offset }))];
  },
};
