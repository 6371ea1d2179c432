// SPDX-License-Identifier: Apache-2.0
//
// Exact steps that move positions: reshape, transpose, slice, place, expand.
import { invariant } from '../../../base/index.ts';
import type { LinearMap } from '../../intGraph.ts';
import type { OpCall } from '../../ops/op.ts';
import { broadcastTo, sameShape } from '../../tensor.ts';
import type { QTerm, QValue, Reals } from '../lowering.ts';
import { constantAlong, padded, placedReals, restructured, slicedReals, transposedReals } from '../reals.ts';
import { type Context, isScale } from './context.ts';
import { isCrowded, scaleOf } from './scales.ts';
import { settle } from './settle.ts';

/** Applies one structural map to every term and to the bias; weighted terms are rounded first. */
function structural(
  cx: Context,
  call: OpCall,
  x: QValue,
  shape: readonly number[],
  map_: LinearMap,
  reals: (full: Reals) => Reals,
  biasReals: (full: Reals) => Reals = reals,
): QValue {
  const base = x.terms.every(isScale) ? x : settle(cx, call, x);
  const terms = base.terms.map((term): QTerm => {
    invariant(isScale(term), 'settled values are scale terms');
    const factors = restructured(term.map.factors, base.shape, reals);
    const tensor = cx.builder.single(call.node.name, { input: term.tensor, map: map_ }, shape, scaleOf(factors));
    return { tensor, map: { kind: 'scale', factors } };
  });
  return { shape, terms, bias: base.bias && restructured(base.bias, base.shape, biasReals), name: '' };
}

export function reshape(cx: Context, call: OpCall, x: QValue, shape: readonly number[]): QValue {
  if (sameShape(x.shape, shape)) return x;
  return structural(cx, call, x, shape, { op: 'reshape' }, (full) => ({ shape, data: full.data }));
}

export function transpose(cx: Context, call: OpCall, x: QValue, perm: readonly number[]): QValue {
  const shape = perm.map((axis) => x.shape[axis] as number);
  return structural(cx, call, x, shape, { op: 'transpose', perm }, (full) => transposedReals(full, perm));
}

export function slice(
  cx: Context,
  call: OpCall,
  x: QValue,
  starts: readonly number[],
  steps: readonly number[],
  shape: readonly number[],
): QValue {
  if (sameShape(x.shape, shape) && steps.every((step) => step === 1)) return x;
  return structural(cx, call, x, shape, { op: 'slice', starts, steps }, (full) => slicedReals(full, starts, steps, shape));
}

export function place(cx: Context, call: OpCall, x: QValue, starts: readonly number[], shape: readonly number[]): QValue {
  if (sameShape(x.shape, shape)) return x;
  // What is placed is added to others, whose factors are not its own: their common scale would leave it a multiplier that rounds badly.
  // Rounded before, it needs a scale a channel, which only the second axis has (measured: BioNet with channels last loses fourfold by one scale).
  const positions = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const byChannel = x.terms.every((term) => isScale(term) && constantAlong(padded(term.map.factors, x.shape.length), positions));
  const own = byChannel && isCrowded(cx, x) ? settle(cx, call, x, false, true) : x;
  return structural(cx, call, own, shape, { op: 'place', starts }, (full) => placedReals(full, starts, shape));
}

export function expand(cx: Context, call: OpCall, x: QValue, shape: readonly number[]): QValue {
  if (sameShape(x.shape, shape)) return x;
  const lifted = reshape(cx, call, x, [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape]);
  if (sameShape(lifted.shape, shape)) return lifted;
  return structural(cx, call, lifted, shape, { op: 'expand' }, (full) => ({
    shape,
    data: broadcastTo({ dtype: 'float64', ...full }, shape).data,
  }));
}
