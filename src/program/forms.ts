// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { add, type Ext, eqList, eqPoints, extAdd, extMul, extScale, mul, ONE, ZERO } from '../field/index.ts';
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

/** The 2^bits cells of a form, by brute force: as many steps as the matrices have entries. */
export function evaluateForm(form: LinearForm, read: (source: Source) => Uint32Array): Uint32Array {
  const cells = new Uint32Array(2 ** form.bits);
  for (const term of form.terms) {
    const source = read(term.source);
    eachTermEntry(term, (out, input, value) => {
      const x = source[input];
      if (x !== 0) cells[out] = add(cells[out], value === 1 ? x : mul(value, x));
    });
  }
  return cells;
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

/** M^T eq(point): what each input cell weighs in the output's extension at `point`. */
function adjointVector(matrix: Matrix, point: readonly Ext[]): Ext[] {
  const weights = eqList(point);
  const out: Ext[] = Array.from({ length: 2 ** matrix.inBits }, () => ZERO);
  eachEntry(matrix, (row, col, value) => {
    if (value !== 0) out[col] = extAdd(out[col], value === 1 ? weights[row] : extScale(weights[row], value));
  });
  return out;
}

export interface AdjointFactor {
  readonly inShift: number;
  readonly inBits: number;
  readonly vector: readonly Ext[];
}

/** The adjoint of a term on eq(point): a Kronecker product again, since eq is one. `term.scale` is left to the caller. */
export function adjointFactors(term: Term, point: readonly Ext[], cache: FactorCache<readonly Ext[]>): AdjointFactor[] {
  return term.factors.map(({ outShift, inShift, matrix }) => ({
    inShift,
    inBits: matrix.inBits,
    vector: cached(cache, matrix, `${outShift}`, () => adjointVector(matrix, segment(point, outShift, matrix.outBits))),
  }));
}

/** eq(out)^T M eq(input) of one factor: O(entries). */
function factorBilinear({ matrix, outShift, inShift }: Factor, out: readonly Ext[], input: readonly Ext[]): Ext {
  const r = segment(out, outShift, matrix.outBits);
  const s = segment(input, inShift, matrix.inBits);
  if (matrix.kind === 'identity' && matrix.outBits === matrix.inBits && matrix.size === 2 ** matrix.inBits) return eqPoints(r, s);
  const rows = eqList(r);
  const cols = eqList(s);
  let sum = ZERO;
  if (matrix.kind === 'dense') {
    const width = matrix.cols.length;
    for (let i = 0; i * width < matrix.values.length; i++) {
      let line = ZERO;
      for (let j = 0; j < width; j++) line = extAdd(line, extScale(cols[matrix.cols[j]], matrix.values[i * width + j]));
      sum = extAdd(sum, extMul(rows[i], line));
    }
    return sum;
  }
  eachEntry(matrix, (row, col, value) => {
    const product = extMul(rows[row], cols[col]);
    sum = extAdd(sum, value === 1 ? product : extScale(product, value));
  });
  return sum;
}

/** eq(out)^T A eq(input) of a whole term, scale included: what the verifier needs of a linear map, in O(weights). */
export function termBilinear(term: Term, out: readonly Ext[], input: readonly Ext[], cache: FactorCache<Ext>): Ext {
  let product = extScale(ONE, term.scale);
  for (const factor of term.factors)
    product = extMul(
      product,
      cached(cache, factor.matrix, `${factor.outShift},${factor.inShift}`, () => factorBilinear(factor, out, input)),
    );
  return product;
}

/** The public part of a form at a point: sum over its public terms. */
export function publicPart(form: LinearForm, point: readonly Ext[], vector: Uint32Array): Ext {
  let sum = ZERO;
  const cache: FactorCache<readonly Ext[]> = new Map();
  for (const term of form.terms) {
    if (term.source !== 'public') continue;
    const factors = adjointFactors(term, point, cache);
    let part = ZERO;
    vector.forEach((x, i) => {
      if (x === 0) return;
      let weight = ONE;
      for (const { inShift, inBits, vector: column } of factors)
        weight = extMul(weight, column[Math.floor(i / 2 ** inShift) % 2 ** inBits]);
      part = extAdd(part, extScale(weight, x));
    });
    sum = extAdd(sum, extScale(part, term.scale));
  }
  return sum;
}
