// SPDX-License-Identifier: Apache-2.0
//
// Rounding: an accumulator goes through a lookup and becomes a committed tensor times a factor a channel.
import { invariant } from '../../../base/index.ts';
import { INTEGER_LIMIT, type Range, type TensorId } from '../../intGraph.ts';
import type { OpCall } from '../../ops/op.ts';
import type { QValue, Reals } from '../lowering.ts';
import { constantAlong } from '../reals.ts';
import { type Bounds, type Context, isScale, type Scaled, type ScaleTerm } from './context.ts';
import { accumulate, boundsOf, planned, roomyShift, scaleOf, scalesFor, signed, unsigned } from './scales.ts';

/** Sides on which the last level is no bound of the model's: what passes it is out of range, unless saturation is meant. */
export interface OpenSides {
  readonly low: boolean;
  readonly high: boolean;
}

/** Levels from lo to hi with room beyond, on the sides that are open. */
export function levelsBeyond(
  cx: Context,
  lo: number,
  hi: number,
  { low, high }: OpenSides,
  most = Number.POSITIVE_INFINITY,
): { lo: number; hi: number } {
  if (cx.beyond === undefined) return { lo, hi };
  const times = Math.min(cx.beyond, most);
  const wide = times * (hi + 1);
  return { lo: low ? Math.min(times * lo, -(hi + 1)) : lo, hi: high ? wide - 1 : hi };
}

/** The inputs that round to a level of [lo, hi], without a bound where the side is not open. */
export function roundedInto(shift: number, lo: number, hi: number, { low, high }: OpenSides): Range {
  const [unit, half] = [2 ** shift, shift === 0 ? 0 : 2 ** (shift - 1)];
  return { min: low ? lo * unit - half : -INTEGER_LIMIT, max: high ? (hi + 1) * unit - half - 1 : INTEGER_LIMIT };
}

const BOTH: OpenSides = { low: true, high: true };

/**
 * Requantises by lookup into levels of which [lo, hi] hold the samples, with the given columns (of a level, and the scale where it is one
 * for all); returns their tensors, the scales, and the levels there are.
 */
export function requantise(
  cx: Context,
  call: OpCall,
  x: QValue,
  bounds: Bounds,
  lo: number,
  hi: number,
  uniform: boolean,
  columns: (q: number, scale: number) => readonly number[],
  label: string,
  open = BOTH,
  most?: number,
): { tensors: TensorId[]; scales: Reals; lo: number; hi: number } {
  const plan = planned(cx, x, scalesFor(cx, x, bounds, lo, hi, uniform), hi, uniform);
  const { scales } = plan;
  const shift = roomyShift(cx, x, scales, plan.shift);
  const name = x.name.split('\u0000')[0] || call.node.name;
  const accumulator = accumulate(cx, name, x, scales, shift);
  const all = levelsBeyond(cx, lo, hi, open, most);
  const rows = Array.from({ length: all.hi - all.lo + 1 }, (_, i) => columns(all.lo + i, scales.data[0] as number));
  const width = rows[0]?.length ?? 1;
  const lists = Array.from({ length: width }, (_, column) => Int32Array.from(rows, (row) => row[column] as number));
  const rounds = roundedInto(shift, all.lo, all.hi, open);
  const tensors = cx.builder.lookup(
    name,
    { name: `${label} ${all.lo}..${all.hi} >> ${shift}`, shift, ...all, columns: lists },
    accumulator,
    [scaleOf(scales), scaleOf(scales)],
    cx.beyond === undefined ? undefined : rounds,
    rounds,
  );
  return { tensors, scales, ...all };
}

/** Whether every term is an integer tensor times factors and there is nothing else to round. */
export function isSettled(x: QValue): boolean {
  return x.terms.length > 0 && x.terms.every(isScale);
}

/**
 * `x` as one committed integer tensor times a factor a channel (or one for all). Rounds unless it is that already.
 * Remembered, so that all readers share it. `anew`: rounds even then.
 */
export function settle(cx: Context, call: OpCall, x: QValue, uniform = false, anew = false): QValue {
  const [only] = x.terms;
  if (
    !anew &&
    x.terms.length === 1 &&
    only !== undefined &&
    isScale(only) &&
    x.bias === undefined &&
    (!uniform || only.map.factors.data.length === 1)
  )
    return x;
  const known = cx.settled.get(x);
  if (known !== undefined && (!uniform || (known.terms[0] as ScaleTerm).map.factors.data.length === 1)) return known;
  const bounds = boundsOf(cx, x);
  const positive = bounds.min.every((value) => value >= 0);
  const { lo, hi } = positive ? unsigned(cx) : signed(cx);
  const { tensors, scales } = requantise(cx, call, x, bounds, lo, hi, uniform, (q) => [q], positive ? 'rectify' : 'round');
  const settled: QValue = {
    shape: x.shape,
    terms: [{ tensor: tensors[0] as TensorId, map: { kind: 'scale', factors: scales } }],
    bias: undefined,
    name: x.name,
  };
  cx.settled.set(x, settled);
  return settled;
}

/** One tensor and its factors. */
export function loneOf(cx: Context, call: OpCall, x: QValue, uniform: boolean): { tensor: TensorId; factors: Reals; value: QValue } {
  const value = settle(cx, call, x, uniform);
  const [term] = value.terms;
  invariant(term !== undefined && isScale(term), 'settled values are one scale term');
  return { tensor: term.tensor, factors: term.map.factors, value };
}

/** One factor for all, rounding again if need be. */
export function roundAgain(cx: Context, call: OpCall, x: QValue): QValue {
  const bounds = boundsOf(cx, x);
  const { lo, hi } = signed(cx);
  const { tensors, scales } = requantise(cx, call, x, bounds, lo, hi, true, (q) => [q], 'round');
  return {
    shape: x.shape,
    terms: [{ tensor: tensors[0] as TensorId, map: { kind: 'scale', factors: scales } }],
    bias: undefined,
    name: x.name,
  };
}

/** Whether integers much wider than an activation are among the terms (their multipliers would be small numbers). */
export function isWide(cx: Context, x: QValue): boolean {
  return x.terms.some((term) => {
    const { min, max } = cx.builder.tensor(term.tensor).range;
    return isScale(term) && max - min > 2 ** (cx.precision.bits + 3);
  });
}

/** Few enough integer values that comparing two of them is a small table. */
export function narrow(cx: Context, tensor: TensorId): boolean {
  const { min, max } = cx.builder.tensor(tensor).range;
  return max - min < 2 ** 13;
}

/**
 * A value as scale terms with factors constant along `axes`, rounding it if it is not so already. `weighted`: weights are
 * to multiply it, so integers much wider than an activation (sums, products) are rounded too: the weights that bring
 * them back to scale would be too small to be exact.
 */
export function scaledBy(cx: Context, call: OpCall, x: QValue, axes: readonly number[], weighted = false): Scaled {
  const limit = 2 ** (cx.precision.bits + 3);
  const fits = (value: QValue | Scaled): value is Scaled =>
    value.terms.every((term) => {
      const { min, max } = cx.builder.tensor(term.tensor).range;
      return isScale(term) && constantAlong(term.map.factors, axes) && (!weighted || max - min <= limit);
    });
  if (fits(x)) return x;
  const settled = settle(cx, call, x, false, true);
  if (fits(settled)) return settled;
  const uniform = settle(cx, call, x, true, true);
  invariant(fits(uniform), 'a uniform value has one factor');
  return uniform;
}

/** Factors that do not vary over positions, so that integers of one channel compare as the reals do. */
export function spatiallyUniform(cx: Context, call: OpCall, x: QValue): QValue {
  const lone = settle(cx, call, x);
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const fits = lone.terms.every(
    (term) => isScale(term) && constantAlong(term.map.factors, axes) && term.map.factors.data.every((f) => f > 0),
  );
  return fits && lone.terms.every((term) => narrow(cx, term.tensor)) ? lone : roundAgain(cx, call, x);
}
