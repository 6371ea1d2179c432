// SPDX-License-Identifier: Apache-2.0
//
// What the pooling ops share.
import { sizeOf, type Tensor } from '../tensor.ts';
import { type OpCall, rankAtLeast, requiredInts } from './op.ts';
import { type Window, walkWindow, windowOf } from './windows.ts';

export interface PoolShape {
  readonly frame: Window;
  readonly shape: readonly number[];
}

export function poolShape(call: OpCall): PoolShape {
  const x = rankAtLeast(call, 0, 3);
  const frame = windowOf(call, x.shape.slice(2), requiredInts(call, 'kernel_shape'));
  const shape = [...x.shape.slice(0, 2), ...frame.out];
  sizeOf(shape, call.node.name);
  return { frame, shape };
}

/** Folds each window of each channel: step(accumulator, value, input position inside the channel). */
export function pool(x: Tensor, { frame, shape }: PoolShape, visit: (out: number, value: number, input: number) => void): void {
  const outSize = sizeOf(frame.out);
  const inSize = sizeOf(x.shape.slice(2));
  const planes = sizeOf(shape.slice(0, 2));
  const pairs: number[] = [];
  walkWindow(frame, x.shape.slice(2), (o, i) => pairs.push(o, i));
  for (let plane = 0; plane < planes; plane++) {
    for (let p = 0; p < pairs.length; p += 2) {
      const at = plane * inSize + (pairs[p + 1] as number);
      visit(plane * outSize + (pairs[p] as number), x.data[at] as number, at);
    }
  }
}

/** What each average divides by: positions inside the input, and inside its padding too when `padded`. */
export function windowCounts(frame: Window, input: readonly number[], padded: boolean): Float64Array {
  const counts = new Float64Array(sizeOf(frame.out));
  if (!padded) {
    walkWindow(frame, input, (o) => {
      counts[o] = (counts[o] as number) + 1;
    });
    return counts;
  }
  const whole = input.map((length, axis) => length + (frame.padsBefore[axis] as number) + (frame.padsAfter[axis] as number));
  walkWindow({ ...frame, padsBefore: frame.padsBefore.map(() => 0) }, whole, (o) => {
    counts[o] = (counts[o] as number) + 1;
  });
  return counts;
}
