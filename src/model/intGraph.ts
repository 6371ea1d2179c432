// SPDX-License-Identifier: Apache-2.0
//
// The exact integer network: what a model *means*. Witness, proof and verifier equal it bit for bit. It has four things
// only, because that is what a proof has (see the proof system's Program):
//
//   input    committed cells, each in a known range                      → a block with a range lookup
//   linear   y = Σ_t M_t x_t + bias, M_t public integer maps             → never committed: a linear functional of blocks
//   lookup   a → columns[j][clamp(round(a / 2^shift)) - lo]              → one committed cell per column and position
//   product  c = a · b, position by position                             → one committed cell per position, one quadratic
//
// Everything else is composed of these: max(a, b) = b + relu(a - b); PReLU(q) = n·(q - relu q) + p·relu q with the slopes
// inside the next map's weights; softmax = exp table, sum, reciprocal table, product.
//
// All arithmetic is over the integers; `range` bounds every position of a tensor for every input in range on which
// evaluation succeeds, and |x| < 2^29 everywhere, so that the same arithmetic over the prime field never wraps.

/** Index into {@link IntGraph.tensors}. */
export type TensorId = number;

/** Closed integer interval. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Real value = integer · scale: one number for the whole tensor, or one per index of `axis`. Documentation, not semantics. */
export type Scale = number | { readonly axis: number; readonly values: Float64Array };

/**
 * One wire. `shape` is complete (a batch of 1 is an axis of length 1); positions are row-major.
 * `range` is proven by interval analysis, never observed. `name` is for people and is no part of the model hash.
 */
export interface IntTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly scale: Scale;
  readonly range: Range;
}

/**
 * A linear map x → y with public integer coefficients. All of them are separable or structural, so that the adjoint on
 * an equality vector is cheap. In each, x is the term's input and y the node's output (whose shape is given).
 *
 * conv      x [N, G·I, …S], y [N, G·O, …S'], weights [G·O, I, …K] row-major, 1 or 2 spatial axes; cross-correlation:
 *           y[n,o,s'] = Σ_{i,k} w[o,i,k] · x[n, g(o)·I + i, s'·stride + k·dilation - padBefore], zero outside.
 * dense     x [N…, I], y [N…, O], weights [O, I]: y[n, o] = Σ_i w[o, i] · x[n, i].
 * scale     y[p] = factors[p] · x[p], same shape; factorShape has x's rank, each axis x's length or 1 (broadcast).
 * sumPool   x [N, C, …S], y [N, C, …S']: sum over the window, zero outside (averages are this and a shift or a scale).
 * reduce    y = x summed over `axes`; y keeps those axes with length 1.
 * reshape   same positions in the same order, another shape.
 * transpose y.shape[d] = x.shape[perm[d]].
 * slice     y[p] = x[starts + p·steps], per axis; steps may be negative.
 * place     y[starts + p] = x[p], zero elsewhere: padding, and each part of a concatenation.
 * expand    y repeats x along axes where x has length 1 (same rank).
 */
export type LinearMap =
  | {
      readonly op: 'conv';
      readonly weights: Int32Array;
      readonly weightShape: readonly number[];
      readonly strides: readonly number[];
      readonly padsBefore: readonly number[];
      readonly dilations: readonly number[];
      readonly group: number;
    }
  | { readonly op: 'dense'; readonly weights: Int32Array; readonly weightShape: readonly [number, number] }
  | { readonly op: 'scale'; readonly factors: Int32Array; readonly factorShape: readonly number[] }
  | {
      readonly op: 'sumPool';
      readonly kernel: readonly number[];
      readonly strides: readonly number[];
      readonly padsBefore: readonly number[];
      readonly dilations: readonly number[];
    }
  | { readonly op: 'reduce'; readonly axes: readonly number[] }
  | { readonly op: 'reshape' }
  | { readonly op: 'transpose'; readonly perm: readonly number[] }
  | { readonly op: 'slice'; readonly starts: readonly number[]; readonly steps: readonly number[] }
  | { readonly op: 'place'; readonly starts: readonly number[] }
  | { readonly op: 'expand' };

export interface LinearTerm {
  readonly input: TensorId;
  readonly map: LinearMap;
}

/** y = Σ terms + bias; biasShape has y's rank, each axis y's length or 1 (broadcast). An empty bias (and shape) is zero. */
export interface LinearNode {
  readonly kind: 'linear';
  readonly name: string;
  readonly terms: readonly LinearTerm[];
  readonly bias: Int32Array;
  readonly biasShape: readonly number[];
  readonly output: TensorId;
}

/**
 * A function of one integer, by table. With q(a) = clamp(floor((a + half) / 2^shift), lo, hi), half = 2^(shift-1) (0 for
 * shift 0), column j answers columns[j][q(a) - lo]; so the whole function is hi-lo+1 numbers a column, however wide
 * `domain` is. A proof's table is the rows a ∈ domain; 0 is always in the domain. A column with columns[j][q(0) - lo] ≠ 0
 * gets its padded cells by other means than the (0, 0) row.
 *
 * Not `total`: an `a` outside `domain` has no row, and evaluation stops with a typed error that names the layer.
 * `total`: every input's proven range lies inside `domain`, so no input can fail. Such a domain can be wide (up to ±2^29);
 * below `core.min` and above `core.max` q is already clamped to lo or hi, so a prover needs rows for `core` only plus a
 * proof that `a` lies on one side of it.
 */
export interface Table {
  readonly name: string;
  readonly shift: number;
  readonly lo: number;
  readonly hi: number;
  readonly domain: Range;
  readonly core: Range;
  readonly total: boolean;
  /** One or two columns of hi - lo + 1 integers. */
  readonly columns: readonly Int32Array[];
}

/** outputs[j] = column j of the table at `input`, position by position; as many outputs as columns. */
export interface LookupNode {
  readonly kind: 'lookup';
  readonly name: string;
  readonly table: number;
  readonly input: TensorId;
  readonly outputs: readonly TensorId[];
}

/** output = a · b, position by position; equal shapes (a linear `expand` broadcasts). a = b is a square. */
export interface ProductNode {
  readonly kind: 'product';
  readonly name: string;
  readonly a: TensorId;
  readonly b: TensorId;
  readonly output: TensorId;
}

export type IntNode = LinearNode | LookupNode | ProductNode;

/**
 * The network. Nodes are in topological order; every tensor is an input or the output of exactly one node.
 * Committed cells: inputs, lookup outputs, product outputs. Linear outputs are virtual.
 */
export interface IntGraph {
  readonly tensors: readonly IntTensor[];
  readonly tables: readonly Table[];
  readonly inputs: readonly TensorId[];
  readonly outputs: readonly TensorId[];
  readonly nodes: readonly IntNode[];
}

/** No tensor may reach ± this: well inside the injective range of the proof field. */
export const INTEGER_LIMIT = 2 ** 29;

export const tensorSize = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** The clamped quotient q(a) of {@link Table}; exact for |a| < 2^52. */
export function quotient(table: Pick<Table, 'shift' | 'lo' | 'hi'>, a: number): number {
  const unit = 2 ** table.shift;
  const q = Math.floor((a + (table.shift === 0 ? 0 : unit / 2)) / unit);
  return Math.min(table.hi, Math.max(table.lo, q));
}
