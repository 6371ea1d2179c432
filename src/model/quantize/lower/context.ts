// SPDX-License-Identifier: Apache-2.0
//
// What every part of the lowering shares. A part is a file of functions over a {@link Context}: scales.ts chooses how numbers
// are rounded, settle.ts rounds, the others say what an operation of the graph becomes.
import type { TensorId } from '../../intGraph.ts';
import type { OpCall } from '../../ops/op.ts';
import { refuse } from '../../refuse.ts';
import type { Calibration } from '../calibrate.ts';
import type { IntBuilder } from '../intBuilder.ts';
import type { QTerm, QValue, Reals } from '../lowering.ts';

export interface Precision {
  /** Bits of an activation, 4 to 12. */
  readonly bits: number;
  /** The shift all layers requantise by; a layer whose sums would leave ±2^29 takes the largest below that does not. */
  readonly shift: number;
}

export interface Context {
  readonly builder: IntBuilder;
  readonly calibration: Calibration;
  readonly precision: Precision;
  /**
   * How many times as far as the samples the levels go, and what passes them is out of range; undefined where it is cut instead, as part of
   * the meaning.
   */
  readonly beyond: number | undefined;
  /** What a value was rounded to, so that all its readers share it. */
  readonly settled: WeakMap<QValue, QValue>;
  /** How far a table is from its function at most, by the tensor it makes. */
  readonly tableErrors: Map<TensorId, number>;
}

export interface ScaleTerm {
  readonly tensor: TensorId;
  readonly map: { readonly kind: 'scale'; readonly factors: Reals };
}
export type Scaled = Omit<QValue, 'terms'> & { readonly terms: readonly ScaleTerm[] };
export const isScale = (term: QTerm): term is ScaleTerm => term.map.kind === 'scale';

/** Range of a value a channel, as the numbers a scale is chosen from. */
export interface Bounds {
  readonly min: Float64Array;
  readonly max: Float64Array;
}

export const clampTo = (bounds: Bounds, lo: number, hi: number): Bounds => ({
  min: bounds.min.map((value) => Math.min(hi, Math.max(lo, value))),
  max: bounds.max.map((value) => Math.min(hi, Math.max(lo, value))),
});

export const sameReals = (a: Reals, b: Reals): boolean =>
  a.data.length === b.data.length && a.data.every((value, i) => value === b.data[i]);

export const refuseAt = (call: OpCall, reason: string): never =>
  refuse('model/not-quantizable', { node: call.node.name, op: call.node.op, reason });
