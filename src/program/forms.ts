// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { type Ext, eqPoints, extAdd, extMul, extScale, type Kernels, mul, ONE, type Planes, slicePlanes, ZERO } from '../field/index.ts';
import type { Factor, LinearForm, Matrix, Program, Source, Term, Witness } from './types.ts';

/** The entries of a matrix, one by one. */
export function eachEntry(matrix: Matrix, visit: (row: number, col: number, value: number) => void): void {
  if (matrix.kind === 'identity') for (let i = 0; i < matrix.size; i++) visit(i, i, 1);
  else if (matrix.kind === 'entries') for (let e = 0; e < matrix.rows.length; e++) visit(matrix.rows[e], matrix.cols[e], matrix.values[e]);
  else {
    const width = matrix.cols.length;
    for (let e = 0; e < matrix.values.length; e++) visit(Math.floor(e / width), matrix.cols[e % width], matrix.values[e]);
  }
}

/** How many entries {@link eachEntry} visits. */
export const countOf = (matrix: Matrix): number => (matrix.kind === 'identity' ? matrix.size : matrix.values.length);

/** 1, the public values, zeros. */
export function publicVector(program: Program, publics: readonly number[]): Uint32Array {
  invariant(publics.length === program.publics.length, 'publicVector: wrong count of public values');
  const vector = new Uint32Array(2 ** program.publicBits);
  vector[0] = 1;
  vector.set(publics, 1);
  return vector;
}

/** Calls visit(output index, input index, coefficient) for every entry of the term's matrix. */
export function eachTermEntry(term: Term, visit: (out: number, input: number, value: number) => void): void {
  const walk = (f: number, out: number, input: number, value: number): void => {
    const factor = term.factors[f];
    if (factor === undefined) {
      visit(out, input, value);
      return;
    }
    eachEntry(factor.matrix, (row, col, v) => {
      if (v !== 0) walk(f + 1, out + row * 2 ** factor.outShift, input + col * 2 ** factor.inShift, v === 1 ? value : mul(value, v));
    });
  };
  if (term.scale !== 0) walk(0, 0, 0, term.scale);
}

export const reader = (
  program: Program,
  witness: Witness,
  multiplicities: readonly Uint32Array[] = [],
): ((source: Source) => Uint32Array) => {
  const vector = publicVector(program, witness.publics);
  return (source) => {
    if (source === 'public') return vector;
    const cells = witness.blocks[source] ?? multiplicities[source - program.blocks.length];
    invariant(cells !== undefined, 'reader: no such block');
    return cells;
  };
};

/** Remembers what a factor does to a point: conv terms share their row and column factors. Keep one per point. */
export type FactorCache<T> = Map<Matrix, Map<string, T>>;

function cached<T>(cache: FactorCache<T>, matrix: Matrix, key: string, make: () => T): T {
  let inner = cache.get(matrix);
  if (inner === undefined) {
    inner = new Map();
    cache.set(matrix, inner);
  }
  let value = inner.get(key);
  if (value === undefined) {
    value = make();
    inner.set(key, value);
  }
  return value;
}

/** The coordinates of a point that belong to bits [shift, shift + bits). */
export const segment = (point: readonly Ext[], shift: number, bits: number): readonly Ext[] =>
  point.slice(point.length - shift - bits, point.length - shift);

/** The identity of all its indices: no cell is left out. */
export const isWholeIdentity = (matrix: Matrix): boolean =>
  matrix.kind === 'identity' && matrix.outBits === matrix.inBits && matrix.size === 2 ** matrix.inBits;

/** M^T eq(point): what each input cell weighs in the output's extension at `point`. The result lives in the kernels' memory. */
function adjointVector(matrix: Matrix, point: readonly Ext[], kernels: Kernels): Planes {
  if (isWholeIdentity(matrix)) return kernels.eqTable(point, ONE);
  const out = kernels.planes(2 ** matrix.inBits);
  const mark = kernels.mark();
  const weights = kernels.eqTable(point, ONE);
  if (matrix.kind === 'identity') kernels.addScaled(slicePlanes(out, 0, matrix.size), slicePlanes(weights, 0, matrix.size), ONE);
  else if (matrix.kind === 'dense') {
    const width = matrix.cols.length;
    const rows = matrix.values.length / width;
    const values = kernels.base(matrix.values.length, matrix.values);
    const sums = kernels.planes(width);
    for (let i = 0; i < rows; i++) kernels.addScaledBase(sums, values.subarray(i * width, (i + 1) * width), kernels.getAt(weights, i));
    eachRun(matrix.cols, (from, to, length) => kernels.addScaled(slicePlanes(out, to, length), slicePlanes(sums, from, length), ONE));
  } else kernels.addEntries(out, weights, matrix);
  kernels.release(mark);
  return out;
}

/** Maximal runs of consecutive columns: (place in the list, first column, length). */
function eachRun(cols: Uint32Array, visit: (from: number, column: number, length: number) => void): void {
  for (let from = 0; from < cols.length; ) {
    let length = 1;
    while (from + length < cols.length && cols[from + length] === cols[from] + length) length++;
    visit(from, cols[from], length);
    from += length;
  }
}

export interface AdjointFactor {
  readonly inShift: number;
  readonly inBits: number;
  readonly vector: Planes;
}

/**
 * The adjoint of a term on eq(point): a Kronecker product again, since eq is one. `term.scale` is left to the caller. The vectors
 * stay in the kernels' memory for as long as the cache is used.
 */
export function adjointFactors(term: Term, point: readonly Ext[], cache: FactorCache<Planes>, kernels: Kernels): AdjointFactor[] {
  return term.factors.map(({ outShift, inShift, matrix }) => ({
    inShift,
    inBits: matrix.inBits,
    vector: cached(cache, matrix, `${outShift}`, () => adjointVector(matrix, segment(point, outShift, matrix.outBits), kernels)),
  }));
}

/** eq(out)^T M eq(input) of one factor: O(entries). */
function factorBilinear({ matrix, outShift, inShift }: Factor, out: readonly Ext[], input: readonly Ext[], kernels: Kernels): Ext {
  const r = segment(out, outShift, matrix.outBits);
  const s = segment(input, inShift, matrix.inBits);
  if (isWholeIdentity(matrix)) return eqPoints(r, s);
  if (matrix.kind === 'entries' && matrix.outBits + matrix.inBits === 0)
    return matrix.values.reduce((sum: Ext, value) => extAdd(sum, [value, 0, 0, 0]), ZERO);
  const mark = kernels.mark();
  const rows = kernels.eqTable(r, ONE);
  const cols = kernels.eqTable(s, ONE);
  let sum = ZERO;
  if (matrix.kind === 'identity') sum = kernels.dot(slicePlanes(rows, 0, matrix.size), slicePlanes(cols, 0, matrix.size));
  else if (matrix.kind === 'dense') {
    const width = matrix.cols.length;
    const values = kernels.base(matrix.values.length, matrix.values);
    const picked = kernels.planes(width);
    eachRun(matrix.cols, (from, to, length) => kernels.addScaled(slicePlanes(picked, from, length), slicePlanes(cols, to, length), ONE));
    const products = kernels.timesVector(values, picked);
    sum = kernels.dot(slicePlanes(rows, 0, products.length), products);
  } else {
    const adjoint = kernels.planes(cols.length);
    kernels.addEntries(adjoint, rows, matrix);
    sum = kernels.dot(adjoint, cols);
  }
  kernels.release(mark);
  return sum;
}

/** eq(out)^T A eq(input) of a whole term, scale included: what the verifier needs of a linear map, in O(weights). */
export function termBilinear(term: Term, out: readonly Ext[], input: readonly Ext[], cache: FactorCache<Ext>, kernels: Kernels): Ext {
  let product = extScale(ONE, term.scale);
  for (const factor of term.factors)
    product = extMul(
      product,
      cached(cache, factor.matrix, `${factor.outShift},${factor.inShift}`, () => factorBilinear(factor, out, input, kernels)),
    );
  return product;
}

/** The public part of a form at a point: sum over its public terms. Public vectors are short. */
export function publicPart(form: LinearForm, point: readonly Ext[], vector: Uint32Array, kernels: Kernels): Ext {
  let sum = ZERO;
  /** What each column weighs that has an entry. */
  const columns = (matrix: Matrix, r: readonly Ext[]): Map<number, Ext> => {
    const mark = kernels.mark();
    const adjoint = adjointVector(matrix, r, kernels);
    const used = new Set(matrix.kind === 'identity' ? Array.from({ length: matrix.size }, (_, i) => i) : matrix.cols);
    const weights = new Map([...used].map((col) => [col, kernels.getAt(adjoint, col)] as const));
    kernels.release(mark);
    return weights;
  };
  for (const term of form.terms) {
    if (term.source !== 'public') continue;
    // The widest first: it has no weight for most places, and then nothing is multiplied.
    const factors = term.factors
      .map(({ matrix, outShift, inShift }) => ({
        weights: columns(matrix, segment(point, outShift, matrix.outBits)),
        inShift,
        inBits: matrix.inBits,
      }))
      .sort((a, b) => b.inBits - a.inBits);
    vector.forEach((x, i) => {
      if (x === 0) return;
      let weight = extScale(ONE, mul(x, term.scale));
      for (const { weights, inShift, inBits } of factors) {
        const factor = weights.get(Math.floor(i / 2 ** inShift) % 2 ** inBits);
        if (factor === undefined) return;
        weight = extMul(weight, factor);
      }
      sum = extAdd(sum, weight);
    });
  }
  return sum;
}
