// SPDX-License-Identifier: Apache-2.0
//
// What a network hands out.
import type { TensorId } from '../../intGraph.ts';
import type { QValue } from '../lowering.ts';
import { type Context, isScale } from './context.ts';
import { accumulate, boundsOf, finer, scalesFor, signed } from './scales.ts';

/**
 * An output of the network: one integer tensor of one scale. A lone tensor stays as it is; else the accumulator itself
 * is the output (no lookup, full precision).
 */
export function output(cx: Context, name: string, x: QValue): TensorId {
  const [only] = x.terms;
  const plain = name.split('\u0000')[0] as string;
  if (x.terms.length === 1 && only !== undefined && isScale(only) && x.bias === undefined && only.map.factors.data.length === 1) {
    const factor = only.map.factors.data[0] as number;
    const { scale, shape } = cx.builder.tensor(only.tensor);
    if (factor === scale) return only.tensor;
    // The same integers, or their negatives, in units of the factor (the divisor of a mean, a constant multiple).
    const factors = Int32Array.of(factor < 0 ? -1 : 1);
    const unit = { op: 'scale' as const, factors, factorShape: shape.map(() => 1) };
    return cx.builder.single(plain, { input: only.tensor, map: unit }, shape, Math.abs(factor) || 1);
  }
  const bounds = boundsOf(cx, x);
  const scales = scalesFor(cx, x, bounds, signed(cx).lo, signed(cx).hi, true);
  return accumulate(cx, plain, x, scales, x.terms.every(isScale) ? finer(cx, x, scales) : cx.precision.shift);
}
