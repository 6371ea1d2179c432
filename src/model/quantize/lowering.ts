// SPDX-License-Identifier: Apache-2.0
import type { TensorId } from '../intGraph.ts';
import type { Interval, OpCall } from '../ops/op.ts';

/** Real constants of a shape that broadcasts against what they are applied to. */
export interface Reals {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Geometry of a sliding frame over the axes after the first two. */
export interface Geometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padsBefore: readonly number[];
  /** Spatial axes of the result. */
  readonly out: readonly number[];
}

/** A real linear map of one integer tensor, not yet rounded to integers. */
export type RealMap =
  | { readonly kind: 'scale'; readonly factors: Reals }
  | { readonly kind: 'conv'; readonly weights: Reals; readonly geometry: Geometry; readonly group: number }
  | { readonly kind: 'dense'; readonly weights: Reals };

export interface QTerm {
  readonly tensor: TensorId;
  readonly map: RealMap;
}

/**
 * A value while it is being quantised: the *real* linear expression Σ map_t(x_t) + bias over integer tensors. Nothing is
 * rounded until a non-linear consumer fixes the scale, so that residual adds, batch norms, pads of offset inputs and
 * PReLU slopes all fold into one integer map.
 */
export interface QValue {
  readonly shape: readonly number[];
  readonly terms: readonly QTerm[];
  /** Undefined: zero. */
  readonly bias: Reals | undefined;
  /** Names of the graph values this stands for; calibration looks ranges up by the last one. */
  readonly name: string;
}

/** What an op's integer semantics is written in. Every method is exact over the reals but those that say "rounds". */
export interface Lowering {
  /** The constant a value is, if no input reaches it. */
  readonly constantOf: (value: QValue) => Reals | undefined;
  readonly fromConstant: (name: string, reals: Reals) => QValue;
  readonly refuse: (call: OpCall, reason: string) => never;
  readonly add: (call: OpCall, a: QValue, b: QValue) => QValue;
  /** x · factors, broadcast both ways. */
  readonly scale: (call: OpCall, x: QValue, factors: Reals) => QValue;
  readonly conv: (call: OpCall, x: QValue, weights: Reals, geometry: Geometry, group: number) => QValue;
  /** x [N…, I] → [N…, O] with weights [O, I]. */
  readonly dense: (call: OpCall, x: QValue, weights: Reals) => QValue;
  readonly sumPool: (call: OpCall, x: QValue, geometry: Geometry) => QValue;
  /** Sum over axes, which stay with length 1. */
  readonly reduceSum: (call: OpCall, x: QValue, axes: readonly number[]) => QValue;
  readonly reshape: (call: OpCall, x: QValue, shape: readonly number[]) => QValue;
  readonly transpose: (call: OpCall, x: QValue, perm: readonly number[]) => QValue;
  readonly slice: (call: OpCall, x: QValue, starts: readonly number[], steps: readonly number[], shape: readonly number[]) => QValue;
  /** x at `starts` inside zeros of `shape`. */
  readonly place: (call: OpCall, x: QValue, starts: readonly number[], shape: readonly number[]) => QValue;
  readonly expand: (call: OpCall, x: QValue, shape: readonly number[]) => QValue;
  /** Rounds: clamp to [lo, hi] (either may be infinite) in the requantisation itself. */
  readonly clamp: (call: OpCall, x: QValue, lo: number, hi: number) => QValue;
  /** Rounds: x where x ≥ 0, slopes · x elsewhere; the slopes fold into whatever reads the result. */
  readonly prelu: (call: OpCall, x: QValue, slopes: Reals) => QValue;
  /**
   * Rounds: any function of one real, as a table of its own. `bounds` limits the table's domain where f is flat outside;
   * `fine`: values of 13 bits, for what only enters a product (reciprocals, whose useful values are far from the largest).
   */
  readonly apply: (call: OpCall, x: QValue, f: (x: number) => number, bounds?: Interval, fine?: boolean) => QValue;
  /** Rounds: one factor for all channels, so that sums over them, of products too, round nothing more. */
  readonly level: (call: OpCall, x: QValue) => QValue;
  /** Rounds both sides unless they are integers already; the product itself is exact. */
  readonly product: (call: OpCall, a: QValue, b: QValue) => QValue;
  /** Exact on the integers behind a and b, which are rounded to one scale first. */
  readonly maximum: (call: OpCall, values: readonly QValue[]) => QValue;
  /** Index of the first (or last) largest along the axis, kept with length 1. */
  readonly argMax: (call: OpCall, x: QValue, axis: number, last: boolean) => QValue;
  /** Maximum over windows; padding never wins. */
  readonly maxPool: (call: OpCall, x: QValue, geometry: Geometry) => QValue;
}
