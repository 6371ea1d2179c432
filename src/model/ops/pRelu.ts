// SPDX-License-Identifier: Apache-2.0
import { sameShape } from '../tensor.ts';
import { zip } from './elementwise.ts';
import { broadcastType, misfit, type Op, result, tensorAt, typeOf, unsupported } from './op.ts';

export const pRelu: Op = {
  name: 'PRelu',
  summary: 'x where positive, slope · x elsewhere',
  proof: 'one lookup with two columns (q, relu q); the slopes fold into the next linear map',
  arity: [2, 2],
  infer: (call) => {
    const type = broadcastType(call);
    if (!sameShape(type.shape, typeOf(call, 0).shape)) misfit(call, 'the slopes do not broadcast to the input');
    return [type];
  },
  evaluate: (_, inputs) => {
    const x = tensorAt(inputs, 0);
    return [
      result(
        x.dtype,
        x.shape,
        zip(x, tensorAt(inputs, 1), x.shape, (value, slope) => (value >= 0 ? value : slope * value)),
      ),
    ];
  },
  lower: (q, call, [x, slope]) => {
    const slopes = slope && q.constantOf(slope);
    if (x === undefined || slopes === undefined) return unsupported(call, 'the slopes must be constants');
    return [q.prelu(call, x, slopes)];
  },
};
