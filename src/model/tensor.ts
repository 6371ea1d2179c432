// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { refuse } from './refuse.ts';

/** Element types a graph can hold. Values are kept as doubles, rounded to the type after every operation. */
export const dtypes = [
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'int4',
  'uint4',
  'int2',
  'uint2',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'float4e2m1',
] as const; // prettier-ignore
export type DType = (typeof dtypes)[number];

export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** Row-major values of one type; a scalar has shape []. */
export interface Tensor extends TensorType {
  readonly data: Float64Array;
}

/** More positions than this in one tensor are refused before anything is allocated (2^26 doubles are 512 MiB). */
export const MAX_POSITIONS = 2 ** 26;
export const MAX_RANK = 8;

/** Number of positions; refuses absurd shapes (negative, fractional, too many axes or positions). */
export function sizeOf(shape: readonly number[], what = 'tensor'): number {
  if (shape.length > MAX_RANK) refuse('model/too-large', { what: `${what} has ${shape.length} axes`, limit: MAX_RANK });
  let size = 1;
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) refuse('model/malformed', { what: `${what} has an axis of length ${length}` });
    size *= length;
    if (size > MAX_POSITIONS) refuse('model/too-large', { what: `${what} has shape ${shape.join('x')}`, limit: MAX_POSITIONS });
  }
  return size;
}

/** Row-major strides of a shape, in positions. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis] as number;
  }
  return strides;
}

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, axis) => length === b[axis]);

/** The numpy broadcast of two shapes, or undefined. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const x = a[axis - rank + a.length] ?? 1;
    const y = b[axis - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return undefined;
    out.push(x === 1 ? y : x);
  }
  return out;
}

/** Strides to walk `shape` as if broadcast to `target`: 0 on repeated axes. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const strides = stridesOf(shape);
  const shift = target.length - shape.length;
  return target.map((length, axis) => {
    const own = shape[axis - shift];
    invariant(axis < shift || own === length || own === 1, 'broadcastStrides: shapes do not fit');
    return axis < shift || own === 1 ? 0 : (strides[axis - shift] as number);
  });
}

/** Calls `visit(position in row-major order, offset)` for every index of `shape`, offset = start + Σ index·stride. */
export function walk(
  shape: readonly number[],
  strides: readonly number[],
  start: number,
  visit: (position: number, offset: number) => void,
): void {
  const rank = shape.length;
  if (shape.some((length) => length === 0)) return;
  const index = new Array<number>(rank).fill(0);
  let offset = start;
  for (let position = 0; ; position++) {
    visit(position, offset);
    let axis = rank - 1;
    for (; axis >= 0; axis--) {
      const next = (index[axis] as number) + 1;
      offset += strides[axis] as number;
      if (next < (shape[axis] as number)) {
        index[axis] = next;
        break;
      }
      offset -= next * (strides[axis] as number);
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/** out[p] = data[start + Σ index·stride]: transposes, slices and broadcasts are all this. */
export function gather(data: Float64Array, shape: readonly number[], strides: readonly number[], start = 0): Float64Array {
  const out = new Float64Array(sizeOf(shape));
  walk(shape, strides, start, (position, offset) => {
    out[position] = data[offset] as number;
  });
  return out;
}

export function tensor(dtype: DType, shape: readonly number[], data: ArrayLike<number>): Tensor {
  invariant(data.length === sizeOf(shape), `tensor: ${data.length} values for shape ${shape.join('x')}`);
  return { dtype, shape: [...shape], data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

export const scalar = (dtype: DType, value: number): Tensor => tensor(dtype, [], [value]);

export const broadcastTo = (t: Tensor, shape: readonly number[]): Tensor =>
  sameShape(t.shape, shape) ? t : { dtype: t.dtype, shape: [...shape], data: gather(t.data, shape, broadcastStrides(t.shape, shape)) };

export const isFloat = (dtype: DType): boolean => dtype.includes('float');
