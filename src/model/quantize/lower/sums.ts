// SPDX-License-Identifier: Apache-2.0
//
// Exact sums over axes and windows.
import { convolve } from '../../ops/conv.ts';
import type { OpCall } from '../../ops/op.ts';
import { sizeOf, stridesOf, walk } from '../../tensor.ts';
import type { Geometry, QTerm, QValue, Reals } from '../lowering.ts';
import { compact, expanded, padded } from '../reals.ts';
import type { Context } from './context.ts';
import { scaleOf } from './scales.ts';
import { scaledBy } from './settle.ts';

export function reduceSum(cx: Context, call: OpCall, x: QValue, axes: readonly number[]): QValue {
  if (axes.length === 0) return x;
  const base = scaledBy(cx, call, x, axes);
  const shape = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const terms = base.terms.map(
    (term): QTerm => ({
      tensor: cx.builder.single(call.node.name, { input: term.tensor, map: { op: 'reduce', axes } }, shape, scaleOf(term.map.factors)),
      map: term.map,
    }),
  );
  const summed = (full: Reals): Reals => {
    const out = new Float64Array(sizeOf(shape));
    const strides = stridesOf(shape).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
    walk(x.shape, strides, 0, (position, at) => {
      out[at] = (out[at] as number) + (full.data[position] as number);
    });
    return { shape, data: out };
  };
  return { shape, terms, bias: base.bias && compact(summed(expanded(padded(base.bias, x.shape.length), x.shape))), name: '' };
}

export function sumPool(cx: Context, call: OpCall, x: QValue, geometry: Geometry): QValue {
  const spatial = x.shape.map((_, axis) => axis).slice(2);
  const base = scaledBy(cx, call, x, spatial);
  const shape = [...x.shape.slice(0, 2), ...geometry.out];
  const { kernel, strides, padsBefore, dilations } = geometry;
  const terms = base.terms.map(
    (term): QTerm => ({
      tensor: cx.builder.single(
        call.node.name,
        { input: term.tensor, map: { op: 'sumPool', kernel, strides, padsBefore, dilations } },
        shape,
        scaleOf(term.map.factors),
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
