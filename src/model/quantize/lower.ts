// SPDX-License-Identifier: Apache-2.0
//
// Lowering: the real linear expressions of lowering.ts become integer maps and lookups. This is where numbers are rounded;
// how, is in lower/, one file a kind of step.
import type { TensorId } from '../intGraph.ts';
import type { OpCall } from '../ops/op.ts';
import type { Calibration } from './calibrate.ts';
import type { IntBuilder } from './intBuilder.ts';
import { apply, clamp, prelu } from './lower/activations.ts';
import { argMax, maximum, maxPool } from './lower/compare.ts';
import { type Context, type Precision, refuseAt } from './lower/context.ts';
import { add, constantOf, conv, dense, fromConstant, scale } from './lower/linear.ts';
import { output } from './lower/output.ts';
import { product } from './lower/product.ts';
import { isSettled, settle } from './lower/settle.ts';
import { expand, place, reshape, slice, transpose } from './lower/structure.ts';
import { reduceSum, sumPool } from './lower/sums.ts';
import type { Lowering, QValue } from './lowering.ts';

export type { Precision } from './lower/context.ts';

/** What the ops write their integer semantics in, and what the driver needs beside it. */
export interface Lowerer extends Lowering {
  readonly isSettled: (x: QValue) => boolean;
  /** `x` as one committed integer tensor times a factor a channel. */
  readonly settle: (call: OpCall, x: QValue) => QValue;
  /** Largest difference between a function and its table, by the tensor the table makes. */
  readonly tableErrors: ReadonlyMap<TensorId, number>;
  readonly output: (name: string, x: QValue) => TensorId;
}

/** A lowering that emits into `builder` at one precision. */
export function lowererOf(builder: IntBuilder, calibration: Calibration, precision: Precision, beyond: number | undefined): Lowerer {
  const cx: Context = { builder, calibration, precision, beyond, settled: new WeakMap(), tableErrors: new Map() };
  const over =
    <A extends readonly unknown[], R>(step: (cx: Context, ...args: A) => R) =>
    (...args: A): R =>
      step(cx, ...args);
  return {
    refuse: refuseAt,
    constantOf,
    fromConstant,
    isSettled,
    settle: (call, x) => settle(cx, call, x),
    add: over(add),
    scale: over(scale),
    conv: over(conv),
    dense: over(dense),
    sumPool: over(sumPool),
    reduceSum: over(reduceSum),
    reshape: over(reshape),
    transpose: over(transpose),
    slice: over(slice),
    place: over(place),
    expand: over(expand),
    clamp: over(clamp),
    prelu: over(prelu),
    apply: over(apply),
    level: (call, x) => settle(cx, call, x, true),
    product: over(product),
    maximum: over(maximum),
    maxPool: over(maxPool),
    argMax: over(argMax),
    output: over(output),
    tableErrors: cx.tableErrors,
  };
}
