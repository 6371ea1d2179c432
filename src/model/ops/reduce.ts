// SPDX-License-Identifier: Apache-2.0
//
// What the reductions share.
import { sizeOf, stridesOf, type Tensor, walk } from '../tensor.ts';
import { intAttr, intsAttr, normalAxes, type OpCall, typeOf } from './op.ts';

export interface Reduction {
  readonly axes: readonly number[];
  /** Shape with the reduced axes kept at length 1. */
  readonly kept: readonly number[];
  readonly shape: readonly number[];
}

/** Attribute `axes` (absent: all), `keepdims`, `noop_with_empty_axes`. */
export function reduction(call: OpCall): Reduction {
  const { shape } = typeOf(call, 0);
  const stated = intsAttr(call, 'axes', []);
  const all = shape.map((_, axis) => axis);
  const axes = stated.length > 0 ? normalAxes(call, stated, shape.length) : intAttr(call, 'noop_with_empty_axes', 0) !== 0 ? [] : all;
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const keep = intAttr(call, 'keepdims', 1) !== 0;
  return { axes, kept, shape: keep ? kept : kept.filter((_, axis) => !axes.includes(axis)) };
}

/** Sums over the axes (the result has `kept` positions). */
export function sumOver(x: Tensor, { axes, kept }: Reduction): Float64Array {
  const out = new Float64Array(sizeOf(kept));
  const strides = stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  walk(x.shape, strides, 0, (position, offset) => {
    out[offset] = (out[offset] as number) + (x.data[position] as number);
  });
  return out;
}
