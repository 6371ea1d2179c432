// SPDX-License-Identifier: Apache-2.0
import { add, mul, P, toSigned } from '../field/index.ts';
import { eachEntry, eachTermEntry } from './forms.ts';
import type { Factor, LinearForm, Matrix, Source, Term } from './types.ts';

const norms = new WeakMap<Matrix, number>();

/** Bounds |M x| by norm * max |x|: the largest sum of absolute values of a row. */
function normOf(matrix: Matrix): number {
  if (matrix.kind === 'identity') return 1;
  const known = norms.get(matrix);
  if (known !== undefined) return known;
  const sums = new Float64Array(2 ** matrix.outBits);
  eachEntry(matrix, (row, _, value) => {
    sums[row] += Math.abs(toSigned(value));
  });
  const norm = sums.reduce((a, b) => Math.max(a, b), 0);
  norms.set(matrix, norm);
  return norm;
}

/** out += scale * (product of the factors) x in doubles, which hold every value exactly because the caller bounded them. */
function accumulate(factors: readonly Factor[], scale: number, x: Float64Array, out: Float64Array): void {
  const last = factors.length - 1;
  const walk = (f: number, outAt: number, inAt: number, weight: number): void => {
    const { matrix, outShift, inShift } = factors[f];
    const [up, across] = [2 ** outShift, 2 ** inShift];
    if (f < last)
      eachEntry(matrix, (row, col, value) => {
        if (value !== 0) walk(f + 1, outAt + row * up, inAt + col * across, weight * toSigned(value));
      });
    else if (matrix.kind === 'identity') for (let i = 0; i < matrix.size; i++) out[outAt + i * up] += weight * x[inAt + i * across];
    else if (matrix.kind === 'entries') {
      const { rows, cols, values } = matrix;
      for (let e = 0; e < rows.length; e++) out[outAt + rows[e] * up] += weight * toSigned(values[e]) * x[inAt + cols[e] * across];
    } else {
      const { cols, values } = matrix;
      for (let row = 0, e = 0; e < values.length; row++) {
        let sum = 0;
        for (let j = 0; j < cols.length; j++, e++) sum += toSigned(values[e]) * x[inAt + cols[j] * across];
        out[outAt + row * up] += weight * sum;
      }
    }
  };
  walk(0, 0, 0, scale);
}

function signed(cells: Uint32Array): Float64Array {
  const out = new Float64Array(cells.length);
  for (let i = 0; i < cells.length; i++) out[i] = toSigned(cells[i]);
  return out;
}
const largest = (values: Float64Array): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
};
const residueOf = (x: number): number => {
  const rest = x % P;
  return rest < 0 ? rest + P : rest;
};

function bound(term: Term, most: number): number {
  return term.factors.reduce((product, { matrix }) => product * normOf(matrix), Math.abs(toSigned(term.scale)) * most);
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
