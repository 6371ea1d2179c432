// SPDX-License-Identifier: Apache-2.0
//
// Affine quantisation as ONNX has it, shared by QuantizeLinear, DequantizeLinear and the QLinear ops.
import { integerKind, integerRange, roundEven, rounder } from '../dtype.ts';
import { type DType, isFloat, sizeOf, stridesOf, type Tensor, type TensorType } from '../tensor.ts';
import { intAttr, misfit, normalAxis, type OpCall, tensorAt, typeOf } from './op.ts';

/** For each position of x, the position of its scale: one for all, one an axis, or one a block of an axis. */
export function scaleIndex(call: OpCall, x: TensorType, scale: TensorType): Int32Array {
  const out = new Int32Array(sizeOf(x.shape));
  const size = sizeOf(scale.shape);
  const block = intAttr(call, 'block_size', 0);
  if (size === 1 && block === 0) return out;
  const axis = normalAxis(call, intAttr(call, 'axis', 1), x.shape.length);
  if (block > 0) {
    const fits =
      scale.shape.length === x.shape.length &&
      scale.shape.every((length, at) => length === (at === axis ? Math.ceil((x.shape[at] as number) / block) : x.shape[at]));
    if (!fits) misfit(call, 'the scales do not match the blocks');
  } else if (scale.shape.length !== 1 || size !== x.shape[axis]) misfit(call, 'the scales do not match the axis');
  const own = stridesOf(x.shape);
  const theirs = stridesOf(scale.shape);
  for (let p = 0; p < out.length; p++) {
    const at = (index: number): number => Math.floor(p / (own[index] as number)) % (x.shape[index] as number);
    out[p] =
      block > 0
        ? theirs.reduce((sum, stride, index) => sum + stride * (index === axis ? Math.floor(at(index) / block) : at(index)), 0)
        : at(axis);
  }
  return out;
}

/** Scale and zero point must be alike. */
export function checkZero(call: OpCall, scaleAt: number, zeroAt: number): void {
  const zero = call.types[zeroAt];
  if (zero !== undefined && sizeOf(zero.shape) !== sizeOf(typeOf(call, scaleAt).shape))
    misfit(call, 'scale and zero point differ in length');
}

/** round-to-even(x / scale) + zero, saturated to `dtype`. */
export function quantize(dtype: DType, zero: number): (ratio: number) => number {
  if (isFloat(dtype)) {
    const round = rounder(dtype, true);
    return (ratio) => round(ratio + zero);
  }
  const kind = integerKind(dtype);
  if (kind === undefined) return (ratio) => ratio;
  const { min, max } = integerRange(kind);
  return (ratio) => Math.min(max, Math.max(min, roundEven(ratio) + zero));
}

/** The single number of a scalar or one-element input. */
export function single(call: OpCall, inputs: readonly (Tensor | undefined)[], index: number): number {
  const t = tensorAt(inputs, index);
  return t.data.length === 1 ? (t.data[0] as number) : misfit(call, `input ${index} must be one number`);
}

/** A shape of x's rank in which `length` numbers lie along `axis`, or ones. */
export const alongAxis = (rank: number, axis: number, length: number): number[] =>
  Array.from({ length: rank }, (_, at) => (at === axis && length > 1 ? length : 1));
