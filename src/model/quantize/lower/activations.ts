// SPDX-License-Identifier: Apache-2.0
//
// Functions of one value: the clamp of the requantisation, the two columns of a PReLU, a table of its own for the rest.
import type { TensorId } from '../../intGraph.ts';
import type { Interval, OpCall } from '../../ops/op.ts';
import type { QTerm, QValue, Reals } from '../lowering.ts';
import { combine, compact, padded, real, roundScale } from '../reals.ts';
import { type Bounds, type Context, clampTo, isScale } from './context.ts';
import { BELOW, boundsOf, FILL, signed, unsigned } from './scales.ts';
import { isWide, requantise, settle } from './settle.ts';

export function clamp(cx: Context, call: OpCall, x: QValue, lo: number, hi: number): QValue {
  const raw = boundsOf(cx, x);
  const bounds = clampTo(raw, lo, hi);
  const positive = lo >= 0;
  const levels = positive ? unsigned(cx) : signed(cx);
  // A finite bound is a level of a uniform scale, so that the clamp is the table's own; else saturation is the clamp.
  const top = bounds.max.reduce((a, b) => Math.max(a, b));
  const least = bounds.min.reduce((a, b) => Math.min(a, b));
  const tight = (hi !== Number.POSITIVE_INFINITY && top >= hi) || (lo !== Number.NEGATIVE_INFINITY && lo !== 0 && least <= lo);
  if (!tight) {
    const { tensors, scales } = requantise(
      cx,
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
  const { tensors, scales } = requantise(
    cx,
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
  return apply(cx, call, value, (v) => Math.min(hi, Math.max(lo, v)));
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

export function apply(cx: Context, call: OpCall, given: QValue, f: (x: number) => number, limits?: Interval): QValue {
  const varied = given.terms.some((term) => isScale(term) && term.map.factors.data.length > 1);
  const x = varied && isWide(cx, given) ? settle(cx, call, given, false, true) : given;
  const seen = boundsOf(cx, x);
  const bounds = limits === undefined ? seen : clampTo(seen, limits.min, limits.max);
  const positive = bounds.min.every((value) => value >= 0);
  const { lo, hi } = positive ? unsigned(cx) : signed(cx);
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
    const { tensors, scales } = requantise(cx, call, x, bounds, lo, hi, true, (q) => [q], positive ? 'rectify' : 'round');
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
  const top = sign ? unsigned(cx).hi : signed(cx).hi;
  const scale = roundScale(peak / top);
  const column = Int32Array.from(values, (value) => Math.min(top, Math.max(sign ? 0 : signed(cx).lo, Math.round(value / scale))));
  const name = x.name.split('\u0000')[0] || call.node.name;
  const tensors = cx.builder.lookup(
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
