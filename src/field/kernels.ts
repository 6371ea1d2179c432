// SPDX-License-Identifier: Apache-2.0
import type { Ext } from './ext.ts';
import type { Planes } from './planes.ts';

/** A commitment to rows: the leaf hashes, and the columns that may be opened later. */
export interface Columns {
  /** n leaf hashes of 32 bytes, in the order of the evaluation points. */
  readonly leaves: Uint8Array;
  /** Column j of every row, canonical residues, rows in order. */
  open(positions: readonly number[]): Uint32Array[];
}

/** Row i is body[i * rowLength ..] followed by tails[i * tailLength ..]; the extra rows come last, each of its own length. */
export interface Rows {
  readonly body: Uint32Array;
  readonly rowLength: number;
  readonly tails: Uint32Array;
  readonly tailLength: number;
  readonly extra: readonly Uint32Array[];
}

/** A sparse matrix over F, entry by entry. */
export interface Entries {
  readonly rows: Uint32Array;
  readonly cols: Uint32Array;
  readonly values: Uint32Array;
}

/** A fraction p/q at every node of one layer; `p` undefined means that every numerator is 1. */
export interface Fractions {
  readonly p: Planes | undefined;
  readonly q: Planes;
}

/**
 * The loops that dominate the time. Kernels know arrays, not protocols. Vectors live in the implementation's own memory and form
 * (the plain one: canonical residues in ordinary arrays; the fast ones: Montgomery form in one arena): they are made by `base`
 * and `planes` and read by `readBase` and `getAt` alone. Scalars are canonical at every call. Lengths are powers of two
 * unless said otherwise. A range error is a bug of the caller (InvariantError).
 */
export interface Kernels {
  readonly name: string;
  /** Threads that share the work. */
  readonly threads: number;
  /** The largest number of bytes that `begin` can be asked for. */
  readonly capacity: number;
  /** Starts a job that needs at most `bytes` of vectors, no more than `capacity`; everything made before is gone. */
  begin(bytes: number): void;
  /** Overwrites and gives back all memory of the job. */
  end(): void;
  /** Where allocation stands, so that scratch vectors can be given back with `release`. */
  mark(): number;
  release(mark: number): void;
  /** Most bytes of vectors in use since `begin`. */
  peak(): number;

  /**
   * A vector over F of `length`, from canonical values (zeros where none are given), or from what a function writes into the
   * vector itself, canonical, so that no second copy is made.
   */
  base(length: number, values?: Uint32Array | ((canonical: Uint32Array) => void)): Uint32Array;
  readBase(v: Uint32Array): Uint32Array;
  /** A vector over K, all zeros; with `raw` of any content, for a caller who writes every element before reading it. */
  planes(length: number, raw?: boolean): Planes;
  copy(v: Planes): Planes;
  getAt(v: Planes, i: number): Ext;
  /** v[i] += x. */
  addAt(v: Planes, i: number, x: Ext): void;

  /** scale * eq(point, .), first variable = top bit. */
  eqTable(point: readonly Ext[], scale: Ext): Planes;
  /** Sums the two halves: eq over the remaining variables out of eq over one more. In place; the first half is the result. */
  dropTop(v: Planes): Planes;
  /**
   * Folds the top variable at r: v[i] + r (v[half+i] - v[i]), half = v.length / 2 unless given; v may end before 2 half (zeros
   * beyond). Into `target`, or in place: then the first half of v is the result. `half` of any length.
   */
  fold(v: Planes, r: Ext, half?: number, target?: Planes): Planes;
  /** sum v[i] b[i], b over F. Any length. */
  dotBase(v: Planes, b: Uint32Array): Ext;
  /** sum_j matrix[i * v.length + j] v[j] for every row i of a matrix over F. Any sizes. */
  timesVector(matrix: Uint32Array, v: Planes): Planes;
  /** sum u[i] v[i]. Any length. */
  dot(u: Planes, v: Planes): Ext;
  /** target[i] += scale * v[i], v over F. Any length. */
  addScaledBase(target: Planes, v: Uint32Array, scale: Ext): void;
  /** target[i] += scale * v[i]. Any length. */
  addScaled(target: Planes, v: Planes, scale: Ext): void;

  /** target[cols[e]] += values[e] * v[rows[e]] for every e: the transpose of a sparse matrix times v. Canonical entries, any lengths. */
  addEntries(target: Planes, v: Planes, entries: Entries): void;

  /** target[i * low.length + j] += high[i] * low[j]. Any length. */
  addOuter(target: Planes, high: Planes, low: Planes): void;

  /** q[i] = constant + sum_c scales[c] * columns[c][i] for all i of q, at most three columns. Any length. */
  affine(q: Planes, constant: Ext, scales: readonly Ext[], columns: readonly Uint32Array[]): void;
  /** One layer up: node x has children x and x + h: p0 q1 + p1 q0 over q0 q1. Into `target` where given. */
  fractionUp(layer: Fractions, target?: { readonly p: Planes; readonly q: Planes }): Fractions;
  /** Constant and leading coefficient of X -> sum_x e[x] (p0 q1 + p1 q0 + lambda q0 q1)(X, x), top variable of each half at X. */
  fractionRound(p0: Planes | undefined, p1: Planes | undefined, q0: Planes, q1: Planes, e: Planes, lambda: Ext): readonly [Ext, Ext];
  /** The same for a b - c. */
  productRound(a: Planes, b: Planes, c: Planes, e: Planes): readonly [Ext, Ext];
  /** The same for l w without a weight e. */
  innerRound(l: Planes, w: Planes): readonly [Ext, Ext];

  /**
   * Encodes every row on the 2^logSize-th roots of unity and hashes the columns: BLAKE3(u32 0, 32-byte salt, column), canonical
   * little-endian words. Rows are polynomials by their coefficients, at most 2^logSize of them.
   */
  commit(rows: Rows, logSize: number, salts: Uint8Array): Columns;
  /** Nodes of the tree over `leaves`: node i has children 2i and 2i+1, node 1 is the root, leaves start at n. */
  merkle(leaves: Uint8Array): Uint8Array;
  /** Values of a polynomial (coefficients over F, from `base`) at the given powers of the 2^logSize-th root; canonical. */
  encodeAt(row: Uint32Array, logSize: number, positions: readonly number[]): Uint32Array;
  /** BLAKE3 of any bytes, followed by so many zeros. */
  hash(bytes: Uint8Array, zeros?: number): Uint8Array;
  /** Least nonce below 2^32 with `bits` leading zero bits in BLAKE3(u32 2, seed, u32 nonce). */
  grind(seed: Uint8Array, bits: number): number;
}
