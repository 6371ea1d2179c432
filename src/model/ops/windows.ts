// SPDX-License-Identifier: Apache-2.0
//
// Sliding windows, shared by convolutions and pools: geometry from attributes, and one walk over it.
import type { Geometry } from '../quantize/lowering.ts';
import { sizeOf } from '../tensor.ts';
import { intAttr, intsAttr, misfit, type OpCall, textAttr, unsupported } from './op.ts';

export interface Window extends Geometry {
  readonly padsAfter: readonly number[];
}

/** Reads strides, dilations, pads or auto_pad and ceil_mode for `input` spatial lengths; refuses an empty result. */
export function windowOf(call: OpCall, input: readonly number[], kernel: readonly number[]): Window {
  const rank = input.length;
  const ones = new Array<number>(rank).fill(1);
  const strides = intsAttr(call, 'strides', ones);
  const dilations = intsAttr(call, 'dilations', ones);
  const pads = intsAttr(call, 'pads', new Array<number>(2 * rank).fill(0));
  const auto = textAttr(call, 'auto_pad', 'NOTSET');
  const ceil = intAttr(call, 'ceil_mode', 0) !== 0;
  if (kernel.length !== rank || strides.length !== rank || dilations.length !== rank || pads.length !== 2 * rank) {
    misfit(call, `frame attributes do not have ${rank} axes`);
  }
  if ([...kernel, ...strides, ...dilations].some((n) => n < 1 || n > 2 ** 20))
    misfit(call, 'kernel, strides and dilations must be positive');
  if (pads.some((n) => n < 0)) unsupported(call, 'negative padding');
  if (pads.some((n) => n > 2 ** 20)) misfit(call, 'padding is absurdly large');
  const before: number[] = [];
  const after: number[] = [];
  const out: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const length = input[axis] as number;
    const stride = strides[axis] as number;
    const span = ((kernel[axis] as number) - 1) * (dilations[axis] as number) + 1;
    let first = pads[axis] as number;
    let last = pads[axis + rank] as number;
    let count: number;
    if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
      count = Math.ceil(length / stride);
      const total = Math.max(0, (count - 1) * stride + span - length);
      first = auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
      last = total - first;
    } else {
      if (auto === 'VALID') first = last = 0;
      else if (auto !== 'NOTSET') unsupported(call, `auto_pad ${auto}`);
      const room = length + first + last - span;
      count = (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
      // A window that would begin in the padding after the data does not count (the runtimes' rule).
      if (ceil && (count - 1) * stride >= length + first) count--;
    }
    if (count < 1) misfit(call, `the window of ${span} is larger than the input of ${length}`);
    before.push(first);
    after.push(last);
    out.push(count);
  }
  return { kernel, strides, dilations, padsBefore: before, padsAfter: after, out };
}

/**
 * Calls visit(output position, input position, kernel position) for every pair that is inside the input, over the
 * spatial axes alone (all positions row-major).
 */
export function walkWindow(geometry: Geometry, input: readonly number[], visit: (out: number, input: number, tap: number) => void): void {
  const rank = input.length;
  const outs = sizeOf(geometry.out);
  const taps = sizeOf(geometry.kernel);
  const at = new Array<number>(rank).fill(0);
  for (let o = 0; o < outs; o++) {
    let rest = o;
    for (let axis = rank - 1; axis >= 0; axis--) {
      const length = geometry.out[axis] as number;
      at[axis] = (rest % length) * (geometry.strides[axis] as number) - (geometry.padsBefore[axis] as number);
      rest = Math.floor(rest / length);
    }
    for (let tap = 0; tap < taps; tap++) {
      let left = tap;
      let position = 0;
      let step = 1;
      let inside = true;
      for (let axis = rank - 1; axis >= 0 && inside; axis--) {
        const k = geometry.kernel[axis] as number;
        const index = (at[axis] as number) + (left % k) * (geometry.dilations[axis] as number);
        left = Math.floor(left / k);
        const length = input[axis] as number;
        inside = index >= 0 && index < length;
        position += index * step;
        step *= length;
      }
      if (inside) visit(o, position, tap);
    }
  }
}
