// SPDX-License-Identifier: Apache-2.0
//
// What element-wise ops share; each op file gives only its function.
import { invariant } from '../../base/index.ts';
import { broadcastStrides, sizeOf, type Tensor, walk } from '../tensor.ts';
import { broadcastType, type Interval, type Op, type OpCall, result, tensorAt, typeOf } from './op.ts';

type Unary = (x: number) => number;

export interface UnarySpec {
  readonly name: string;
  readonly summary: string;
  readonly proof: string;
  /** The function, given the node's attributes. */
  readonly make: (call: OpCall) => Unary;
  readonly lower?: Op['lower'];
  /** Bounds of the function where they are not those of a monotone function at the ends. */
  readonly range?: (call: OpCall, input: Interval) => Interval;
}

/** An op of one input, position by position. */
export function unary(spec: UnarySpec): Op {
  return {
    name: spec.name,
    summary: spec.summary,
    proof: spec.proof,
    arity: [1, 1],
    infer: (call) => {
      spec.make(call);
      return [typeOf(call, 0)];
    },
    evaluate: (call, inputs) => {
      const f = spec.make(call);
      const x = tensorAt(inputs, 0);
      return [result(x.dtype, x.shape, x.data.map(f))];
    },
    ...(spec.lower === undefined ? {} : { lower: spec.lower }),
    range: (call, inputs) => {
      const input = inputs[0];
      invariant(input !== undefined, 'unary range: no input');
      if (spec.range !== undefined) return spec.range(call, input);
      const f = spec.make(call);
      const ends = [f(input.min), f(input.max)];
      return { min: Math.min(...ends), max: Math.max(...ends) };
    },
  };
}

/** f over two broadcast tensors. */
export function zip(a: Tensor, b: Tensor, shape: readonly number[], f: (a: number, b: number) => number): Float64Array {
  const out = new Float64Array(sizeOf(shape));
  const right = new Int32Array(out.length);
  walk(shape, broadcastStrides(b.shape, shape), 0, (position, offset) => {
    right[position] = offset;
  });
  walk(shape, broadcastStrides(a.shape, shape), 0, (position, offset) => {
    out[position] = f(a.data[offset] as number, b.data[right[position] as number] as number);
  });
  return out;
}

/** An op of two or more broadcast inputs, folded from the left. */
export function folded(spec: {
  readonly name: string;
  readonly summary: string;
  readonly proof: string;
  readonly arity: readonly [number, number];
  readonly f: (call: OpCall) => (a: number, b: number) => number;
  readonly lower?: Op['lower'];
}): Op {
  return {
    name: spec.name,
    summary: spec.summary,
    proof: spec.proof,
    arity: spec.arity,
    infer: (call) => [broadcastType(call)],
    evaluate: (call, inputs) => {
      const type = broadcastType(call);
      const f = spec.f(call);
      let left = tensorAt(inputs, 0);
      if (inputs.length === 1) return [left];
      for (let index = 1; index < inputs.length; index++) {
        const right = tensorAt(inputs, index);
        const shape = index === inputs.length - 1 ? type.shape : broadcastType({ ...call, types: [left, right] }).shape;
        left = result(type.dtype, shape, zip(left, right, shape, f));
      }
      return [left];
    },
    ...(spec.lower === undefined ? {} : { lower: spec.lower }),
  };
}
