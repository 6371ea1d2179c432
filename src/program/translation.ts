// SPDX-License-Identifier: Apache-2.0
import { sha256, utf8ToBytes } from '../base/index.ts';
import { add, mul, P, sub } from '../field/index.ts';
import { countOf, eachEntry } from './forms.ts';
import type { MapTerm } from './maps.ts';
import type { Factor, Matrix, Term } from './types.ts';
import type { Work } from './work.ts';

/** Points that every composition is tried at. */
const POINTS = 5;
/** What an entry, and a place of a vector, take at all points together: steps of {@link Work} (measured). */
const TRIED = 5;
/** Bits that an index may have. */
const MOST_BITS = 64;

/**
 * Translation validation: whether a composed term is the product of the two it was made of, tried at random points.
 *
 * eq(out)^T A B eq(input) is computed twice over F, once from the composed factors and once from the chain. Both are polynomials of
 * degree one in each of at most 64 coordinates; if they differ, they agree at a random point with probability at most 2^-24, and at five of them with 2^-120. One
 * network tries all its compositions at the same five, which costs the logarithm of their number: below 2^-100 for a million. Nobody is there to draw the
 * points, and whoever writes the network may know how they are drawn: so they come from the hash of the network itself, and a
 * network for which a false composition passes has to be searched for 2^100 times.
 */
export class Translation {
  private readonly work: Work;
  private readonly points: readonly { readonly out: Uint32Array; readonly input: Uint32Array }[];

  constructor(seed: string, work: Work) {
    this.work = work;
    const next = elements(utf8ToBytes(`tacit/translation/v2 ${seed}`));
    const point = (): Uint32Array => Uint32Array.from({ length: MOST_BITS }, next);
    this.points = Array.from({ length: POINTS }, () => ({ out: point(), input: point() }));
  }

  /** Whether `composed` is `outer` after `inner`, whose middle has `bits` bits. */
  holds(outer: MapTerm, inner: Term, composed: Term, bits: number): boolean {
    if (composed.source !== inner.source) return false;
    if (isOuter(outer, inner, composed)) return true;
    for (const { matrix } of [...outer.factors, ...inner.factors, ...composed.factors])
      this.work.spend(TRIED * (countOf(matrix) + 2 ** matrix.outBits + 2 ** matrix.inBits));
    return this.points.every(({ out, input }) => {
      const left = outer.factors.map((f) => vector(f, 'transposed', out));
      const right = inner.factors.map((f) => vector(f, 'straight', input));
      const whole = composed.factors.reduce((value, f) => mul(value, bilinear(f, out, input)), composed.scale);
      return mul(product(left, right, bits), inner.scale) === whole;
    });
  }
}

/** Elements of F out of SHA-256 in counter mode. */
function elements(seed: Uint8Array): () => number {
  const block = new Uint8Array(seed.length + 4);
  block.set(seed);
  let counter = 0;
  let words: number[] = [];
  return () => {
    while (words.length === 0) {
      new DataView(block.buffer).setUint32(seed.length, counter++, true);
      const view = new DataView(sha256(block).buffer);
      words = Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true) & 0x7fffffff).filter((word) => word < P);
    }
    return words.pop() as number;
  };
}

/** A factor of no bits that stands for 1: an axis of one length. */
const isOne = ({ matrix }: Factor): boolean => matrix.kind === 'identity' && matrix.inBits === 0 && matrix.size === 1;

/**
 * Whether the composed factors are those of the outer, and the inner is a block as it stands: then there was nothing to multiply,
 * provided that no factor reads past the true cells, which the identities of the inner hold.
 */
function isOuter(outer: MapTerm, inner: Term, composed: Term): boolean {
  if (composed.scale !== inner.scale) return false;
  const places = new Map<number, Matrix>();
  for (const f of inner.factors) {
    if (f.matrix.kind !== 'identity' || (f.inShift !== f.outShift && !isOne(f)) || f.matrix.size === 0) return false;
    if (f.matrix.inBits > 0) places.set(f.inShift, f.matrix);
  }
  const rest = [...composed.factors];
  for (const f of outer.factors) {
    const { matrix, outShift, inShift } = f;
    const at = rest.findIndex((g) => g.matrix === matrix && g.outShift === outShift && (matrix.inBits === 0 || g.inShift === inShift));
    if (at < 0) return false;
    rest.splice(at, 1);
    if (matrix.inBits === 0) continue;
    const place = places.get(inShift);
    if (place?.kind !== 'identity' || place.inBits !== matrix.inBits || !readsBelow(matrix, place.size)) return false;
  }
  return rest.every(isOne);
}

/** Whether no column from `size` on is read. */
const readsBelow = (matrix: Matrix, size: number): boolean =>
  matrix.kind === 'identity' ? matrix.size <= size : matrix.cols.every((col) => col < size);

/** eq(point, .) on the bits [shift, shift + bits), coordinate b of the point belonging to bit b. */
function eqVector(point: Uint32Array, shift: number, bits: number): Uint32Array {
  const out = new Uint32Array(2 ** bits);
  out[0] = 1;
  for (let b = 0, length = 1; b < bits; b++, length *= 2) {
    const x = point[shift + b];
    for (let i = 0; i < length; i++) {
      const high = mul(out[i], x);
      out[length + i] = high;
      out[i] = sub(out[i], high);
    }
  }
  return out;
}

/** Values on some bits of the middle, [shift, shift + bits). */
interface Piece {
  readonly shift: number;
  readonly bits: number;
  readonly values: Uint32Array;
}

/** M^T eq(point) on the input bits of a factor, or M eq(point) on its output bits. */
function vector({ matrix, outShift, inShift }: Factor, way: 'straight' | 'transposed', point: Uint32Array): Piece {
  const transposed = way === 'transposed';
  const [own, other] = transposed ? [matrix.inBits, matrix.outBits] : [matrix.outBits, matrix.inBits];
  const weights = eqVector(point, transposed ? outShift : inShift, other);
  const values = new Uint32Array(2 ** own);
  eachEntry(matrix, (row, col, value) => {
    const [to, from] = transposed ? [col, row] : [row, col];
    values[to] = add(values[to], value === 1 ? weights[from] : mul(weights[from], value));
  });
  return { shift: transposed ? inShift : outShift, bits: own, values };
}

const dot = (a: Uint32Array, b: Uint32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum = add(sum, mul(a[i], b[i]));
  return sum;
};

const bilinear = (factor: Factor, out: Uint32Array, input: Uint32Array): number =>
  dot(vector(factor, 'transposed', out).values, eqVector(input, factor.inShift, factor.matrix.inBits));

/** The sum over the middle of the product of two Kronecker products, cut where both have a border. */
function product(left: readonly Piece[], right: readonly Piece[], bits: number): number {
  let total = [...left, ...right].filter((piece) => piece.bits === 0).reduce((value, { values }) => mul(value, values[0]), 1);
  const sides = [left, right].map((side) => side.filter((piece) => piece.bits > 0).sort((a, b) => a.shift - b.shift));
  const borders = sides.map((side) => new Set(side.map(({ shift }) => shift).concat(bits)));
  const cuts = [...borders[0]].filter((at) => borders[1].has(at)).sort((a, b) => a - b);
  for (let c = 0; c + 1 < cuts.length; c++) {
    const [from, to] = [cuts[c], cuts[c + 1]];
    const [a, b] = sides.map((side) => spread(side.filter(({ shift }) => shift >= from && shift < to)));
    total = mul(total, dot(a, b));
  }
  return total;
}

/** Neighbouring pieces, lowest first, as one vector. */
function spread(pieces: readonly Piece[]): Uint32Array {
  let low = Uint32Array.of(1);
  for (const { values } of pieces) {
    const next = new Uint32Array(low.length * values.length);
    for (let i = 0, at = 0; i < values.length; i++) for (let j = 0; j < low.length; j++, at++) next[at] = mul(values[i], low[j]);
    low = next;
  }
  return low;
}
