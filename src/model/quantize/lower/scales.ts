// SPDX-License-Identifier: Apache-2.0
//
// How a real expression is rounded: the range it has, the scale that range asks for, and the integer accumulator in that scale.
import { invariant } from '../../../base/index.ts';
import { INTEGER_LIMIT, type LinearTerm, type Scale, type TensorId } from '../../intGraph.ts';
import { refuse } from '../../refuse.ts';
import { channelsOf, type Extremes } from '../calibrate.ts';
import type { QValue, Reals } from '../lowering.ts';
import { combine, compact, map, padded, roundScale } from '../reals.ts';
import { type Bounds, type Context, isScale, type ScaleTerm } from './context.ts';

/** The part of ±2^29 that an accumulator may fill: a table cut in two needs some beyond it (cut.ts). */
const ROOM = 0.75;
/** A layer's shift gives way no further than this. */
const LEAST_SHIFT = 6;
/** Integer weights beyond this are avoided: the kernels multiply 16-bit numbers. */
const WEIGHT_LIMIT = 32_767;
/** Samples fill this part of the levels: the rest is for inputs that go a little further, and for rounding. */
export const FILL = 0.85;
/** What a rectifier drops may reach this many times as far as what it keeps, before the scale grows for it. */
export const BELOW = 1;
/** A quiet channel's scale is at least this part of its layer's largest: its weights would grow without use. */
const QUIET = 1 / 8;
/** A multiplier of a wide tensor is at least this, so that rounding it changes it by at most a sixty-fourth. */
const FINE = 32;

export const signed = (cx: Context): { lo: number; hi: number } => ({
  lo: -(2 ** (cx.precision.bits - 1)),
  hi: 2 ** (cx.precision.bits - 1) - 1,
});

export const unsigned = (cx: Context): { lo: number; hi: number } => ({ lo: 0, hi: 2 ** cx.precision.bits - 1 });

/** Bounds a channel: calibrated where the value is one of the graph's, else by interval arithmetic over its terms. */
export function boundsOf(cx: Context, x: QValue): Bounds {
  const seen: Extremes | undefined = x.name === '' ? undefined : cx.calibration.extremes.get(x.name);
  const channels = channelsOf(x.shape);
  if (seen !== undefined && seen.min.length === channels) return seen;
  const bias = x.bias === undefined ? [0] : [...x.bias.data];
  let [min, max] = [Math.min(...bias.slice(0, 65536)), Math.max(...bias.slice(0, 65536))];
  for (const { tensor, map: own } of x.terms) {
    const { range } = cx.builder.tensor(tensor);
    if (own.kind === 'scale') {
      const corners = [...own.factors.data].flatMap((f) => [f * range.min, f * range.max]);
      min += corners.reduce((a, b) => Math.min(a, b));
      max += corners.reduce((a, b) => Math.max(a, b));
    } else {
      const rows = own.weights.shape[0] as number;
      const width = own.weights.data.length / rows;
      let most = 0;
      for (let row = 0; row < rows; row++)
        most = Math.max(
          most,
          own.weights.data.subarray(row * width, (row + 1) * width).reduce((sum, w) => sum + Math.abs(w), 0),
        );
      const reach = most * Math.max(Math.abs(range.min), Math.abs(range.max));
      min -= reach;
      max += reach;
    }
  }
  return { min: new Float64Array(channels).fill(min), max: new Float64Array(channels).fill(max) };
}

/** Whether a scale a channel cannot fold into a weighted term: a dense map over a sequence has its rows along the last axis, not the second. */
const isRowless = (x: QValue): boolean => x.shape.length !== 2 && x.terms.some((term) => term.map.kind === 'dense');

/** One scale a channel (or one for all) so that `bounds` fills [lo, hi] levels. */
export function scalesFor(cx: Context, x: QValue, bounds: Bounds, lo: number, hi: number, alike: boolean): Reals {
  const uniform = alike || isRowless(x);
  // Where only one sign is kept, the other still has to fit the table.
  const wanted = bounds.max.map((max, c) => Math.max(max / hi, (bounds.min[c] as number) / (lo < 0 ? lo : -hi * BELOW)) / FILL);
  const largest = wanted.reduce((a, b) => Math.max(a, b), 0) || 1;
  const rank = x.shape.length;
  const shape = x.shape.map((_, axis) => (axis === 1 && !uniform && rank >= 2 ? wanted.length : 1));
  const chosen = uniform || rank < 2 ? Float64Array.of(largest) : wanted.map((scale) => Math.max(scale, largest * QUIET));
  // Weights must stay in 16 bits: where a channel's would not, its scale grows.
  const data = chosen.map((scale, c) => Math.max(scale, heaviest(cx, x, uniform || rank < 2 ? undefined : c) / WEIGHT_LIMIT));
  return compact({ shape: data.length === 1 ? x.shape.map(() => 1) : shape, data: data.map(roundScale) });
}

/** Largest |real coefficient| · 2^shift that the rounding of `x` would see, in channel `c` or all. */
function heaviest(cx: Context, x: QValue, c: number | undefined): number {
  let most = 0;
  for (const { map: own } of x.terms) {
    if (own.kind === 'scale') {
      const { factors } = own;
      const perChannel = factors.data.length > 1 && factors.shape[1] === factors.data.length && c !== undefined;
      most = perChannel
        ? Math.max(most, Math.abs(factors.data[c] as number))
        : factors.data.reduce((a, b) => Math.max(a, Math.abs(b)), most);
    } else {
      const rows = own.weights.shape[0] as number;
      const width = own.weights.data.length / rows;
      const lane = own.kind === 'dense' && x.shape.length !== 2 ? undefined : c;
      const part = lane === undefined ? own.weights.data : own.weights.data.subarray(lane * width, (lane + 1) * width);
      for (const w of part) most = Math.max(most, Math.abs(w));
    }
  }
  return most * 2 ** cx.precision.shift;
}

/** The integer accumulator of `x` in units of scales / 2^shift. */
export function accumulate(cx: Context, name: string, x: QValue, scales: Reals, shift: number): TensorId {
  const { terms, bias } = rounded(x, scales, shift);
  if (bias?.data.some((value) => Math.abs(value) >= INTEGER_LIMIT))
    refuse('model/not-quantizable', { node: name, op: 'bias', reason: 'it leaves ±2^29' });
  if (x.terms.length > 0 && x.terms.every((term, at) => isScale(term) && isLost(cx, term, terms[at] as LinearTerm, scales)))
    refuse('model/not-quantizable', { node: name, op: 'accumulator', reason: 'every multiplier rounds to nothing; use another shift' });
  const unit = scaleOf(map(scales, (scale) => scale / 2 ** shift));
  return cx.builder.linear(name, terms, bias ? Int32Array.from(bias.data) : new Int32Array(), bias?.shape ?? [], x.shape, unit);
}

/** Whether a term that moves the result by a level or more has no multiplier left. */
function isLost(cx: Context, { tensor, map: { factors } }: ScaleTerm, { map: whole }: LinearTerm, scales: Reals): boolean {
  if (whole.op !== 'scale' || whole.factors.some((factor) => factor !== 0)) return false;
  const { min, max } = cx.builder.tensor(tensor).range;
  const largest = (data: Float64Array, f: (a: number, b: number) => number): number =>
    data.reduce((a, b) => f(a, Math.abs(b)), Math.abs(data[0] ?? 0));
  return largest(factors.data, Math.max) * Math.max(-min, max) >= largest(scales.data, Math.min);
}

/** The terms and the bias of `x` as whole numbers in units of scales / 2^shift. */
function rounded(x: QValue, scales: Reals, shift: number): { terms: LinearTerm[]; bias: Reals | undefined } {
  const unit = map(scales, (scale) => scale / 2 ** shift);
  const terms = x.terms.map((term): LinearTerm => {
    if (term.map.kind === 'scale') {
      const factors = compact(combine(padded(term.map.factors, x.shape.length), unit, (f, u) => Math.round(f / u) + 0));
      return { input: term.tensor, map: { op: 'scale', factors: Int32Array.from(factors.data), factorShape: factors.shape } };
    }
    const { weights } = term.map;
    const rows = weights.shape[0] as number;
    const width = weights.data.length / rows;
    // Rows are the output's channel axis (conv) or last axis (dense); unit varies along axis 1 or not at all.
    const perRow = unit.data.length === rows && (term.map.kind === 'conv' || x.shape.length === 2);
    invariant(unit.data.length === 1 || perRow, 'scales follow the rows of the weights');
    const whole = Int32Array.from(weights.data, (w, i) => Math.round(w / (unit.data[perRow ? Math.floor(i / width) : 0] as number)));
    if (term.map.kind === 'dense') return { input: term.tensor, map: { op: 'dense', weights: whole, weightShape: [rows, width] } };
    const { strides, padsBefore, dilations } = term.map.geometry;
    return {
      input: term.tensor,
      map: { op: 'conv', weights: whole, weightShape: weights.shape, strides, padsBefore, dilations, group: term.map.group },
    };
  });
  return { terms, bias: x.bias && compact(combine(padded(x.bias, x.shape.length), unit, (b, u) => Math.round(b / u) + 0)) };
}

/**
 * The largest shift up to `shift` at which the accumulator of `x` stays inside ±2^29 with room for its table: a layer with very many or
 * very unequal inputs gives up some of its weights' bits, and the others keep theirs. Where nothing is weighted the shift stays: it is what
 * makes a multiplier a whole number ({@link planned}), and at a smaller one it could round to nothing.
 */
export function roomyShift(cx: Context, x: QValue, scales: Reals, shift: number): number {
  if (x.terms.every(isScale)) return shift;
  const limit = ROOM * INTEGER_LIMIT;
  const fits = (own: number): boolean => {
    const { terms, bias } = rounded(x, scales, own);
    if (bias?.data.some((value) => Math.abs(value) >= limit)) return false;
    const { min, max } = cx.builder.rangeOf(terms, Int32Array.from(bias?.data ?? []), bias?.shape ?? [], x.shape);
    return min > -limit && max < limit;
  };
  let own = shift;
  while (own > LEAST_SHIFT && !fits(own)) own--;
  return own;
}

/** As a wire carries it. Factors that vary along two axes have no such form: 1, and the factors live in what reads it. */
export function scaleOf(scales: Reals): Scale {
  const axis = scales.shape.findIndex((length) => length > 1);
  if (axis < 0) return scales.data[0] as number;
  return scales.shape[axis] === scales.data.length ? { axis, values: scales.data } : 1;
}

/**
 * The shift for a sum of several tensors: larger where one of them is a product or a sum of many, whose multiplier would else be
 * too small a number to round (a quarter of all of it at 2).
 */
export function finer(cx: Context, x: QValue, wanted: Reals): number {
  const { shift } = cx.precision;
  const rank = x.shape.length;
  let [least, reach] = [Number.POSITIVE_INFINITY, 0];
  for (const { tensor, map: own } of x.terms.filter(isScale)) {
    const { min, max } = cx.builder.tensor(tensor).range;
    const parts = combine(padded(own.factors, rank), wanted, (factor, scale) => (Math.abs(factor) * 2 ** shift) / scale).data;
    reach += parts.reduce((a, b) => Math.max(a, b), 0) * Math.max(-min, max);
    if (max - min > 2 ** (cx.precision.bits + 3)) least = parts.reduce((a, b) => (b > 0 ? Math.min(a, b) : a), least);
  }
  if (least >= FINE) return shift;
  // No further than accumulator and table, two bits past the levels, have room together, and a table of two limbs has rows.
  const room = Math.floor(Math.log2(INTEGER_LIMIT / (reach + 2 ** (cx.precision.bits + 2 + shift))));
  return Math.max(shift, Math.min(shift + Math.ceil(Math.log2(FINE / least)), shift + room, 18));
}

/** Whether integers are so wide (products of many bits) that four of them, added up, leave no room for multipliers of {@link FINE}. */
export const isCrowded = (cx: Context, x: QValue): boolean =>
  x.terms.some((term) => {
    const { min, max } = cx.builder.tensor(term.tensor).range;
    return isScale(term) && 4 * FINE * (max - min) > ROOM * INTEGER_LIMIT;
  });

/**
 * Scale and shift of a requantisation. A lone integer tensor that is much wider than an activation (a product, a sum) has
 * a multiplier too small to round: its scales move up to where the multiplier is a whole number, and a tensor of one
 * factor takes a larger shift first.
 */
export function planned(cx: Context, x: QValue, wanted: Reals, hi: number, uniform: boolean): { scales: Reals; shift: number } {
  let shift = cx.precision.shift;
  const [term] = x.terms;
  if (x.terms.length > 1 && x.terms.every(isScale)) return { scales: wanted, shift: finer(cx, x, wanted) };
  if (x.terms.length !== 1 || term === undefined || !isScale(term)) return { scales: wanted, shift };
  const factors = padded(term.map.factors, x.shape.length);
  const scales = combine(
    wanted,
    map(factors, () => 1),
    (scale) => scale,
  );
  const axes = scales.shape.flatMap((length, axis) => (length > 1 && axis !== 1 ? [axis] : []));
  if (axes.length > 0 || (uniform && factors.data.length > 1)) return { scales: wanted, shift };
  const least = (): number =>
    combine(scales, factors, (scale, factor) => (Math.abs(factor) * 2 ** shift) / scale).data.reduce((a, b) => Math.min(a, b));
  while (scales.data.length === 1 && least() < 64 && hi * 2 ** (shift + 1) <= 2 ** 20) shift++;
  // Below 1 there is no multiplier at all at this shift.
  while (least() > 0 && least() < 1 && shift < 24) shift++;
  if (least() >= 64 || least() === 0) return { scales: wanted, shift };
  const exact = combine(scales, factors, (scale, factor) => {
    const unit = Math.abs(factor) * 2 ** shift;
    return unit / Math.max(1, Math.floor(unit / scale));
  });
  return { scales: exact, shift };
}
