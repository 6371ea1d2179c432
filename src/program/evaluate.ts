// SPDX-License-Identifier: Apache-2.0
import { add, mul, P, toSigned } from '../field/index.ts';
import { eachTermEntry } from './forms.ts';
import type { Factor, LinearForm, Matrix, Source, Term } from './types.ts';

/** The entries of a matrix as arrays, values signed; `norm` bounds |M x| by norm * max |x|. */
interface Flat {
  readonly rows: Int32Array;
  readonly cols: Int32Array;
  readonly values: Float64Array;
  readonly norm: number;
}

const flats = new WeakMap<Matrix, Flat>();

function flatten(matrix: Matrix): Flat {
  const known = flats.get(matrix);
  if (known !== undefined) return known;
  const size = matrix.kind === 'identity' ? matrix.size : matrix.values.length;
  const rows = new Int32Array(size);
  const cols = new Int32Array(size);
  const values = new Float64Array(size);
  for (let e = 0; e < size; e++) {
    if (matrix.kind === 'identity') rows[e] = cols[e] = e;
    else if (matrix.kind === 'entries') {
      rows[e] = matrix.rows[e];
      cols[e] = matrix.cols[e];
    } else {
      rows[e] = Math.floor(e / matrix.cols.length);
      cols[e] = matrix.cols[e % matrix.cols.length];
    }
    values[e] = matrix.kind === 'identity' ? 1 : toSigned(matrix.values[e]);
  }
  const sums = new Float64Array(2 ** matrix.outBits);
  for (let e = 0; e < size; e++) sums[rows[e]] += Math.abs(values[e]);
  const flat = { rows, cols, values, norm: sums.reduce((a, b) => Math.max(a, b), 0) };
  flats.set(matrix, flat);
  return flat;
}

/** out += scale * (product of the factors) x in doubles, which hold every value exactly because the caller bounded them. */
function accumulate(factors: readonly Factor[], scale: number, x: Float64Array, out: Float64Array): void {
  const flat = factors.map(({ matrix, outShift, inShift }) => {
    const { rows, cols, values } = flatten(matrix);
    return { rows: rows.map((r) => r << outShift), cols: cols.map((c) => c << inShift), values };
  });
  const last = flat.length - 1;
  const walk = (f: number, outAt: number, inAt: number, weight: number): void => {
    const { rows, cols, values } = flat[f];
    if (f === last) for (let e = 0; e < rows.length; e++) out[outAt + rows[e]] += weight * values[e] * x[inAt + cols[e]];
    else for (let e = 0; e < rows.length; e++) if (values[e] !== 0) walk(f + 1, outAt + rows[e], inAt + cols[e], weight * values[e]);
  };
  walk(0, 0, 0, scale);
}

const signed = (cells: Uint32Array): Float64Array => Float64Array.from(cells, toSigned);
const largest = (values: Float64Array): number => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
const residueOf = (x: number): number => {
  const rest = x % P;
  return rest < 0 ? rest + P : rest;
};

function bound(term: Term, most: number): number {
  return term.factors.reduce((product, { matrix }) => product * flatten(matrix).norm, Math.abs(toSigned(term.scale)) * most);
}

/**
 * The 2^bits cells of a form, a step an entry of its matrices. Small integers (a network's) are summed in doubles, exactly; field
 * elements (a hash's) in F.
 */
export function evaluateForm(form: LinearForm, read: (source: Source) => Uint32Array): Uint32Array {
  const sources = new Map<Source, Float64Array>();
  for (const { source } of form.terms) if (!sources.has(source)) sources.set(source, signed(read(source)));
  const value = (source: Source): Float64Array => sources.get(source) ?? new Float64Array(0);
  const exact = form.terms.reduce((sum, term) => sum + bound(term, largest(value(term.source))), 0) < 2 ** 52;
  const cells = new Uint32Array(2 ** form.bits);
  if (exact && form.terms.every(({ factors }) => factors.length > 0)) {
    const sums = new Float64Array(cells.length);
    for (const term of form.terms) accumulate(term.factors, toSigned(term.scale), value(term.source), sums);
    for (let i = 0; i < sums.length; i++) cells[i] = residueOf(sums[i]);
    return cells;
  }
  for (const term of form.terms) {
    const source = read(term.source);
    eachTermEntry(term, (out, input, weight) => {
      const x = source[input];
      if (x !== 0) cells[out] = add(cells[out], weight === 1 ? x : mul(weight, x));
    });
  }
  return cells;
}
