// SPDX-License-Identifier: Apache-2.0
import { sha256, utf8ToBytes } from '../base/index.ts';
import { type Ext, eqList, extAdd, extMul, extScale, ONE, P, ZERO } from '../field/index.ts';
import { eachEntry, segment } from './forms.ts';
import type { MapTerm } from './maps.ts';
import type { Factor, Term } from './types.ts';

/**
 * Translation validation: whether a composed term is the product of the two it was made of, tried at random points of K.
 *
 * eq(out)^T A B eq(input) is computed twice, once from the composed factors and once from the chain. Both are polynomials of degree one
 * in each coordinate; if they differ, they agree at a random point with probability at most bits / |K|, below 2^-118. Nobody is
 * there to draw the point, and whoever writes the network may know how it is drawn: so it comes from the hash of the network
 * itself, and a network for which a false composition passes has to be searched for 2^118 times.
 */
export class Translation {
  private readonly seed: Uint8Array;
  private draws = 0;

  constructor(seed: string) {
    this.seed = utf8ToBytes(`tacit/translation/v1 ${seed}`);
  }

  /** Whether `composed` is `outer` after `inner`; `bits` are those of the outer's output, the middle, and the inner's input. */
  holds(
    outer: MapTerm,
    inner: Term,
    composed: Term,
    bits: { readonly out: number; readonly middle: number; readonly input: number },
  ): boolean {
    const [out, input] = [this.point(bits.out), this.point(bits.input)];
    const left = outer.factors.map((f) => vector(f, 'transposed', out));
    const right = inner.factors.map((f) => vector(f, 'straight', input));
    const chain = extScale(product(left, right, bits.middle), inner.scale);
    const whole = composed.factors.reduce((value, f) => extMul(value, bilinear(f, out, input)), extScale(ONE, composed.scale));
    return composed.source === inner.source && chain.every((x, i) => x === whole[i]);
  }

  /** `count` elements of K, new ones at every call. */
  private point(count: number): Ext[] {
    const words: number[] = [];
    while (words.length < 4 * count) {
      const block = new Uint8Array(this.seed.length + 4);
      block.set(this.seed);
      new DataView(block.buffer).setUint32(this.seed.length, this.draws++, true);
      const view = new DataView(sha256(block).buffer);
      for (let i = 0; i < 8; i++) {
        const word = view.getUint32(4 * i, true) & 0x7fffffff;
        if (word < P) words.push(word);
      }
    }
    return Array.from({ length: count }, (_, i) => words.slice(4 * i, 4 * i + 4) as unknown as Ext);
  }
}

/** Values on some bits of the middle, [shift, shift + log2 length). */
interface Piece {
  readonly shift: number;
  readonly bits: number;
  readonly values: readonly Ext[];
}

/** M^T eq(point) on the input bits of a factor, or M eq(point) on its output bits. */
function vector({ matrix, outShift, inShift }: Factor, way: 'straight' | 'transposed', point: readonly Ext[]): Piece {
  const transposed = way === 'transposed';
  const [own, other] = transposed ? [matrix.inBits, matrix.outBits] : [matrix.outBits, matrix.inBits];
  const weights = eqList(segment(point, transposed ? outShift : inShift, other));
  const values: Ext[] = Array.from({ length: 2 ** own }, () => ZERO);
  eachEntry(matrix, (row, col, value) => {
    const [to, from] = transposed ? [col, row] : [row, col];
    values[to] = extAdd(values[to], extScale(weights[from], value));
  });
  return { shift: transposed ? inShift : outShift, bits: own, values };
}

function bilinear(factor: Factor, out: readonly Ext[], input: readonly Ext[]): Ext {
  const { values } = vector(factor, 'transposed', out);
  const weights = eqList(segment(input, factor.inShift, factor.matrix.inBits));
  return values.reduce((sum, x, i) => extAdd(sum, extMul(x, weights[i])), ZERO);
}

/** The sum over the middle of the product of two Kronecker products, cut where both have a border. */
function product(left: readonly Piece[], right: readonly Piece[], bits: number): Ext {
  let total = [...left, ...right].filter((piece) => piece.bits === 0).reduce((value, { values }) => extMul(value, values[0]), ONE);
  const sides = [left, right].map((side) => side.filter((piece) => piece.bits > 0).sort((a, b) => a.shift - b.shift));
  const borders = sides.map((side) => new Set(side.map(({ shift }) => shift).concat(bits)));
  const cuts = [...borders[0]].filter((at) => borders[1].has(at)).sort((a, b) => a - b);
  for (let c = 0; c + 1 < cuts.length; c++) {
    const [from, to] = [cuts[c], cuts[c + 1]];
    const [a, b] = sides.map((side) => spread(side.filter(({ shift }) => shift >= from && shift < to)));
    total = extMul(
      total,
      a.reduce((sum, x, i) => extAdd(sum, extMul(x, b[i])), ZERO),
    );
  }
  return total;
}

/** Neighbouring pieces, lowest first, as one vector. */
const spread = (pieces: readonly Piece[]): readonly Ext[] =>
  pieces.reduce<readonly Ext[]>((low, { values }) => values.flatMap((x) => low.map((y) => extMul(x, y))), [ONE]);
