// SPDX-License-Identifier: Apache-2.0
//
// Functions of one value: the clamp of the requantisation, the two columns of a PReLU, a table of its own for the rest.
import type { TensorId } from '../../intGraph.ts';
import type { Interval, OpCall } from '../../ops/op.ts';
import type { QTerm, QValue, Reals } from '../lowering.ts';
import { combine, compact, padded, real, roundScale } from '../reals.ts';
import { type Bounds, type Context, clampTo, isScale } from './context.ts';
import { BELOW, boundsOf, FILL, planned, scalesFor, signed, unsigned } from './scales.ts';
import { isWide, requantise, settle } from './settle.ts';

/** Rounds to a clamp: its bounds are the last levels of every channel's scale, or else written into the table's column. */
export function clamp(cx: Context, call: OpCall, x: QValue, lo: number, hi: number): QValue {
  const raw = boundsOf(cx, x);
  const positive = lo >= 0;
  const levels = positive ? unsigned(cx) : signed(cx);
  const label = positive ? 'rectify' : 'round';
  // Where the model has a bound the last level is that bound, or cut at it.
  const open = { low: lo === Number.NEGATIVE_INFINITY, high: hi === Number.POSITIVE_INFINITY };
  const finish = ({ tensors, scales }: { tensors: TensorId[]; scales: Reals }): QValue => ({
    shape: x.shape,
    terms: [{ tensor: tensors[0] as TensorId, map: { kind: 'scale', factors: scales } }],
    bias: undefined,
    name: '',
  });
  // The scale that puts a bound on the last level. No channel's may be larger, or it would saturate past the bound.
  const ends = [
    ...(hi === Number.POSITIVE_INFINITY ? [] : [levels.hi > 0 ? hi / levels.hi : 0]),
    ...(lo === Number.NEGATIVE_INFINITY || lo === 0 ? [] : [levels.lo < 0 ? lo / levels.lo : 0]),
  ];
  const reach = ends.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const least = levels.lo < 0 ? levels.lo : -levels.hi * BELOW;
  const limited: Bounds = {
    min: raw.min.map((v) => Math.max(v, least * reach * FILL)),
    max: clampTo(raw, lo, hi).max.map((v) => Math.min(v, levels.hi * reach * FILL)),
  };
  const symmetric = ends.length < 2 || Math.abs(lo + hi) < 1e-9;
  const saturating = planned(cx, x, scalesFor(cx, x, limited, levels.lo, levels.hi, false), levels.hi, false).scales;
  if (reach > 0 && symmetric && saturating.data.every((scale) => scale <= reach * (1 + 2 ** -8)))
    return finish(requantise(cx, call, x, limited, levels.lo, levels.hi, false, (q) => [q], label, open));
  // Rounding must not lift a bound the clamp has: levels past it are cut in the table.
  const cut = (q: number, scale: number): number => Math.min(Math.round(hi / scale), Math.max(Math.round(lo / scale), q));
  return finish(requantise(cx, call, x, clampTo(raw, lo, hi), levels.lo, levels.hi, true, (q, scale) => [cut(q, scale)], label, open));
}

export function prelu(cx: Context, call: OpCall, x: QValue, slopes: Reals): QValue {
  const { lo, hi } = signed(cx);
  const by = compact(padded(slopes, x.shape.length));
  const { tensors, scales } = requantise(cx, call, x, boundsOf(cx, x), lo, hi, false, (q) => [q, Math.max(0, q)], 'prelu');
  // slope·q + (1 - slope)·relu(q)
  const terms: QTerm[] = [
    { tensor: tensors[0] as TensorId, map: { kind: 'scale', factors: combine(scales, by, (s, slope) => s * slope) } },
    { tensor: tensors[1] as TensorId, map: { kind: 'scale', factors: combine(scales, by, (s, slope) => s * (1 - slope)) } },
  ];
  return { shape: x.shape, terms, bias: undefined, name: '' };
}

/** Levels of what is rounded once a lane, not once an activation: the rows of its table cost next to nothing. */
const FINE_BITS = 13;

/** How many times the error within the samples a table may have beyond them, before what lies there is out of range. */
const MOST_ERROR = 4;

/** The levels around those in use at which a table is as near to its function as it is said to be. */
function faithful(errors: readonly number[], inUse: readonly boolean[], most: number): { readonly first: number; readonly last: number } {
  const good = (i: number): boolean => (errors[i] ?? Number.POSITIVE_INFINITY) <= most;
  // The middle of what is in use and good: a level at its edge may lie where the function has no value.
  const used = inUse.flatMap((used, i) => (used && good(i) ? [i] : []));
  let first = used[Math.floor(used.length / 2)] ?? 0;
  let last = first;
  while (good(first - 1)) first--;
  while (good(last + 1)) last++;
  return { first, last };
}

/** Rounds to a table of `f`; `fine`: {@link FINE_BITS} in and one less out whatever the activations have (its values only enter products). */
export function apply(cx: Context, call: OpCall, given: QValue, f: (x: number) => number, limits?: Interval, fine = false): QValue {
  const varied = given.terms.some((term) => isScale(term) && term.map.factors.data.length > 1);
  const x = varied && isWide(cx, given) ? settle(cx, call, given, false, true) : given;
  const seen = boundsOf(cx, x);
  const bounds = limits === undefined ? seen : clampTo(seen, limits.min, limits.max);
  const positive = bounds.min.every((value) => value >= 0);
  const { lo, hi } = fine
    ? { lo: positive ? 0 : -(2 ** (FINE_BITS - 1)), hi: 2 ** (positive ? FINE_BITS : FINE_BITS - 1) - 1 }
    : positive
      ? unsigned(cx)
      : signed(cx);
  const [only] = x.terms;
  const ready =
    x.terms.length === 1 && only !== undefined && isScale(only) && only.map.factors.data.length === 1 && x.bias === undefined
      ? only
      : undefined;
  const range = ready && cx.builder.tensor(ready.tensor).range;
  let input: { tensor: TensorId; scale: number; lo: number; hi: number };
  if (ready !== undefined && range !== undefined && range.max - range.min < 2 ** 13) {
    input = { tensor: ready.tensor, scale: ready.map.factors.data[0] as number, lo: Math.min(0, range.min), hi: Math.max(0, range.max) };
  } else {
    // Past a limit the function is as good as constant, or never reached.
    const open = {
      low: limits === undefined || seen.min.every((value) => value >= limits.min),
      high: limits === undefined || seen.max.every((value) => value <= limits.max),
    };
    const label = positive ? 'rectify' : 'round';
    const made = requantise(cx, call, x, bounds, lo, hi, true, (q) => [q], label, open, fine ? 2 : undefined);
    input = { tensor: made.tensors[0] as TensorId, scale: made.scales.data[0] as number, lo: made.lo, hi: made.hi };
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
  const top = fine ? 2 ** (FINE_BITS - 1) - 1 : sign ? unsigned(cx).hi : signed(cx).hi;
  const scale = roundScale(peak / top);
  const past = cx.beyond ?? 1;
  const column = Int32Array.from(values, (value) =>
    Math.min(past * (top + 1) - 1, Math.max(sign && cx.beyond === undefined ? 0 : -past * (top + 1), Math.round(value / scale))),
  );
  // Between two levels the table answers for whichever is nearer: the difference is largest at a level or half way.
  const errors = values.map((value, i) => {
    const at = (input.lo + i) * input.scale;
    const own = (column[i] as number) * scale;
    return [value, f(at - input.scale / 2), f(at + input.scale / 2)].reduce(
      (most, between) => Math.max(most, Number.isFinite(between) ? Math.abs(between - own) : Number.POSITIVE_INFINITY),
      0,
    );
  });
  const inUse = values.map((_, i) => {
    const at = (input.lo + i) * input.scale;
    return at >= from - input.scale && at <= to + input.scale;
  });
  const error = errors.reduce((most, own, i) => (inUse[i] === true && Number.isFinite(own) ? Math.max(most, own) : most), 0);
  const { first, last } =
    cx.beyond === undefined ? { first: 0, last: values.length - 1 } : faithful(errors, inUse, MOST_ERROR * error + scale);
  const name = x.name.split('\u0000')[0] || call.node.name;
  // A table holds zero, where padding goes: where the function has no answer there, its levels are counted from another.
  const origin = input.lo + first > 0 ? input.lo + first : input.lo + last < 0 ? input.lo + last : 0;
  const shape = cx.builder.tensor(input.tensor).shape;
  const ones = shape.map(() => 1);
  const counted =
    origin === 0
      ? input.tensor
      : cx.builder.linear(
          name,
          [{ input: input.tensor, map: { op: 'scale', factors: Int32Array.of(1), factorShape: ones } }],
          Int32Array.of(-origin),
          ones,
          shape,
          input.scale,
        );
  const [lo_, hi_] = origin === 0 ? [input.lo, input.hi] : [input.lo + first - origin, input.lo + last - origin];
  const tensors = cx.builder.lookup(
    name,
    {
      name: `${call.node.op} ${call.node.name.split('\u0000')[0] ?? ''}`,
      shift: 0,
      lo: lo_,
      hi: hi_,
      columns: [origin === 0 ? column : column.slice(first, last + 1)],
    },
    counted,
    [scale],
    cx.beyond === undefined ? undefined : { min: input.lo + first - origin, max: input.lo + last - origin },
  );
  cx.tableErrors.set(tensors[0] as TensorId, error);
  return {
    shape: x.shape,
    terms: [{ tensor: tensors[0] as TensorId, map: { kind: 'scale', factors: padded(real(scale), x.shape.length) } }],
    bias: undefined,
    name: '',
  };
}
