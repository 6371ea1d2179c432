// SPDX-License-Identifier: Apache-2.0
import type { Range, Scale } from '../intGraph.ts';
import type { Tensor } from '../tensor.ts';
import { roundScale } from './reals.ts';

/** How an input's real numbers become integers: round(x / scale), refused outside `range`. */
export interface InputCoding {
  readonly scale: Scale;
  readonly range: Range;
  /** The samples had multiples of the scale and nothing between: what lies between cannot be told from its neighbours. */
  readonly grid?: boolean;
}

/** Most integer levels an exact grid may have. */
const MAX_LEVELS = 2 ** 12;

/** The step of a grid through 0 on which all values lie (pixels after any affine preprocessing of 8-bit values). */
function gridStep(values: readonly number[]): number | undefined {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length < 2 || distinct.length > MAX_LEVELS) return undefined;
  let gap = Number.POSITIVE_INFINITY;
  for (let i = 1; i < distinct.length; i++) gap = Math.min(gap, (distinct[i] as number) - (distinct[i - 1] as number));
  for (const step of [gap, gap / 2]) {
    // A least-squares refinement: the gap itself carries the rounding of two float32 values.
    const level = distinct.map((value) => Math.round(value / step));
    const square = level.reduce((sum, n) => sum + n * n, 0);
    const refined = distinct.reduce((sum, value, i) => sum + value * (level[i] as number), 0) / square;
    const off = distinct.some((value) => Math.abs(value / refined - Math.round(value / refined)) > 1e-2);
    if (!off && Math.max(...distinct.map(Math.abs)) / refined < MAX_LEVELS) return refined;
  }
  return undefined;
}

/**
 * Chooses the coding of an input from its samples: exact where they lie on a grid (images), else `bits` bits for the whole
 * tensor, or for each column of a table (two axes). The range is symmetric and rounded up to a power of two less one; off a grid it reaches
 * twice as far as the samples, since what comes later is seldom within them.
 */
export function codeInput(samples: readonly Tensor[], bits: number): InputCoding {
  const shape = samples[0]?.shape ?? [];
  const seen = new Set<number>();
  for (const { data } of samples) for (let i = 0; i < data.length && seen.size <= MAX_LEVELS; i++) seen.add(data[i] as number);
  const step = seen.size <= MAX_LEVELS ? gridStep([...seen]) : undefined;
  const top = (largest: number): number => 2 ** Math.ceil(Math.log2(largest + 1)) - 1;
  if (step !== undefined) {
    const reach = top(Math.max(1, ...[...seen].map((value) => Math.abs(Math.round(value / step)))));
    return { scale: step, range: { min: [...seen].some((value) => value < 0) ? -reach : 0, max: reach }, grid: true };
  }
  const levels = 2 ** (bits - 1) - 1;
  const range = { min: -2 * levels - 1, max: 2 * levels + 1 };
  if (shape.length !== 2) {
    let most = 0;
    for (const { data } of samples) for (const value of data) most = Math.max(most, Math.abs(value));
    return { scale: roundScale((most || 1) / levels), range };
  }
  const columns = shape[1] as number;
  const values = new Float64Array(columns);
  for (const { data } of samples)
    data.forEach((value, i) => {
      values[i % columns] = Math.max(values[i % columns] as number, Math.abs(value));
    }); // prettier-ignore
  return { scale: { axis: 1, values: values.map((most) => roundScale((most || 1) / levels)) }, range };
}

/**
 * The coding of an input whose range is told, `bits` bits for the whole of it (steps of 1 where `bits` is undefined: whole numbers). Both ends
 * are within it, and zero.
 */
export function rangeCoding(min: number, max: number, bits: number | undefined): InputCoding {
  const scale = bits === undefined ? 1 : roundScale(Math.max(Math.abs(min), Math.abs(max), 1e-30) / (2 ** (bits - 1) - 1));
  const range = { min: Math.min(0, Math.round(min / scale)), max: Math.max(0, Math.round(max / scale)) };
  return { scale, range, ...(bits === undefined ? { grid: true } : {}) };
}

/** The scale of position `i` of a tensor of `shape`. */
export function scaleAt(scale: Scale, shape: readonly number[], i: number): number {
  if (typeof scale === 'number') return scale;
  const inner = shape.slice(scale.axis + 1).reduce((product, length) => product * length, 1);
  return scale.values[Math.floor(i / inner) % (shape[scale.axis] as number)] as number;
}

/** Real numbers as integers of the coding. Values outside the range stay outside: evaluation refuses them by name. */
export function encodeInput(value: Tensor, scale: Scale): Int32Array {
  return Int32Array.from(value.data, (x, i) => {
    const level = Math.round(x / scaleAt(scale, value.shape, i));
    return Number.isFinite(level) ? Math.max(-(2 ** 30), Math.min(2 ** 30, level)) : 2 ** 30;
  });
}

/** Integers of a network's tensor as the reals they stand for. */
export const decodeOutput = (values: Int32Array, shape: readonly number[], scale: Scale): Float64Array =>
  Float64Array.from(values, (value, i) => value * scaleAt(scale, shape, i));
