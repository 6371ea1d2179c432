// SPDX-License-Identifier: Apache-2.0
import { integerKind, integerRange } from '../dtype.ts';
import { sizeOf, type Tensor } from '../tensor.ts';
import { quantize, single } from './affine.ts';
import { lowerMatMul, matMulPlan, multiply } from './matMul.ts';
import { misfit, type Op, result, tensorAt, typeOf, unsupported } from './op.ts';

/** Values of `t` less their zero point, which is one number or one a column (last axis). */
function centred(t: Tensor, zero: Tensor): (position: number) => number {
  const size = zero.data.length;
  return (position) => (t.data[position] as number) - (zero.data[size === 1 ? 0 : position % size] as number);
}

export const qLinearMatMul: Op = {
  name: 'QLinearMatMul',
  summary: 'matrix product of affine-quantised tensors',
  proof: 'linear map and clamp, with scales of our own',
  arity: [8, 8],
  infer: (call) => {
    for (const index of [1, 2, 6, 7]) if (sizeOf(typeOf(call, index).shape) !== 1) unsupported(call, 'scales by rows');
    const columns = sizeOf(typeOf(call, 4).shape);
    const b = typeOf(call, 3).shape;
    if (columns !== 1 && columns !== b[b.length - 1]) misfit(call, 'the scales of B do not match its columns');
    return [{ dtype: typeOf(call, 7).dtype, shape: matMulPlan(call, typeOf(call, 0), typeOf(call, 3)).shape }];
  },
  evaluate: (call, inputs) => {
    const a = tensorAt(inputs, 0);
    const b = tensorAt(inputs, 3);
    const plan = matMulPlan(call, a, b);
    const bScale = tensorAt(inputs, 4).data;
    const sums = multiply(plan, centred(a, tensorAt(inputs, 2)), centred(b, tensorAt(inputs, 5)));
    const dtype = typeOf(call, 7).dtype;
    const round = quantize(dtype, single(call, inputs, 7));
    const factor = single(call, inputs, 1) / single(call, inputs, 6);
    const data = sums.map((sum, p) => round(sum * factor * (bScale[bScale.length === 1 ? 0 : p % plan.columns] as number)));
    return [result(dtype, plan.shape, data)];
  },
  lower: (q, call, inputs) => {
    const kind = integerKind(typeOf(call, 7).dtype);
    const [a, , , b] = inputs;
    const [, aScale, aZero, , bScale, bZero, yScale, yZero] = inputs.map((value) => value && q.constantOf(value)?.data);
    if (!a || !b || !aScale || !aZero || !bScale || !bZero || !yScale || !yZero || kind === undefined)
      return unsupported(call, 'scales and zero points must be constants');
    const minus = (data: Float64Array, rank: number) =>
      q.fromConstant(`${call.node.name} zero`, {
        shape: Array.from({ length: rank }, (_, at) => (at === rank - 1 ? data.length : 1)),
        data: data.map((v) => -v),
      });
    const left = q.add(call, a, minus(aZero, a.shape.length));
    const right = q.scale(call, q.add(call, b, minus(bZero, b.shape.length)), {
      shape: b.shape.map((_, at) => (at === b.shape.length - 1 ? bScale.length : 1)),
      data: bScale.map((value) => (value * (aScale[0] as number)) / (yScale[0] as number)),
    });
    const zero = yZero[0] as number;
    const { min, max } = integerRange(kind);
    const bounded = q.clamp(call, lowerMatMul(q, call, left, right), min - zero, max - zero);
    return [q.add(call, bounded, q.fromConstant(`${call.node.name} offset`, { shape: [], data: Float64Array.of(zero) }))];
  },
};
