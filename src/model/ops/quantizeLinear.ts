// SPDX-License-Identifier: Apache-2.0
import { integerKind, integerRange } from '../dtype.ts';
import { type DType, dtypes, sizeOf } from '../tensor.ts';
import { alongAxis, checkZero, quantize, scaleIndex } from './affine.ts';
import { intAttr, normalAxis, type Op, type OpCall, result, tensorAt, textAttr, typeOf, unsupported } from './op.ts';

function target(call: OpCall): DType {
  const stated = textAttr(call, 'output_dtype', '');
  const found = dtypes.find((dtype) => dtype === stated) ?? call.types[2]?.dtype ?? 'uint8';
  return stated !== '' && found !== stated ? unsupported(call, `type ${stated}`) : found;
}

export const quantizeLinear: Op = {
  name: 'QuantizeLinear',
  summary: 'x / scale + zero point, rounded and saturated (a tensor, an axis or a block)',
  proof: 'taken as a clamp; the integer network has scales of its own',
  arity: [2, 3],
  infer: (call) => {
    const x = typeOf(call, 0);
    checkZero(call, 1, 2);
    scaleIndex(call, x, typeOf(call, 1));
    return [{ dtype: target(call), shape: x.shape }];
  },
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const scale = tensorAt(inputs, 1);
    const zero = inputs[2];
    const index = scaleIndex(call, x, scale);
    const dtype = target(call);
    const steps = Array.from({ length: sizeOf(scale.shape) }, (_, at) =>
      quantize(dtype, zero === undefined ? 0 : (zero.data[at] as number)),
    );
    // The standard divides in the input's own precision, which decides ties.
    const single = x.dtype === 'float32' ? Math.fround : (value: number) => value;
    const data = x.data.map((value, p) =>
      (steps[index[p] as number] as (ratio: number) => number)(single(value / (scale.data[index[p] as number] as number))),
    );
    return [result(dtype, x.shape, data)];
  },
  lower: (q, call, [x, s, z]) => {
    const scale = s && q.constantOf(s);
    const zero = z === undefined ? undefined : q.constantOf(z);
    const kind = integerKind(target(call));
    if (x === undefined || scale === undefined || (z !== undefined && zero === undefined))
      return unsupported(call, 'scale and zero point must be constants');
    if (kind === undefined || intAttr(call, 'block_size', 0) > 0 || zero?.data.some((value) => value !== zero.data[0])) {
      return q.refuse(call, 'only integers with one zero point');
    }
    const shape = alongAxis(
      x.shape.length,
      scale.data.length === 1 ? 0 : normalAxis(call, intAttr(call, 'axis', 1), x.shape.length),
      scale.data.length,
    );
    const offset = zero?.data[0] ?? 0;
    const { min, max } = integerRange(kind);
    const scaled = q.scale(call, x, { shape, data: scale.data.map((value) => 1 / value) });
    const bounded = q.clamp(call, scaled, min - offset, max - offset);
    return [q.add(call, bounded, q.fromConstant(`${call.node.name} zero`, { shape: [], data: Float64Array.of(offset) }))];
  },
};
