// SPDX-License-Identifier: Apache-2.0
//
// What a network hands out.
import type { TensorId } from '../../intGraph.ts';
import type { QValue } from '../lowering.ts';
import { type Context, isScale } from './context.ts';
import { accumulate, boundsOf, scalesFor, signed } from './scales.ts';

/**
 * An output of the network: one integer tensor of one scale. A lone tensor stays as it is; else the accumulator itself
 * is the output (no lookup, full precision).
 */
export function output(cx: Context, name: string, x: QValue): TensorId {
  const [only] = x.terms;
  if (x.terms.length === 1 && only !== undefined && isScale(only) && x.bias === undefined && only.map.factors.data.length === 1)
    return only.tensor;
  const bounds = boundsOf(cx, x);
  const scales = scalesFor(cx, x, bounds, signed(cx).lo, signed(cx).hi, true);
  return accumulate(cx, name.split('\u0000')[0] as string, x, scales, cx.precision.shift);
}
