// SPDX-License-Identifier: Apache-2.0
//
// Real constants that broadcast: scale factors and biases while a network is being quantised.
import { invariant } from '../../base/index.ts';
import { broadcastShapes, broadcastStrides, gather, sizeOf, stridesOf, walk } from '../tensor.ts';
import type { Reals } from './lowering.ts';

export const real = (value: number): Reals => ({ shape: [], data: Float64Array.of(value) });

/** The same numbers with leading axes of length 1 up to `rank`. */
export const padded = (reals: Reals, rank: number): Reals => {
  invariant(reals.shape.length <= rank, 'padded: too many axes');
  return { shape: [...new Array<number>(rank - reals.shape.length).fill(1), ...reals.shape], data: reals.data };
};

export const expanded = (reals: Reals, shape: readonly number[]): Reals => ({
  shape,
  data: gather(reals.data, shape, broadcastStrides(reals.shape, shape)),
});

export function combine(a: Reals, b: Reals, f: (a: number, b: number) => number): Reals {
  const shape = broadcastShapes(a.shape, b.shape);
  invariant(shape !== undefined, 'combine: shapes do not broadcast');
  const right = gather(b.data, shape, broadcastStrides(b.shape, shape));
  const data = gather(a.data, shape, broadcastStrides(a.shape, shape));
  for (let i = 0; i < data.length; i++) data[i] = f(data[i] as number, right[i] as number);
  return { shape, data };
}

export const map = (reals: Reals, f: (value: number) => number): Reals => ({ shape: reals.shape, data: reals.data.map(f) });

/** Whether the numbers do not vary along any of the axes (for reals of full rank). */
export const constantAlong = (reals: Reals, axes: readonly number[]): boolean => axes.every((axis) => (reals.shape[axis] ?? 1) === 1);

/** Drops axes along which the numbers are all equal to length 1. */
export function compact(reals: Reals): Reals {
  let current = reals;
  reals.shape.forEach((length, axis) => {
    if (length === 1) return;
    const strides = stridesOf(current.shape);
    const stride = strides[axis] as number;
    const shape = current.shape.map((own, at) => (at === axis ? 1 : own));
    const first = gather(current.data, shape, strides);
    let equal = true;
    const back = stridesOf(shape).map((own, at) => (at === axis ? 0 : own));
    walk(current.shape, back, 0, (position, offset) => {
      if (current.data[position] !== first[offset]) equal = false;
    });
    invariant(stride > 0, 'compact: strides are positive');
    if (equal) current = { shape, data: first };
  });
  return current;
}

/** Applies a structural map (reshape, transpose, slice, place, expand) to broadcast numbers over `shape`. */
export function restructured(reals: Reals, shape: readonly number[], how: (full: Reals) => Reals): Reals {
  return compact(how(expanded(padded(reals, shape.length), shape)));
}

export const transposedReals = (reals: Reals, perm: readonly number[]): Reals => {
  const strides = stridesOf(reals.shape);
  const shape = perm.map((axis) => reals.shape[axis] as number);
  return {
    shape,
    data: gather(
      reals.data,
      shape,
      perm.map((axis) => strides[axis] as number),
    ),
  };
};

export const slicedReals = (reals: Reals, starts: readonly number[], steps: readonly number[], shape: readonly number[]): Reals => {
  const strides = stridesOf(reals.shape);
  const offset = starts.reduce((sum, start, axis) => sum + start * (strides[axis] as number), 0);
  return {
    shape,
    data: gather(
      reals.data,
      shape,
      strides.map((stride, axis) => stride * (steps[axis] as number)),
      offset,
    ),
  };
};

export const placedReals = (reals: Reals, starts: readonly number[], shape: readonly number[]): Reals => {
  const out = new Float64Array(sizeOf(shape));
  const strides = stridesOf(shape);
  const offset = starts.reduce((sum, start, axis) => sum + start * (strides[axis] as number), 0);
  walk(reals.shape, strides, offset, (position, at) => {
    out[at] = reals.data[position] as number;
  });
  return { shape, data: out };
};

/** Rounds up to 10 significant bits, so that a last-digit difference of two exports does not reach the integers. */
export function roundScale(scale: number): number {
  invariant(scale > 0 && Number.isFinite(scale), 'scales are positive');
  const unit = 2 ** (Math.floor(Math.log2(scale)) - 9);
  return Math.ceil(scale / unit - 1e-6) * unit;
}
