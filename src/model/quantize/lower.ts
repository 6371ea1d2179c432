// SPDX-License-Identifier: Apache-2.0
//
// Lowering: the real linear expressions of lowering.ts become integer maps and lookups. This is where numbers are rounded.
// Longer than 400 lines because its steps are one class over one builder: each is short, and all share how scales are chosen.
import { invariant } from '../../base/index.ts';
import type { LinearMap, LinearTerm, Scale, TensorId } from '../intGraph.ts';
import { convolve } from '../ops/conv.ts';
import type { Interval, OpCall } from '../ops/op.ts';
import { refuse } from '../refuse.ts';
import { broadcastShapes, broadcastTo, sameShape, sizeOf } from '../tensor.ts';
import { type Calibration, channelsOf, type Extremes } from './calibrate.ts';
import type { IntBuilder } from './intBuilder.ts';
import type { Geometry, Lowering, QTerm, QValue, Reals } from './lowering.ts';
import {
  combine,
  compact,
  constantAlong,
  expanded,
  map,
  padded,
  placedReals,
  real,
  restructured,
  roundScale,
  slicedReals,
  transposedReals,
} from './reals.ts';

export interface Precision {
  /** Bits of an activation, 4 to 12. */
  readonly bits: number;
  /** The shift all layers requantise by. */
  readonly shift: number;
}

/** Integer weights beyond this are avoided: the kernels multiply 16-bit numbers. */
const WEIGHT_LIMIT = 32_767;
/** Samples fill this part of the levels: the rest is for inputs that go a little further, and for rounding. */
const FILL = 0.85;
/** What a rectifier drops may reach this many times as far as what it keeps, before the scale grows for it. */
const BELOW = 1;
/** A quiet channel's scale is at least this part of its layer's largest: its weights would grow without use. */
const QUIET = 1 / 8;

interface ScaleTerm {
  readonly tensor: TensorId;
  readonly map: { readonly kind: 'scale'; readonly factors: Reals };
}
type Scaled = Omit<QValue, 'terms'> & { readonly terms: readonly ScaleTerm[] };
const isScale = (term: QTerm): term is ScaleTerm => term.map.kind === 'scale';

/** Range of a value a channel, as the numbers a scale is chosen from. */
interface Bounds {
  readonly min: Float64Array;
  readonly max: Float64Array;
}

const clampTo = (bounds: Bounds, lo: number, hi: number): Bounds => ({
  min: bounds.min.map((value) => Math.min(hi, Math.max(lo, value))),
  max: bounds.max.map((value) => Math.min(hi, Math.max(lo, value))),
});

export class Lowerer implements Lowering {
  readonly #builder: IntBuilder;
  readonly #calibration: Calibration;
  readonly #precision: Precision;
  readonly #settled = new WeakMap<QValue, QValue>();

  constructor(builder: IntBuilder, calibration: Calibration, precision: Precision) {
    this.#builder = builder;
    this.#calibration = calibration;
    this.#precision = precision;
  }

  refuse(call: OpCall, reason: string): never {
    return refuse('model/not-quantizable', { node: call.node.name, op: call.node.op, reason });
  }

  constantOf(value: QValue): Reals | undefined {
    if (value.terms.length > 0) return undefined;
    const full = value.bias === undefined ? { shape: [], data: Float64Array.of(0) } : value.bias;
    return expanded(padded(full, value.shape.length), value.shape);
  }

  fromConstant(name: string, reals: Reals): QValue {
    return { shape: reals.shape, terms: [], bias: reals, name };
  }

  // ---- exact steps -------------------------------------------------------------------------------------------------

  add(call: OpCall, a: QValue, b: QValue): QValue {
    const shape = broadcastShapes(a.shape, b.shape) ?? this.refuse(call, 'the shapes do not broadcast');
    const left = a.terms.length === 0 || sameShape(a.shape, shape) ? a : this.expand(call, a, shape);
    const right = b.terms.length === 0 || sameShape(b.shape, shape) ? b : this.expand(call, b, shape);
    const bias =
      left.bias === undefined
        ? right.bias
        : right.bias === undefined
          ? left.bias
          : combine(padded(left.bias, shape.length), padded(right.bias, shape.length), (x, y) => x + y);
    return { shape, terms: this.#merged([...left.terms, ...right.terms]), bias: bias && padded(bias, shape.length), name: '' };
  }

  /** Scale terms of one tensor are one term. */
  #merged(terms: readonly QTerm[]): QTerm[] {
    const out: QTerm[] = [];
    for (const term of terms) {
      const at = out.findIndex((other) => other.tensor === term.tensor && isScale(other) && isScale(term));
      const other = out[at];
      if (other !== undefined && isScale(other) && isScale(term))
        out[at] = { tensor: term.tensor, map: { kind: 'scale', factors: combine(other.map.factors, term.map.factors, (x, y) => x + y) } };
      else out.push(term);
    }
    return out;
  }

  scale(call: OpCall, x: QValue, factors: Reals): QValue {
    const shape = broadcastShapes(x.shape, factors.shape) ?? this.refuse(call, 'the shapes do not broadcast');
    const base = x.terms.length === 0 || sameShape(x.shape, shape) ? x : this.expand(call, x, shape);
    const by = compact(padded(factors, shape.length));
    const positions = shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    if (!constantAlong(by, positions) && this.#isWide(x))
      return this.scale(call, this.settle(call, { ...base, shape }, false, true), factors);
    const bias = base.bias && combine(padded(base.bias, shape.length), by, (a, b) => a * b);
    // A weighted map absorbs factors along its own output axis only.
    const absorbed = base.terms.every((term) => isScale(term) || this.#absorbs(term, by, shape));
    if (!absorbed) return this.scale(call, this.settle(call, { ...base, shape }), factors);
    const terms = base.terms.map((term): QTerm => {
      if (isScale(term)) return { tensor: term.tensor, map: { kind: 'scale', factors: combine(term.map.factors, by, (a, b) => a * b) } };
      const { weights } = term.map as { weights: Reals };
      const rows = weights.shape[0] as number;
      const width = weights.data.length / rows;
      const scaled = {
        shape: weights.shape,
        data: weights.data.map((w, i) => w * (by.data[by.data.length === 1 ? 0 : Math.floor(i / width)] as number)),
      };
      return { tensor: term.tensor, map: { ...term.map, weights: scaled } as QTerm['map'] };
    });
    return { shape, terms, bias, name: '' };
  }

  #absorbs(term: QTerm, by: Reals, shape: readonly number[]): boolean {
    const axis = term.map.kind === 'conv' ? 1 : shape.length - 1;
    return by.shape.every((length, at) => at === axis || length === 1);
  }

  /**
   * A value as scale terms with factors constant along `axes`, rounding it if it is not so already. `weighted`: weights are
   * to multiply it, so integers much wider than an activation (sums, products) are rounded too: the weights that bring
   * them back to scale would be too small to be exact.
   */
  #scaled(call: OpCall, x: QValue, axes: readonly number[], weighted = false): Scaled {
    const limit = 2 ** (this.#precision.bits + 3);
    const fits = (value: QValue | Scaled): value is Scaled =>
      value.terms.every((term) => {
        const { min, max } = this.#builder.tensor(term.tensor).range;
        return isScale(term) && constantAlong(term.map.factors, axes) && (!weighted || max - min <= limit);
      });
    if (fits(x)) return x;
    const settled = this.settle(call, x, false, true);
    if (fits(settled)) return settled;
    const uniform = this.settle(call, x, true, true);
    invariant(fits(uniform), 'a uniform value has one factor');
    return uniform;
  }

  conv(call: OpCall, x: QValue, weights: Reals, geometry: Geometry, group: number): QValue {
    const spatial = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    const base = this.#scaled(call, x, spatial, true);
    const [filters, perGroup] = weights.shape as [number, number];
    const width = weights.data.length / filters / perGroup;
    const terms = base.terms.map((term): QTerm => {
      const { factors } = term.map;
      const factor = (channel: number): number => factors.data[factors.data.length === 1 ? 0 : channel] as number;
      const data = weights.data.map((w, i) => {
        const filter = Math.floor(i / (perGroup * width));
        const channel = Math.floor(filter / (filters / group)) * perGroup + (Math.floor(i / width) % perGroup);
        return w * factor(channel);
      });
      return { tensor: term.tensor, map: { kind: 'conv', weights: { shape: weights.shape, data }, geometry, group } };
    });
    const shape = [x.shape[0] as number, filters, ...geometry.out];
    const frame = { ...geometry, padsAfter: geometry.padsBefore };
    const bias =
      base.bias &&
      compact({
        shape,
        data: convolve(
          { dtype: 'float64', ...expanded(padded(base.bias, x.shape.length), x.shape) },
          { dtype: 'float64', ...weights },
          undefined,
          { frame, group, shape },
        ),
      });
    return { shape, terms, bias, name: '' };
  }

  dense(call: OpCall, x: QValue, weights: Reals): QValue {
    const [outputs, inputs] = weights.shape as [number, number];
    const rank = x.shape.length;
    const base = this.#scaled(call, x, x.shape.map((_, axis) => axis).slice(0, -1), true);
    const terms = base.terms.map((term): QTerm => {
      const { factors } = term.map;
      const data = weights.data.map((w, i) => w * (factors.data[factors.data.length === 1 ? 0 : i % inputs] as number));
      return { tensor: term.tensor, map: { kind: 'dense', weights: { shape: weights.shape, data } } };
    });
    const shape = [...x.shape.slice(0, -1), outputs];
    if (base.bias === undefined) return { shape, terms, bias: undefined, name: '' };
    const full = expanded(padded(base.bias, rank), x.shape);
    const out = new Float64Array(sizeOf(shape));
    for (let o = 0; o < out.length; o++) {
      const row = Math.floor(o / outputs);
      let sum = 0;
      for (let i = 0; i < inputs; i++)
        sum += (weights.data[(o % outputs) * inputs + i] as number) * (full.data[row * inputs + i] as number);
      out[o] = sum;
    }
    return { shape, terms, bias: compact({ shape, data: out }), name: '' };
  }

  /** Applies one structural map to every term and to the bias; weighted terms are rounded first. */
  #structure(
    call: OpCall,
    x: QValue,
    shape: readonly number[],
    map_: LinearMap,
    reals: (full: Reals) => Reals,
    biasReals: (full: Reals) => Reals = reals,
  ): QValue {
    const base = x.terms.every(isScale) ? x : this.settle(call, x);
    const terms = base.terms.map((term): QTerm => {
      invariant(isScale(term), 'settled values are scale terms');
      const factors = restructured(term.map.factors, base.shape, reals);
      const tensor = this.#builder.single(call.node.name, { input: term.tensor, map: map_ }, shape, this.#scaleOf(factors));
      return { tensor, map: { kind: 'scale', factors } };
    });
    return { shape, terms, bias: base.bias && restructured(base.bias, base.shape, biasReals), name: '' };
  }

  reshape(call: OpCall, x: QValue, shape: readonly number[]): QValue {
    if (sameShape(x.shape, shape)) return x;
    return this.#structure(call, x, shape, { op: 'reshape' }, (full) => ({ shape, data: full.data }));
  }

  transpose(call: OpCall, x: QValue, perm: readonly number[]): QValue {
    const shape = perm.map((axis) => x.shape[axis] as number);
    return this.#structure(call, x, shape, { op: 'transpose', perm }, (full) => transposedReals(full, perm));
  }

  slice(call: OpCall, x: QValue, starts: readonly number[], steps: readonly number[], shape: readonly number[]): QValue {
    if (sameShape(x.shape, shape) && steps.every((step) => step === 1)) return x;
    return this.#structure(call, x, shape, { op: 'slice', starts, steps }, (full) => slicedReals(full, starts, steps, shape));
  }

  place(call: OpCall, x: QValue, starts: readonly number[], shape: readonly number[]): QValue {
    if (sameShape(x.shape, shape)) return x;
    return this.#structure(call, x, shape, { op: 'place', starts }, (full) => placedReals(full, starts, shape));
  }

  expand(call: OpCall, x: QValue, shape: readonly number[]): QValue {
    if (sameShape(x.shape, shape)) return x;
    const lifted = this.reshape(call, x, [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape]);
    if (sameShape(lifted.shape, shape)) return lifted;
    return this.#structure(call, lifted, shape, { op: 'expand' }, (full) => ({
      shape,
      data: broadcastTo({ dtype: 'float64', ...full }, shape).data,
    }));
  }

  reduceSum(call: OpCall, x: QValue, axes: readonly number[]): QValue {
    if (axes.length === 0) return x;
    const base = this.#scaled(call, x, axes);
    const shape = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
    const count = sizeOf(x.shape) / sizeOf(shape);
    const terms = base.terms.map(
      (term): QTerm => ({
        tensor: this.#builder.single(
          call.node.name,
          { input: term.tensor, map: { op: 'reduce', axes } },
          shape,
          this.#scaleOf(term.map.factors),
        ),
        map: term.map,
      }),
    );
    const summed = (full: Reals): Reals => {
      const out = new Float64Array(sizeOf(shape));
      const ones = { shape: x.shape, data: full.data };
      const strides = shape.map((length) => length);
      invariant(strides.length === x.shape.length, 'reduceSum keeps the rank');
      let position = 0;
      const index = x.shape.map(() => 0);
      for (; position < ones.data.length; position++) {
        let at = 0;
        shape.forEach((length, axis) => {
          at = at * length + (length === 1 ? 0 : (index[axis] as number));
        });
        out[at] = (out[at] as number) + (ones.data[position] as number);
        for (let axis = index.length - 1; axis >= 0; axis--) {
          index[axis] = (index[axis] as number) + 1;
          if ((index[axis] as number) < (x.shape[axis] as number)) break;
          index[axis] = 0;
        }
      }
      return { shape, data: out };
    };
    invariant(count >= 1, 'reduceSum of something');
    return { shape, terms, bias: base.bias && compact(summed(expanded(padded(base.bias, x.shape.length), x.shape))), name: '' };
  }

  sumPool(call: OpCall, x: QValue, geometry: Geometry): QValue {
    const spatial = x.shape.map((_, axis) => axis).slice(2);
    const base = this.#scaled(call, x, spatial);
    const shape = [...x.shape.slice(0, 2), ...geometry.out];
    const { kernel, strides, padsBefore, dilations } = geometry;
    const terms = base.terms.map(
      (term): QTerm => ({
        tensor: this.#builder.single(
          call.node.name,
          { input: term.tensor, map: { op: 'sumPool', kernel, strides, padsBefore, dilations } },
          shape,
          this.#scaleOf(term.map.factors),
        ),
        map: term.map,
      }),
    );
    if (base.bias === undefined) return { shape, terms, bias: undefined, name: '' };
    const channels = x.shape[1] as number;
    const ones = { dtype: 'float64' as const, shape: [channels, 1, ...kernel], data: new Float64Array(channels * sizeOf(kernel)).fill(1) };
    const full = { dtype: 'float64' as const, ...expanded(padded(base.bias, x.shape.length), x.shape) };
    const bias = convolve(full, ones, undefined, { frame: { ...geometry, padsAfter: padsBefore }, group: channels, shape });
    return { shape, terms, bias: compact({ shape, data: bias }), name: '' };
  }

  // ---- rounding ----------------------------------------------------------------------------------------------------

  /** Bounds a channel: calibrated where the value is one of the graph's, else by interval arithmetic over its terms. */
  #bounds(x: QValue): Bounds {
    const seen: Extremes | undefined = x.name === '' ? undefined : this.#calibration.extremes.get(x.name);
    const channels = channelsOf(x.shape);
    if (seen !== undefined && seen.min.length === channels) return seen;
    const bias = x.bias === undefined ? [0] : [...x.bias.data];
    let [min, max] = [Math.min(...bias.slice(0, 65536)), Math.max(...bias.slice(0, 65536))];
    for (const { tensor, map: own } of x.terms) {
      const { range } = this.#builder.tensor(tensor);
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

  /** One scale a channel (or one for all) so that `bounds` fills [lo, hi] levels. */
  #scales(x: QValue, bounds: Bounds, lo: number, hi: number, uniform: boolean): Reals {
    // Where only one sign is kept, the other still has to fit the table.
    const wanted = bounds.max.map((max, c) => Math.max(max / hi, (bounds.min[c] as number) / (lo < 0 ? lo : -hi * BELOW)) / FILL);
    const largest = wanted.reduce((a, b) => Math.max(a, b), 0) || 1;
    const rank = x.shape.length;
    const shape = x.shape.map((_, axis) => (axis === 1 && !uniform && rank >= 2 ? wanted.length : 1));
    const chosen = uniform || rank < 2 ? Float64Array.of(largest) : wanted.map((scale) => Math.max(scale, largest * QUIET));
    // Weights must stay in 16 bits: where a channel's would not, its scale grows.
    const data = chosen.map((scale, c) => Math.max(scale, this.#heaviest(x, uniform || rank < 2 ? undefined : c) / WEIGHT_LIMIT));
    return compact({ shape: data.length === 1 ? x.shape.map(() => 1) : shape, data: data.map(roundScale) });
  }

  /** Largest |real coefficient| · 2^shift that the rounding of `x` would see, in channel `c` or all. */
  #heaviest(x: QValue, c: number | undefined): number {
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
    return most * 2 ** this.#precision.shift;
  }

  /** The integer accumulator of `x` in units of scales / 2^shift. */
  #accumulate(name: string, x: QValue, scales: Reals, shift: number): TensorId {
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
      const rounded = Int32Array.from(weights.data, (w, i) => Math.round(w / (unit.data[perRow ? Math.floor(i / width) : 0] as number)));
      if (term.map.kind === 'dense') return { input: term.tensor, map: { op: 'dense', weights: rounded, weightShape: [rows, width] } };
      const { strides, padsBefore, dilations } = term.map.geometry;
      return {
        input: term.tensor,
        map: { op: 'conv', weights: rounded, weightShape: weights.shape, strides, padsBefore, dilations, group: term.map.group },
      };
    });
    const bias = x.bias && compact(combine(padded(x.bias, x.shape.length), unit, (b, u) => Math.round(b / u) + 0));
    if (bias?.data.some((value) => Math.abs(value) >= 2 ** 29))
      refuse('model/not-quantizable', { node: name, op: 'bias', reason: 'it leaves ±2^29' });
    return this.#builder.linear(
      name,
      terms,
      bias ? Int32Array.from(bias.data) : new Int32Array(),
      bias?.shape ?? [],
      x.shape,
      this.#scaleOf(unit),
    );
  }

  /** As a wire carries it. Factors that vary along two axes have no such form: 1, and the factors live in what reads it. */
  #scaleOf(scales: Reals): Scale {
    const axis = scales.shape.findIndex((length) => length > 1);
    if (axis < 0) return scales.data[0] as number;
    return scales.shape[axis] === scales.data.length ? { axis, values: scales.data } : 1;
  }

  /**
   * Scale and shift of a requantisation. A lone integer tensor that is much wider than an activation (a product, a sum) has
   * a multiplier too small to round: its scales move up to where the multiplier is a whole number, and a tensor of one
   * factor takes a larger shift first.
   */
  #plan(x: QValue, wanted: Reals, hi: number, uniform: boolean): { scales: Reals; shift: number } {
    let shift = this.#precision.shift;
    const [term] = x.terms;
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

  /** Requantises by lookup into [lo, hi] levels with the given columns; returns their tensors and the scales. */
  #requantise(
    call: OpCall,
    x: QValue,
    bounds: Bounds,
    lo: number,
    hi: number,
    uniform: boolean,
    columns: (q: number) => readonly number[],
    label: string,
  ): { tensors: TensorId[]; scales: Reals } {
    const { scales, shift } = this.#plan(x, this.#scales(x, bounds, lo, hi, uniform), hi, uniform);
    const name = x.name.split('\u0000')[0] || call.node.name;
    const accumulator = this.#accumulate(name, x, scales, shift);
    const rows = Array.from({ length: hi - lo + 1 }, (_, i) => columns(lo + i));
    const width = rows[0]?.length ?? 1;
    const lists = Array.from({ length: width }, (_, column) => Int32Array.from(rows, (row) => row[column] as number));
    const tensors = this.#builder.lookup(name, { name: `${label} ${lo}..${hi} >> ${shift}`, shift, lo, hi, columns: lists }, accumulator, [
      this.#scaleOf(scales),
      this.#scaleOf(scales),
    ]);
    return { tensors, scales };
  }

  get #signed(): { lo: number; hi: number } {
    return { lo: -(2 ** (this.#precision.bits - 1)), hi: 2 ** (this.#precision.bits - 1) - 1 };
  }

  get #unsigned(): { lo: number; hi: number } {
    return { lo: 0, hi: 2 ** this.#precision.bits - 1 };
  }

  /** Whether every term is an integer tensor times factors and there is nothing else to round. */
  isSettled(x: QValue): boolean {
    return x.terms.length > 0 && x.terms.every(isScale);
  }

  /**
   * `x` as one committed integer tensor times a factor a channel (or one for all). Rounds unless it is that already.
   * Remembered, so that all readers share it. `anew`: rounds even then.
   */
  settle(call: OpCall, x: QValue, uniform = false, anew = false): QValue {
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
    const known = this.#settled.get(x);
    if (known !== undefined && (!uniform || (known.terms[0] as ScaleTerm).map.factors.data.length === 1)) return known;
    const bounds = this.#bounds(x);
    const positive = bounds.min.every((value) => value >= 0);
    const { lo, hi } = positive ? this.#unsigned : this.#signed;
    const { tensors, scales } = this.#requantise(call, x, bounds, lo, hi, uniform, (q) => [q], positive ? 'rectify' : 'round');
    const settled: QValue = {
      shape: x.shape,
      terms: [{ tensor: tensors[0] as TensorId, map: { kind: 'scale', factors: scales } }],
      bias: undefined,
      name: x.name,
    };
    this.#settled.set(x, settled);
    return settled;
  }

  /** One tensor and its factors. */
  #lone(call: OpCall, x: QValue, uniform: boolean): { tensor: TensorId; factors: Reals; value: QValue } {
    const value = this.settle(call, x, uniform);
    const [term] = value.terms;
    invariant(term !== undefined && isScale(term), 'settled values are one scale term');
    return { tensor: term.tensor, factors: term.map.factors, value };
  }

  clamp(call: OpCall, x: QValue, lo: number, hi: number): QValue {
    const raw = this.#bounds(x);
    const bounds = clampTo(raw, lo, hi);
    const positive = lo >= 0;
    const levels = positive ? this.#unsigned : this.#signed;
    // A finite bound is a level of a uniform scale, so that the clamp is the table's own; else saturation is the clamp.
    const top = bounds.max.reduce((a, b) => Math.max(a, b));
    const least = bounds.min.reduce((a, b) => Math.min(a, b));
    const tight = (hi !== Number.POSITIVE_INFINITY && top >= hi) || (lo !== Number.NEGATIVE_INFINITY && lo !== 0 && least <= lo);
    if (!tight) {
      const { tensors, scales } = this.#requantise(
        call,
        x,
        { min: raw.min, max: bounds.max },
        levels.lo,
        levels.hi,
        false,
        (q) => [q],
        positive ? 'rectify' : 'round',
      );
      return {
        shape: x.shape,
        terms: [{ tensor: tensors[0] as TensorId, map: { kind: 'scale', factors: scales } }],
        bias: undefined,
        name: '',
      };
    }
    // Channels that reach a bound share the scale that puts it on the last level; quieter ones have their own.
    const reach = Math.max(
      hi !== Number.POSITIVE_INFINITY && levels.hi > 0 ? hi / levels.hi : 0,
      lo !== Number.NEGATIVE_INFINITY && levels.lo < 0 ? lo / levels.lo : 0,
    );
    const limited: Bounds = {
      min: raw.min.map((v) => Math.max(v, (levels.lo < 0 ? levels.lo : -levels.hi * BELOW) * reach) * FILL),
      max: bounds.max.map((v) => Math.min(v, levels.hi * reach) * FILL),
    };
    const oneSided = lo === 0 || (lo < 0 && hi > 0 && Math.abs(lo + hi) < 1e-9);
    const { tensors, scales } = this.#requantise(
      call,
      x,
      oneSided ? limited : bounds,
      levels.lo,
      levels.hi,
      !oneSided,
      (q) => [q],
      positive ? 'rectify' : 'round',
    );
    const value: QValue = {
      shape: x.shape,
      terms: [{ tensor: tensors[0] as TensorId, map: { kind: 'scale', factors: scales } }],
      bias: undefined,
      name: '',
    };
    if (oneSided) return value;
    return this.apply(call, value, (v) => Math.min(hi, Math.max(lo, v)));
  }

  prelu(call: OpCall, x: QValue, slopes: Reals): QValue {
    const { lo, hi } = this.#signed;
    const by = compact(padded(slopes, x.shape.length));
    const { tensors, scales } = this.#requantise(call, x, this.#bounds(x), lo, hi, false, (q) => [q, Math.max(0, q)], 'prelu');
    // slope·q + (1 - slope)·relu(q)
    const terms: QTerm[] = [
      { tensor: tensors[0] as TensorId, map: { kind: 'scale', factors: combine(scales, by, (s, slope) => s * slope) } },
      { tensor: tensors[1] as TensorId, map: { kind: 'scale', factors: combine(scales, by, (s, slope) => s * (1 - slope)) } },
    ];
    return { shape: x.shape, terms, bias: undefined, name: '' };
  }

  apply(call: OpCall, given: QValue, f: (x: number) => number, limits?: Interval): QValue {
    const varied = given.terms.some((term) => isScale(term) && term.map.factors.data.length > 1);
    const x = varied && this.#isWide(given) ? this.settle(call, given, false, true) : given;
    const seen = this.#bounds(x);
    const bounds = limits === undefined ? seen : clampTo(seen, limits.min, limits.max);
    const positive = bounds.min.every((value) => value >= 0);
    const { lo, hi } = positive ? this.#unsigned : this.#signed;
    const [only] = x.terms;
    const ready =
      x.terms.length === 1 && only !== undefined && isScale(only) && only.map.factors.data.length === 1 && x.bias === undefined
        ? only
        : undefined;
    const range = ready && this.#builder.tensor(ready.tensor).range;
    let input: { tensor: TensorId; scale: number; lo: number; hi: number };
    if (ready !== undefined && range !== undefined && range.max - range.min < 2 ** 13) {
      input = { tensor: ready.tensor, scale: ready.map.factors.data[0] as number, lo: Math.min(0, range.min), hi: Math.max(0, range.max) };
    } else {
      const { tensors, scales } = this.#requantise(call, x, bounds, lo, hi, true, (q) => [q], positive ? 'rectify' : 'round');
      input = { tensor: tensors[0] as TensorId, scale: scales.data[0] as number, lo, hi };
    }
    // The values of f at the levels in use fix the output's scale.
    const [from, to] = [bounds.min.reduce((a, b) => Math.min(a, b)), bounds.max.reduce((a, b) => Math.max(a, b))];
    const finite = (value: number): number => (Number.isFinite(value) ? value : 0);
    const values = Array.from({ length: input.hi - input.lo + 1 }, (_, i) => finite(f((input.lo + i) * input.scale)));
    const used = values.filter((_, i) => {
      const at = (input.lo + i) * input.scale;
      return at >= from - input.scale && at <= to + input.scale;
    });
    const peak = used.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
    const sign = used.every((value) => value >= 0);
    const top = sign ? this.#unsigned.hi : this.#signed.hi;
    const scale = roundScale(peak / top);
    const column = Int32Array.from(values, (value) => Math.min(top, Math.max(sign ? 0 : this.#signed.lo, Math.round(value / scale))));
    const name = x.name.split('\u0000')[0] || call.node.name;
    const tensors = this.#builder.lookup(
      name,
      { name: `${call.node.op} ${call.node.name.split('\u0000')[0] ?? ''}`, shift: 0, lo: input.lo, hi: input.hi, columns: [column] },
      input.tensor,
      [scale],
    );
    return {
      shape: x.shape,
      terms: [{ tensor: tensors[0] as TensorId, map: { kind: 'scale', factors: padded(real(scale), x.shape.length) } }],
      bias: undefined,
      name: '',
    };
  }

  product(call: OpCall, a: QValue, b: QValue): QValue {
    const shape = broadcastShapes(a.shape, b.shape) ?? this.refuse(call, 'the shapes do not broadcast');
    const operand = (x: QValue): QValue => {
      const settled = this.settle(call, x);
      return settled.terms.every((term) => this.#narrow(term.tensor)) ? settled : this.#fresh(call, x);
    };
    const left = this.#lone(call, this.expand(call, operand(a), shape), false);
    const right = a === b ? left : this.#lone(call, this.expand(call, operand(b), shape), false);
    const factors = combine(left.factors, right.factors, (x, y) => x * y);
    const tensor = this.#builder.product(call.node.name, left.tensor, right.tensor, this.#scaleOf(factors));
    return {
      shape,
      terms: [{ tensor, map: { kind: 'scale', factors } }],
      bias: undefined,
      name: '',
    };
  }

  /** max(a, b) = b + relu(a - b) on integer tensors of one scale. */
  #larger(call: OpCall, a: TensorId, b: TensorId): TensorId {
    const [left, right] = [this.#builder.tensor(a), this.#builder.tensor(b)];
    const ones = left.shape.map(() => 1);
    const times = (factor: number): LinearMap => ({ op: 'scale', factors: Int32Array.of(factor), factorShape: ones });
    const difference = this.#builder.linear(
      call.node.name,
      [
        { input: a, map: times(1) },
        { input: b, map: times(-1) },
      ],
      new Int32Array(),
      [],
      left.shape,
      left.scale,
    ); // prettier-ignore
    const reach = 2 ** Math.ceil(Math.log2(Math.max(1, left.range.max - right.range.min, right.range.max - left.range.min) + 1));
    if (reach > 2 ** 19) this.refuse(call, 'the values compared have too many bits');
    const column = Int32Array.from({ length: 2 * reach }, (_, i) => Math.max(0, i - reach));
    const [excess] = this.#builder.lookup(
      call.node.name,
      { name: `max ±${reach}`, shift: 0, lo: -reach, hi: reach - 1, columns: [column] },
      difference,
      [left.scale],
    );
    return this.#builder.linear(
      call.node.name,
      [
        { input: b, map: times(1) },
        { input: excess as TensorId, map: times(1) },
      ],
      new Int32Array(),
      [],
      left.shape,
      left.scale,
    ); // prettier-ignore
  }

  #tournament(call: OpCall, tensors: readonly TensorId[]): TensorId {
    let round = [...tensors];
    while (round.length > 1) {
      const next: TensorId[] = [];
      for (let i = 0; i + 1 < round.length; i += 2) next.push(this.#larger(call, round[i] as TensorId, round[i + 1] as TensorId));
      if (round.length % 2 === 1) next.push(round[round.length - 1] as TensorId);
      round = next;
    }
    return round[0] as TensorId;
  }

  maximum(call: OpCall, values: readonly QValue[]): QValue {
    const shape = values.reduce<readonly number[]>(
      (out, value) => broadcastShapes(out, value.shape) ?? this.refuse(call, 'the shapes do not broadcast'),
      [],
    );
    const full = values.map((value) =>
      value.terms.length === 0 ? { ...value, shape, bias: padded(value.bias ?? real(0), shape.length) } : this.expand(call, value, shape),
    );
    const first = full[0] ?? this.refuse(call, 'it has no input');
    const same = full.every((value) => {
      const [term] = value.terms;
      const [lead] = first.terms;
      return (
        value.terms.length === 1 &&
        value.bias === undefined &&
        term !== undefined &&
        lead !== undefined &&
        isScale(term) &&
        isScale(lead) &&
        sameReals(term.map.factors, lead.map.factors)
      );
    });
    if (same && isScale(first.terms[0] as QTerm)) {
      const tensor = this.#tournament(
        call,
        full.map((value) => (value.terms[0] as QTerm).tensor),
      );
      return { shape, terms: [{ tensor, map: (first.terms[0] as QTerm).map }], bias: undefined, name: '' };
    }
    // Different scales: round all of them to the widest.
    const bounds = full.map((value) => this.#bounds(value));
    const { lo, hi } = this.#signed;
    const reach = Math.max(...bounds.flatMap(({ min, max }) => [...min, ...max].map(Math.abs)));
    const joint: Bounds = { min: new Float64Array(channelsOf(shape)).fill(-reach), max: new Float64Array(channelsOf(shape)).fill(reach) };
    const rounded = full.map((value) => this.#requantise(call, value, joint, lo, hi, true, (q) => [q], 'round'));
    const [lead] = rounded;
    invariant(lead !== undefined, 'there is an input');
    if (!rounded.every((value) => sameReals(value.scales, lead.scales)))
      return this.refuse(call, 'its inputs cannot be brought to one scale');
    const tensor = this.#tournament(
      call,
      rounded.map((value) => value.tensors[0] as TensorId),
    );
    return { shape, terms: [{ tensor, map: { kind: 'scale', factors: lead.scales } }], bias: undefined, name: '' };
  }

  maxPool(call: OpCall, x: QValue, geometry: Geometry): QValue {
    const { tensor, factors, value } = this.#lone(call, this.#spatiallyUniform(call, x), false);
    const own = this.#builder.tensor(tensor);
    const spatial = x.shape.slice(2);
    const span = geometry.kernel.map((k, axis) => (k - 1) * (geometry.dilations[axis] as number));
    const padded_ = [
      ...x.shape.slice(0, 2),
      ...spatial.map((length, axis) =>
        Math.max(
          (geometry.padsBefore[axis] as number) + length,
          ((geometry.out[axis] as number) - 1) * (geometry.strides[axis] as number) + (span[axis] as number) + 1,
        ),
      ),
    ];
    const before = [0, 0, ...geometry.padsBefore];
    let source = tensor;
    if (!sameShape(padded_, x.shape)) {
      // Padding holds the least possible value, so that it never wins.
      const fill = own.range.min;
      const bias = new Int32Array(sizeOf(padded_)).fill(fill);
      const inside = placedReals({ shape: x.shape, data: new Float64Array(sizeOf(x.shape)).fill(1) }, before, padded_);
      for (let i = 0; i < bias.length; i++) if (inside.data[i] === 1) bias[i] = 0;
      source = this.#builder.linear(
        call.node.name,
        [{ input: tensor, map: { op: 'place', starts: before } }],
        fill === 0 ? new Int32Array() : bias,
        fill === 0 ? [] : padded_,
        padded_,
        own.scale,
      );
    }
    const shape = [...x.shape.slice(0, 2), ...geometry.out];
    const taps = Array.from({ length: sizeOf(geometry.kernel) }, (_, tap) => {
      let rest = tap;
      const starts = geometry.kernel.map(() => 0);
      for (let axis = geometry.kernel.length - 1; axis >= 0; axis--) {
        const k = geometry.kernel[axis] as number;
        starts[axis] = (rest % k) * (geometry.dilations[axis] as number);
        rest = Math.floor(rest / k);
      }
      return this.#builder.single(
        call.node.name,
        { input: source, map: { op: 'slice', starts: [0, 0, ...starts], steps: [1, 1, ...geometry.strides] } },
        shape,
        own.scale,
      );
    });
    invariant(value.bias === undefined, 'settled values have no bias');
    return { shape, terms: [{ tensor: this.#tournament(call, taps), map: { kind: 'scale', factors } }], bias: undefined, name: '' };
  }

  /** Factors that do not vary over positions, so that integers of one channel compare as the reals do. */
  #spatiallyUniform(call: OpCall, x: QValue): QValue {
    const lone = this.settle(call, x);
    const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    const fits = lone.terms.every(
      (term) => isScale(term) && constantAlong(term.map.factors, axes) && term.map.factors.data.every((f) => f > 0),
    );
    return fits && lone.terms.every((term) => this.#narrow(term.tensor)) ? lone : this.#fresh(call, x);
  }

  /** Whether integers much wider than an activation are among the terms (their multipliers would be small numbers). */
  #isWide(x: QValue): boolean {
    return x.terms.some((term) => {
      const { min, max } = this.#builder.tensor(term.tensor).range;
      return isScale(term) && max - min > 2 ** (this.#precision.bits + 3);
    });
  }

  /** Few enough integer values that comparing two of them is a small table. */
  #narrow(tensor: TensorId): boolean {
    const { min, max } = this.#builder.tensor(tensor).range;
    return max - min < 2 ** 13;
  }

  /** One factor for all, rounding again if need be. */
  #fresh(call: OpCall, x: QValue): QValue {
    const bounds = this.#bounds(x);
    const { lo, hi } = this.#signed;
    const { tensors, scales } = this.#requantise(call, x, bounds, lo, hi, true, (q) => [q], 'round');
    return {
      shape: x.shape,
      terms: [{ tensor: tensors[0] as TensorId, map: { kind: 'scale', factors: scales } }],
      bias: undefined,
      name: x.name,
    };
  }

  argMax(call: OpCall, x: QValue, axis: number, last: boolean): QValue {
    const lone = this.#lone(call, x, true);
    const positive = lone.factors.data.length === 1 && (lone.factors.data[0] as number) > 0;
    const { tensor } = positive && this.#narrow(lone.tensor) ? lone : this.#lone(call, this.#fresh(call, x), true);
    const own = this.#builder.tensor(tensor);
    const length = x.shape[axis] as number;
    const kept = x.shape.map((size, at) => (at === axis ? 1 : size));
    const ones = x.shape.map(() => 1);
    // Keys are value · length + rank of the index among ties, so that keys never tie and end in the index.
    const keys = Array.from({ length }, (_, i) => {
      const part = this.#builder.single(
        call.node.name,
        { input: tensor, map: { op: 'slice', starts: x.shape.map((__, at) => (at === axis ? i : 0)), steps: ones } },
        kept,
        own.scale,
      );
      return this.#builder.linear(
        call.node.name,
        [{ input: part, map: { op: 'scale', factors: Int32Array.of(length), factorShape: ones } }],
        Int32Array.of(last ? i : length - 1 - i),
        ones,
        kept,
        own.scale,
      );
    });
    const top = this.#tournament(call, keys);
    const { range } = this.#builder.tensor(top);
    const [lo, hi] = [Math.min(0, range.min), Math.max(0, range.max)];
    if (hi - lo >= 2 ** 20) this.refuse(call, 'the values compared have too many bits');
    const column = Int32Array.from({ length: hi - lo + 1 }, (_, i) => {
      const rank = (((lo + i) % length) + length) % length;
      return last ? rank : length - 1 - rank;
    });
    const [index] = this.#builder.lookup(call.node.name, { name: `index of ${length}`, shift: 0, lo, hi, columns: [column] }, top, [1]);
    return {
      shape: kept,
      terms: [{ tensor: index as TensorId, map: { kind: 'scale', factors: { shape: kept.map(() => 1), data: Float64Array.of(1) } } }],
      bias: undefined,
      name: '',
    };
  }

  /**
   * An output of the network: one integer tensor of one scale. A lone tensor stays as it is; else the accumulator itself
   * is the output (no lookup, full precision).
   */
  output(name: string, x: QValue): TensorId {
    const [only] = x.terms;
    if (x.terms.length === 1 && only !== undefined && isScale(only) && x.bias === undefined && only.map.factors.data.length === 1)
      return only.tensor;
    const bounds = this.#bounds(x);
    const scales = this.#scales(x, bounds, this.#signed.lo, this.#signed.hi, true);
    return this.#accumulate(name.split('\u0000')[0] as string, x, scales, this.#precision.shift);
  }
}

const sameReals = (a: Reals, b: Reals): boolean => a.data.length === b.data.length && a.data.every((value, i) => value === b.data[i]);
