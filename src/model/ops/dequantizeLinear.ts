// SPDX-License-Identifier: Apache-2.0
import { alongAxis, checkZero, scaleIndex } from './affine.ts';
import { intAttr, normalAxis, type Op, result, tensorAt, typeOf, unsupported } from './op.ts';

export const dequantizeLinear: Op = {
  name: 'DequantizeLinear',
  summary: '(x - zero point) · scale (a tensor, an axis or a block)',
  proof: 'linear map; folded into the next one',
  arity: [2, 3],
  infer: (call) => {
    const x = typeOf(call, 0);
    const scale = typeOf(call, 1);
    checkZero(call, 1, 2);
    scaleIndex(call, x, scale);
    return [{ dtype: scale.dtype, shape: x.shape }];
  },
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const scale = tensorAt(inputs, 1);
    const zero = inputs[2];
    const index = scaleIndex(call, x, scale);
    const data = x.data.map((value, p) => {
      const at = index[p] as number;
      return (value - (zero === undefined ? 0 : (zero.data[at] as number))) * (scale.data[at] as number);
    });
    return [result(scale.dtype, x.shape, data)];
  },
  lower: (q, call, [x, s, z]) => {
    const scale = s && q.constantOf(s);
    const zero = z === undefined ? undefined : q.constantOf(z);
    if (x === undefined || scale === undefined || (z !== undefined && zero === undefined))
      return unsupported(call, 'scale and zero point must be constants');
    if (intAttr(call, 'block_size', 0) > 0) return q.refuse(call, 'scales by blocks');
    const axis = scale.data.length === 1 ? 0 : normalAxis(call, intAttr(call, 'axis', 1), x.shape.length);
    const shape = alongAxis(x.shape.length, axis, scale.data.length);
    const offset = (zero?.data ?? new Float64Array(scale.data.length)).map((value) => -value);
    return [q.scale(call, q.add(call, x, q.fromConstant(`${call.node.name} zero`, { shape, data: offset })), { shape, data: scale.data })];
  },
};
