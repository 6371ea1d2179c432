// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { add, mul } from '../field/index.ts';
import { countOf, eachEntry } from './forms.ts';
import type { MapTerm } from './maps.ts';
import type { Factor, Matrix, Term } from './types.ts';
import { ENTRY, FACTOR, type Work } from './work.ts';

/** Products of the same two matrices are one object, so that terms keep sharing their factors. */
const products = new WeakMap<Matrix, WeakMap<Matrix, Matrix>>();

function remembered(a: Matrix, b: Matrix, make: () => Matrix): Matrix {
  const inner = products.get(a) ?? new WeakMap<Matrix, Matrix>();
  products.set(a, inner);
  const made = inner.get(b) ?? make();
  inner.set(b, made);
  return made;
}

const isIdentity = (m: Matrix): m is Extract<Matrix, { kind: 'identity' }> => m.kind === 'identity';

/**
 * The product is no Kronecker product of matrices on neighbouring bits, or it would have so many more entries than its parts that
 * committing the middle costs less: the caller commits it.
 */
export class NotComposable extends Error {}

/** How many entries a composed matrix may have, by those it is made of: below this a commitment costs more than it saves. */
const mostEntries = (parts: number): number => 4 * parts + 2 ** 14;

/** The entries of a matrix row by row: row r has those from starts[r] to starts[r + 1], in their own order. */
interface ByRow {
  readonly starts: Uint32Array;
  readonly cols: Uint32Array;
  readonly values: Uint32Array;
}

const byRows = new WeakMap<Matrix, ByRow>();

function byRow(m: Matrix): ByRow {
  const known = byRows.get(m);
  if (known !== undefined) return known;
  const starts = new Uint32Array(2 ** m.outBits + 1);
  eachEntry(m, (row) => {
    starts[row + 1]++;
  });
  for (let row = 0; row + 1 < starts.length; row++) starts[row + 1] += starts[row];
  const next = starts.slice();
  const count = starts[starts.length - 1];
  const cols = new Uint32Array(count);
  const values = new Uint32Array(count);
  eachEntry(m, (row, col, value) => {
    const at = next[row]++;
    cols[at] = col;
    values[at] = value;
  });
  const made = { starts, cols, values };
  byRows.set(m, made);
  return made;
}

/**
 * a b over the field: a coefficient is what the two maps make of it there, however large it would be as an integer. What the integers
 * of a program are rests on its ranges, which are computed from these very coefficients (check.ts), never on how they came about.
 */
function multiply(a: Matrix, b: Matrix, work: Work): Matrix {
  invariant(a.inBits === b.outBits, 'compose: sizes differ');
  // Maps read true cells alone, and an identity covers exactly those.
  if (isIdentity(b) && (!isIdentity(a) || a.size <= b.size)) return a;
  if (isIdentity(a) && !isIdentity(b)) return b;
  return remembered(a, b, () => (a.kind === 'dense' ? denseTimes(a, b, work) : entriesTimes(a, b, work)));
}

function entriesTimes(a: Matrix, b: Matrix, work: Work): Matrix {
  work.spend(ENTRY * (countOf(a) + countOf(b)));
  const right = byRow(b);
  let count = 0;
  eachEntry(a, (_, mid) => {
    count += right.starts[mid + 1] - right.starts[mid];
  });
  if (count > mostEntries(countOf(a) + countOf(b))) throw new NotComposable();
  work.spend(ENTRY * count);
  const rows = new Uint32Array(count);
  const cols = new Uint32Array(count);
  const values = new Uint32Array(count);
  let at = 0;
  eachEntry(a, (row, mid, value) => {
    for (let e = right.starts[mid]; e < right.starts[mid + 1]; e++, at++) {
      rows[at] = row;
      cols[at] = right.cols[e];
      values[at] = mul(value, right.values[e]);
    }
  });
  const { outBits } = a;
  const { inBits } = b;
  return isPermutation(right, inBits)
    ? { kind: 'entries', outBits, inBits, rows, cols, values }
    : summed(outBits, inBits, rows, cols, values);
}

/** Whether no row and no column has two entries: then no two products meet in one place. */
function isPermutation({ starts, cols }: ByRow, inBits: number): boolean {
  for (let row = 0; row + 1 < starts.length; row++) if (starts[row + 1] - starts[row] > 1) return false;
  const seen = new Uint8Array(2 ** inBits);
  for (const col of cols) {
    if (seen[col] === 1) return false;
    seen[col] = 1;
  }
  return true;
}

/** Entries of one place added up, in the order of their first; those that come to nothing are dropped. */
function summed(outBits: number, inBits: number, rows: Uint32Array, cols: Uint32Array, values: Uint32Array): Matrix {
  const width = 2 ** inBits;
  const places = new Map<number, number>();
  let kept = 0;
  for (let e = 0; e < rows.length; e++) {
    const key = rows[e] * width + cols[e];
    const place = places.get(key);
    if (place !== undefined) values[place] = add(values[place], values[e]);
    else {
      places.set(key, kept);
      [rows[kept], cols[kept], values[kept]] = [rows[e], cols[e], values[e]];
      kept++;
    }
  }
  const used = Array.from({ length: kept }, (_, e) => e).filter((e) => values[e] !== 0);
  const pick = (list: Uint32Array): Uint32Array => Uint32Array.from(used, (e) => list[e]);
  return { kind: 'entries', outBits, inBits, rows: pick(rows), cols: pick(cols), values: pick(values) };
}

/** A dense matrix behind a sparse one stays dense, on the union of the columns that it reads; a permutation only renames its columns. */
function denseTimes(a: Extract<Matrix, { kind: 'dense' }>, b: Matrix, work: Work): Matrix {
  work.spend(ENTRY * (a.cols.length + countOf(b)));
  const { starts, cols: from, values: weights } = byRow(b);
  const { outBits } = a;
  const { inBits } = b;
  const single = a.cols.every((c) => starts[c + 1] - starts[c] === 1 && weights[starts[c]] === 1);
  const renamed = single ? Uint32Array.from(a.cols, (c) => from[starts[c]]) : new Uint32Array(0);
  if (single && new Set(renamed).size === renamed.length) return { ...a, inBits, cols: renamed };
  const height = a.cols.length === 0 ? 0 : a.values.length / a.cols.length;
  const read = new Set<number>();
  let steps = 0;
  for (const c of a.cols) {
    for (let e = starts[c]; e < starts[c + 1]; e++) read.add(from[e]);
    steps += starts[c + 1] - starts[c];
  }
  if (height * Math.max(steps, read.size) > mostEntries(countOf(a) + countOf(b))) throw new NotComposable();
  work.spend(ENTRY * height * Math.max(steps, read.size));
  // What reads nothing is an empty map: a dense matrix has at least one column.
  if (read.size === 0)
    return { kind: 'entries', outBits, inBits, rows: new Uint32Array(0), cols: new Uint32Array(0), values: new Uint32Array(0) };
  const cols = Uint32Array.from(read).sort();
  const place = new Map(Array.from(cols, (col, i) => [col, i] as const));
  const values = new Uint32Array(height * cols.length);
  a.cols.forEach((c, j) => {
    for (let e = starts[c]; e < starts[c + 1]; e++) {
      const to = place.get(from[e]) ?? 0;
      for (let row = 0; row < height; row++) {
        const at = row * cols.length + to;
        values[at] = add(values[at], mul(a.values[row * a.cols.length + j], weights[e]));
      }
    }
  });
  return { kind: 'dense', outBits, inBits, cols, values };
}

interface Piece {
  readonly factors: readonly Factor[];
}

/** Kronecker product of neighbouring factors as one matrix over the union of their bits. */
function merge({ factors }: Piece, work: Work): Factor {
  const [only] = factors;
  if (factors.length === 1 && only !== undefined) return only;
  const span = (shift: (f: Factor) => number, bits: (f: Factor) => number): { readonly shift: number; readonly bits: number } => {
    const used = factors.filter((f) => bits(f) > 0);
    const low = Math.min(...used.map(shift));
    const total = used.reduce((sum, f) => sum + bits(f), 0);
    if (used.length > 0 && Math.max(...used.map((f) => shift(f) + bits(f))) !== low + total) throw new NotComposable();
    return { shift: used.length === 0 ? 0 : low, bits: total };
  };
  const out = span(
    (f) => f.outShift,
    (f) => f.matrix.outBits,
  );
  const input = span(
    (f) => f.inShift,
    (f) => f.matrix.inBits,
  );
  const counts = factors.map(({ matrix }) => countOf(matrix));
  const count = counts.reduce((product, n) => product * n, 1);
  // A selection has an entry a cell, and cells there are anyway; anything denser is bounded by its parts.
  if (count > Math.max(2 ** out.bits, 2 ** input.bits) && count > mostEntries(counts.reduce((sum, n) => sum + n, 0)))
    throw new NotComposable();
  work.spend(ENTRY * count);
  let [rows, cols, values]: readonly Uint32Array[] = [Uint32Array.of(0), Uint32Array.of(0), Uint32Array.of(1)];
  factors.forEach(({ matrix, outShift, inShift }, f) => {
    const [up, across] = [matrix.outBits === 0 ? 0 : 2 ** (outShift - out.shift), matrix.inBits === 0 ? 0 : 2 ** (inShift - input.shift)];
    const wide = counts[f];
    const [nextRows, nextCols, nextValues] = [rows, cols, values].map((list) => new Uint32Array(list.length * wide));
    let e = 0;
    eachEntry(matrix, (row, col, value) => {
      for (let i = 0; i < rows.length; i++) {
        const at = i * wide + e;
        nextRows[at] = rows[i] + row * up;
        nextCols[at] = cols[i] + col * across;
        nextValues[at] = value === 1 ? values[i] : mul(values[i], value);
      }
      e++;
    });
    [rows, cols, values] = [nextRows, nextCols, nextValues];
  });
  return {
    outShift: out.shift,
    inShift: input.shift,
    matrix: { kind: 'entries', outBits: out.bits, inBits: input.bits, rows, cols, values },
  };
}

const merged = new WeakMap<Matrix, Map<string, Factor>>();

/** merge, remembered by its matrices and places. */
function mergeOnce(piece: Piece, ids: (m: Matrix) => number, work: Work): Factor {
  const [first] = piece.factors;
  if (first === undefined || piece.factors.length === 1) return merge(piece, work);
  const key = piece.factors.map((f) => `${ids(f.matrix)}@${f.outShift},${f.inShift}`).join(' ');
  const known = merged.get(first.matrix) ?? new Map<string, Factor>();
  merged.set(first.matrix, known);
  const made = known.get(key) ?? merge(piece, work);
  known.set(key, made);
  return made;
}

const numbers = new WeakMap<Matrix, number>();
let nextNumber = 0;
const idOf = (m: Matrix): number => {
  const known = numbers.get(m) ?? nextNumber++;
  numbers.set(m, known);
  return known;
};

/**
 * outer after inner: (F1 x F2 ..)(G1 x G2 ..) = product of (F G) over the finest cut of the middle bits that both respect. Factors
 * that straddle a cut are merged into one matrix first. Throws NotComposable, and TooMuchWork where the work's limit is passed.
 */
export function compose(outer: MapTerm, inner: Term, work: Work): Term {
  work.spend(FACTOR * (outer.factors.length + inner.factors.length));
  const left = [...outer.factors];
  const right = [...inner.factors];
  const factors: Factor[] = [];
  // Factors without middle bits (ones columns, sums over an axis of one) stand for themselves.
  for (const f of left.filter(({ matrix }) => matrix.inBits === 0)) factors.push({ ...f, inShift: 0 });
  for (const g of right.filter(({ matrix }) => matrix.outBits === 0)) factors.push({ ...g, outShift: 0 });
  const fs = left.filter(({ matrix }) => matrix.inBits > 0).sort((a, b) => a.inShift - b.inShift);
  const gs = right.filter(({ matrix }) => matrix.outBits > 0).sort((a, b) => a.outShift - b.outShift);
  while (fs.length > 0 || gs.length > 0) {
    const f: Factor[] = [];
    const g: Factor[] = [];
    const end = (): readonly [number, number] => [
      f.reduce((m, x) => Math.max(m, x.inShift + x.matrix.inBits), 0),
      g.reduce((m, x) => Math.max(m, x.outShift + x.matrix.outBits), 0),
    ];
    do {
      const [a, b] = end();
      const next = a <= b && fs.length > 0 ? fs.shift() : undefined;
      if (next !== undefined) f.push(next);
      else {
        const other = gs.shift();
        invariant(other !== undefined, 'compose: middle bits differ');
        g.push(other);
      }
    } while (end()[0] !== end()[1]);
    const [F, G] = [mergeOnce({ factors: f }, idOf, work), mergeOnce({ factors: g }, idOf, work)];
    factors.push({ outShift: F.outShift, inShift: G.inShift, matrix: multiply(F.matrix, G.matrix, work) });
  }
  // Bits that only one side has must still be covered once; factors of no bits on both sides carry a plain number.
  return { source: inner.source, scale: inner.scale, factors };
}
