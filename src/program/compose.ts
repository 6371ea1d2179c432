// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { toSigned } from '../field/index.ts';
import { eachEntry } from './forms.ts';
import type { MapTerm } from './maps.ts';
import type { Factor, Matrix, Term } from './types.ts';

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

/** a b as integers; entries stay below 2^53, which the ranges of any program that passes its checks imply. */
function multiply(a: Matrix, b: Matrix): Matrix {
  invariant(a.inBits === b.outBits, 'compose: sizes differ');
  // Maps read true cells alone, and an identity covers exactly those.
  if (isIdentity(b) && (!isIdentity(a) || a.size <= b.size)) return a;
  if (isIdentity(a) && !isIdentity(b)) return b;
  return remembered(a, b, () => {
    const rows = new Map<number, [col: number, value: number][]>();
    eachEntry(b, (row, col, value) => {
      const list = rows.get(row);
      if (list === undefined) rows.set(row, [[col, toSigned(value)]]);
      else list.push([col, toSigned(value)]);
    });
    // A permutation behind a dense matrix only renames its columns.
    if (a.kind === 'dense') {
      const renamed = Array.from(a.cols, (c) => rows.get(c));
      if (renamed.every((list) => list?.length === 1 && list[0][1] === 1))
        return { ...a, inBits: b.inBits, cols: Uint32Array.from(renamed, (list) => list?.[0][0] ?? 0) };
    }
    if (a.kind === 'dense') return denseAfter(a, rows, b.inBits);
    const sums = new Map<number, number>();
    const width = 2 ** b.inBits;
    eachEntry(a, (row, mid, value) => {
      for (const [col, weight] of rows.get(mid) ?? []) {
        const at = row * width + col;
        sums.set(at, (sums.get(at) ?? 0) + toSigned(value) * weight);
      }
    });
    const entries = [...sums].filter(([, value]) => value !== 0);
    invariant(
      entries.every(([, value]) => Math.abs(value) < 2 ** 30 - 2 ** 23),
      'compose: a coefficient leaves the field',
    );
    return {
      kind: 'entries',
      outBits: a.outBits,
      inBits: b.inBits,
      rows: Uint32Array.from(entries, ([at]) => Math.floor(at / width)),
      cols: Uint32Array.from(entries, ([at]) => at % width),
      values: Uint32Array.from(entries, ([, value]) => (value < 0 ? value + 0x7f000001 : value)),
    };
  });
}

/** The product is no Kronecker product of matrices on neighbouring bits; the caller commits the middle instead. */
export class NotComposable extends Error {}

/** A dense matrix behind a sparse one stays dense, on the union of the columns that it reads. */
function denseAfter(
  a: Extract<Matrix, { kind: 'dense' }>,
  rows: ReadonlyMap<number, readonly (readonly [number, number])[]>,
  inBits: number,
): Matrix {
  const reads = Array.from(a.cols, (c) => rows.get(c) ?? []);
  const cols = Uint32Array.from(new Set(reads.flatMap((list) => list.map(([col]) => col)))).sort();
  const place = new Map(Array.from(cols, (col, i) => [col, i] as const));
  const placed = reads.map((list) => list.map(([col, weight]) => [place.get(col) ?? 0, weight] as const));
  const height = a.values.length / a.cols.length;
  const values = new Uint32Array(height * cols.length);
  const line = new Float64Array(cols.length);
  for (let row = 0; row < height; row++) {
    line.fill(0);
    placed.forEach((list, j) => {
      const value = toSigned(a.values[row * a.cols.length + j]);
      for (const [at, weight] of list) line[at] += value * weight;
    });
    line.forEach((value, at) => {
      invariant(Math.abs(value) < 2 ** 30 - 2 ** 23, 'compose: a coefficient leaves the field');
      values[row * cols.length + at] = value < 0 ? value + 0x7f000001 : value;
    });
  }
  return { kind: 'dense', outBits: a.outBits, inBits, cols, values };
}

interface Piece {
  readonly factors: readonly Factor[];
}

/** Kronecker product of neighbouring factors as one matrix over the union of their bits. */
function merge({ factors }: Piece): Factor {
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
  let entries: [number, number, number][] = [[0, 0, 1]];
  for (const { matrix, outShift, inShift } of factors) {
    const list: [number, number, number][] = [];
    eachEntry(matrix, (row, col, value) => {
      const r = matrix.outBits === 0 ? 0 : row * 2 ** (outShift - out.shift);
      const c = matrix.inBits === 0 ? 0 : col * 2 ** (inShift - input.shift);
      list.push([r, c, toSigned(value)]);
    });
    entries = entries.flatMap(([row, col, value]) => list.map(([r, c, v]): [number, number, number] => [row + r, col + c, value * v]));
  }
  invariant(
    entries.every(([, , value]) => Math.abs(value) < 2 ** 30 - 2 ** 23),
    'compose: a coefficient leaves the field',
  );
  return {
    outShift: out.shift,
    inShift: input.shift,
    matrix: {
      kind: 'entries',
      outBits: out.bits,
      inBits: input.bits,
      rows: Uint32Array.from(entries, ([row]) => row),
      cols: Uint32Array.from(entries, ([, col]) => col),
      values: Uint32Array.from(entries, ([, , value]) => (value < 0 ? value + 0x7f000001 : value)),
    },
  };
}

const merged = new WeakMap<Matrix, Map<string, Factor>>();

/** merge, remembered by its matrices and places. */
function mergeOnce(piece: Piece, ids: (m: Matrix) => number): Factor {
  const [first] = piece.factors;
  if (first === undefined || piece.factors.length === 1) return merge(piece);
  const key = piece.factors.map((f) => `${ids(f.matrix)}@${f.outShift},${f.inShift}`).join(' ');
  const known = merged.get(first.matrix) ?? new Map<string, Factor>();
  merged.set(first.matrix, known);
  const made = known.get(key) ?? merge(piece);
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
 * that straddle a cut are merged into one matrix first.
 */
export function compose(outer: MapTerm, inner: Term): Term {
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
    const [F, G] = [mergeOnce({ factors: f }, idOf), mergeOnce({ factors: g }, idOf)];
    factors.push({ outShift: F.outShift, inShift: G.inShift, matrix: multiply(F.matrix, G.matrix) });
  }
  // Bits that only one side has must still be covered once; factors of no bits on both sides carry a plain number.
  return { source: inner.source, scale: inner.scale, factors };
}
