// SPDX-License-Identifier: Apache-2.0
//
// Exact steps: sums, factors, convolutions and matrix products fold into one real expression and are not rounded here.
import { convolve } from '../../ops/conv.ts';
import type { OpCall } from '../../ops/op.ts';
import { broadcastShapes, sameShape, sizeOf } from '../../tensor.ts';
import type { Geometry, QTerm, QValue, Reals } from '../lowering.ts';
import { combine, compact, constantAlong, expanded, padded } from '../reals.ts';
import { type Context, isScale, refuseAt } from './context.ts';
import { isWide, scaledBy, settle } from './settle.ts';
import { expand } from './structure.ts';

export function constantOf(value: QValue): Reals | undefined {
  if (value.terms.length > 0) return undefined;
  const full = value.bias === undefined ? { shape: [], data: Float64Array.of(0) } : value.bias;
  return expanded(padded(full, value.shape.length), value.shape);
}

export function fromConstant(name: string, reals: Reals): QValue {
  return { shape: reals.shape, terms: [], bias: reals, name };
}

export function add(cx: Context, call: OpCall, a: QValue, b: QValue): QValue {
  const shape = broadcastShapes(a.shape, b.shape) ?? refuseAt(call, 'the shapes do not broadcast');
  const left = a.terms.length === 0 || sameShape(a.shape, shape) ? a : expand(cx, call, a, shape);
  const right = b.terms.length === 0 || sameShape(b.shape, shape) ? b : expand(cx, call, b, shape);
  const bias =
    left.bias === undefined
      ? right.bias
      : right.bias === undefined
        ? left.bias
        : combine(padded(left.bias, shape.length), padded(right.bias, shape.length), (x, y) => x + y);
  return { shape, terms: merged([...left.terms, ...right.terms]), bias: bias && padded(bias, shape.length), name: '' };
}

/** Scale terms of one tensor are one term. */
function merged(terms: readonly QTerm[]): QTerm[] {
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

export function scale(cx: Context, call: OpCall, x: QValue, factors: Reals): QValue {
  const shape = broadcastShapes(x.shape, factors.shape) ?? refuseAt(call, 'the shapes do not broadcast');
  const base = x.terms.length === 0 || sameShape(x.shape, shape) ? x : expand(cx, call, x, shape);
  const by = compact(padded(factors, shape.length));
  const positions = shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  if (!constantAlong(by, positions) && isWide(cx, x)) return scale(cx, call, settle(cx, call, { ...base, shape }, false, true), factors);
  const bias = base.bias && combine(padded(base.bias, shape.length), by, (a, b) => a * b);
  // A weighted map absorbs factors along its own output axis only.
  const absorbed = base.terms.every((term) => isScale(term) || absorbs(term, by, shape));
  if (!absorbed) return scale(cx, call, settle(cx, call, { ...base, shape }), factors);
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

function absorbs(term: QTerm, by: Reals, shape: readonly number[]): boolean {
  const axis = term.map.kind === 'conv' ? 1 : shape.length - 1;
  return by.shape.every((length, at) => at === axis || length === 1);
}

export function conv(cx: Context, call: OpCall, x: QValue, weights: Reals, geometry: Geometry, group: number): QValue {
  const spatial = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const base = scaledBy(cx, call, x, spatial, true);
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

export function dense(cx: Context, call: OpCall, x: QValue, weights: Reals): QValue {
  const [outputs, inputs] = weights.shape as [number, number];
  const rank = x.shape.length;
  const base = scaledBy(cx, call, x, x.shape.map((_, axis) => axis).slice(0, -1), true);
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
    for (let i = 0; i < inputs; i++) sum += (weights.data[(o % outputs) * inputs + i] as number) * (full.data[row * inputs + i] as number);
    out[o] = sum;
  }
  return { shape, terms, bias: compact({ shape, data: out }), name: '' };
}
