// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../base/index.ts';
import { fromSigned, inv } from '../../field/index.ts';
import type { ProgramBuilder } from '../builder.ts';
import { formOf, pad, same, sizeOf, type Tensor, whole } from '../linear.ts';
import type { Range } from '../types.ts';
import { BASE, combine, type Fill, formOfParts, LIMB, type LimbTables, limbBlock, limbsOf, zeroSum } from './limbs.ts';
import type { MessagePart } from './sponge.ts';

/** A threshold is a whole number of parts in 2^12: tau = threshold / COSINE_UNIT. */
export const COSINE_UNIT = 2 ** 12;
/** Least and greatest threshold that the relation admits. */
export const COSINE_THRESHOLDS: Range = { min: 1, max: COSINE_UNIT - 1 };

/** Limbs of <a,t>, |a|^2 and |t|^2 (below 2^29), of threshold times a square, and of the remainder. */
const SUM = 4;
const SCALED = 6;
const REMAINDER = 11;
/** COSINE_UNIT^2 = BASE^SHIFT. */
const SHIFT = 3;
/** Bits of a sum's top limb: 3 * 8 + 5 = 29. */
const TOP_BITS = 5;

type Entry = readonly [element: number, cell: number, coefficient: number];
const indices = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Whether <a,t> / (|a| |t|) >= threshold / COSINE_UNIT with neither vector zero, in exact integers: what the gadget proves. */
export function cosineReaches(a: ArrayLike<number>, t: ArrayLike<number>, threshold: number): boolean {
  const { dot, aa, tt } = sums(a, t);
  return dot > 0n && dot * dot * BigInt(COSINE_UNIT) ** 2n >= BigInt(threshold) ** 2n * aa * tt;
}

function sums(a: ArrayLike<number>, t: ArrayLike<number>): { readonly dot: bigint; readonly aa: bigint; readonly tt: bigint } {
  let [dot, aa, tt] = [0n, 0n, 0n];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [BigInt(a[i]), BigInt(t[i])];
    dot += x * y;
    aa += x * x;
    tt += y * y;
  }
  return { dot, aa, tt };
}

/** Largest size of a value of this range. */
const reach = ({ min, max }: Range): number => Math.max(-min, max);

export interface Cosine {
  /** True cells of a and t, and the threshold. What does not reach it fills the blocks with something that breaks a relation. */
  fill(a: ArrayLike<number>, t: ArrayLike<number>, threshold: number): Fill;
}

/**
 * Proves that two private vectors are not zero and that their cosine is at least tau = threshold / 2^12, the threshold being public
 * value `thresholdAt`, itself proven to lie in {@link COSINE_THRESHOLDS}. Every cell of a and t must be proven elsewhere to lie in its
 * range, with (count) (largest a) (largest t), and the squares alike, below 2^29. With D = <a,t>, A = <a,a>, T = <t,t> it proves
 *
 *     D > 0   and   D^2 2^24 = (threshold A)(threshold T) + R,   R >= 0
 *
 * over the integers: D, A, T are written in four limbs of 8 bits below 2^29 (so the equation with the field element is one of
 * integers, and D >= 0), D has an inverse (so D > 0, hence A, T > 0), and the products are carried limb by limb (zeroSum). The
 * proof of it, bound by bound, is in circuits/face/README.md.
 */
export function cosineAtLeast(
  b: ProgramBuilder,
  name: string,
  tables: LimbTables,
  a: Tensor,
  t: Tensor,
  ranges: { readonly a: Range; readonly t: Range },
  thresholdAt: number,
): Cosine {
  const count = sizeOf(a.axes);
  invariant(a.axes.length === 1 && t.axes.length === 1 && sizeOf(t.axes) === count, 'cosineAtLeast: vectors of one length');
  const largest = Math.max(reach(ranges.a), reach(ranges.t));
  invariant(count * largest * largest < 2 ** 29, 'cosineAtLeast: the sums could wrap around');

  // The threshold: th in [-2^12, 2^12) and th - 2^12 - 1 in [-2^12, 2^12), so 1 <= th <= 2^12 - 1.
  const bounds: Entry[] = [
    [0, 1 + thresholdAt, 1],
    [1, 1 + thresholdAt, 1],
    [1, 0, -(COSINE_UNIT + 1)],
  ];
  const publics: Tensor = { source: 'public', axes: [{ size: 2 ** b.publicBits, bits: b.publicBits }] };
  b.lookup({ table: b.table(tables.carry), field: true, a: formOfParts(2, [{ tensor: publics, entries: bounds }]) });

  // Cell by cell products, added up and written in limbs: rows D, A, T.
  const products = (['dot', 'aa', 'tt'] as const).map((what) => b.block(`${name} ${what}`, [count]));
  const pairs = [
    [a, t],
    [a, a],
    [t, t],
  ] as const;
  pairs.forEach(([x, y], i) => {
    const form = formOf(same(x));
    b.product(form, x === y ? form : formOf(same(y)), whole(products[i]));
  });
  const limbs = limbBlock(b, `${name} limbs`, tables, [3, SUM]);
  const row = (i: number): Entry[] => indices(SUM).map((k) => [i, i * SUM + k, -(BASE ** k)] as const);
  b.zero(
    formOfParts(3, [
      ...products.map((tensor, i): MessagePart => ({ tensor, entries: indices(count).map((k) => [i, k, 1] as const) })),
      { tensor: limbs, entries: [...row(0), ...row(1), ...row(2)] },
    ]),
  );
  const top = indices(3).map((i) => [i, i * SUM + SUM - 1, 2 ** (LIMB - TOP_BITS)] as const);
  b.lookup({ table: b.table(tables.limb), a: formOfParts(3, [{ tensor: limbs, entries: top }]) });

  // D is not zero.
  const inverted = b.block(`${name} inverse`, [1]);
  const dot: MessagePart = { tensor: limbs, entries: indices(SUM).map((k) => [0, k, BASE ** k] as const) };
  b.product(formOfParts(1, [dot]), formOf(same(inverted)), formOfParts(1, [{ tensor: publics, entries: [[0, 0, 1]] }]));

  // threshold A and threshold T, limb by limb, then normalised.
  const scaled = b.block(`${name} scaled`, [2, SUM]);
  const squares = indices(2 * SUM).map((i) => [i, SUM + i, 1] as const);
  const threshold = indices(2 * SUM).map((i) => [i, 1 + thresholdAt, 1] as const);
  b.product(
    formOfParts(2 * SUM, [{ tensor: limbs, entries: squares }]),
    formOfParts(2 * SUM, [{ tensor: publics, entries: threshold }]),
    whole(scaled),
  );
  const sides = limbBlock(b, `${name} sides`, tables, [2, SCALED]);
  const sideAt = (side: number, k: number): number => side * 8 + k;
  const normalise = [0, 1].map((side) =>
    zeroSum(b, `${name} carries ${side}`, tables, SCALED, COSINE_THRESHOLDS.max * (BASE - 1), [
      { tensor: scaled, entries: indices(SUM).map((k) => [k, side * SUM + k, 1] as const) },
      { tensor: sides, entries: indices(SCALED).map((k) => [k, sideAt(side, k), -1] as const) },
    ]),
  );

  // D^2 2^24 - (threshold A)(threshold T) - R = 0.
  const square = b.block(`${name} square`, [SUM, SUM]);
  const spread = (count: number, width: number, at: (i: number, j: number) => number): Entry[] =>
    indices(count).flatMap((i) => indices(count).map((j) => [i * width + j, at(i, j), 1] as const));
  /** Cell (i, j) of a table of products counts at position i + j + shift. */
  const diagonals = (count: number, width: number, shift: number, sign: number): Entry[] =>
    indices(count).flatMap((i) => indices(count).map((j) => [i + j + shift, i * width + j, sign] as const));
  const form = (size: number, tensor: Tensor, entries: readonly Entry[]) => formOfParts(size, [{ tensor, entries }]);
  b.product(
    form(
      SUM * SUM,
      limbs,
      spread(SUM, SUM, (i) => i),
    ),
    form(
      SUM * SUM,
      limbs,
      spread(SUM, SUM, (_, j) => j),
    ),
    whole(square),
  );
  const product = b.block(`${name} product`, [SCALED, SCALED]);
  b.product(
    form(
      64,
      sides,
      spread(SCALED, 8, (i) => sideAt(0, i)),
    ),
    form(
      64,
      sides,
      spread(SCALED, 8, (_, j) => sideAt(1, j)),
    ),
    whole(product),
  );
  const remainder = limbBlock(b, `${name} remainder`, tables, [REMAINDER]);
  const most = Math.max(SUM, SCALED) * (BASE - 1) ** 2 + BASE;
  const compared = zeroSum(b, `${name} carries`, tables, REMAINDER, most, [
    { tensor: square, entries: diagonals(SUM, SUM, SHIFT, 1) },
    { tensor: product, entries: diagonals(SCALED, 8, 0, -1) },
    { tensor: remainder, entries: indices(REMAINDER).map((k) => [k, k, -1]) },
  ]);

  const fill = (x: ArrayLike<number>, y: ArrayLike<number>, th: number): Fill => {
    const { dot: D, aa: A, tt: T } = sums(x, y);
    const cellsOf = (tensor: Tensor, values: readonly number[]) => ({ block: tensor.source as number, cells: pad(tensor.axes, values) });
    const times = (u: ArrayLike<number>, v: ArrayLike<number>): number[] => Array.from(u, (value, i) => value * v[i]);
    const [d, s, r] = [D, A, T].map((value) => limbsOf(value < 0n ? 0n : value, SUM));
    const [u, v] = [A, T].map((value) => limbsOf(BigInt(th) * value, SCALED));
    const R = D * D * BigInt(COSINE_UNIT) ** 2n - BigInt(th) ** 2n * A * T;
    const rest = limbsOf(R < 0n ? 0n : R, REMAINDER);
    const coefficients = Array<number>(REMAINDER).fill(0);
    for (const [i, p] of d.entries()) for (const [j, q] of d.entries()) coefficients[i + j + SHIFT] += p * q;
    for (const [i, p] of u.entries()) for (const [j, q] of v.entries()) coefficients[i + j] -= p * q;
    for (const [i, p] of rest.entries()) coefficients[i] -= p;
    const field = fromSigned(Number(D % 2n ** 29n));
    return [
      ...[times(x, y), times(x, x), times(y, y)].map((values, i) => cellsOf(products[i], values)),
      cellsOf(limbs, [...d, ...s, ...r]),
      { block: inverted.source as number, cells: Uint32Array.of(field === 0 ? 0 : inv(field)) },
      cellsOf(
        scaled,
        [...s, ...r].map((value) => value * th),
      ),
      cellsOf(sides, [...u, ...v]),
      ...normalise.flatMap((gadget, i) => gadget.fill(indices(SCALED).map((k) => ([s, r][i][k] ?? 0) * th - [u, v][i][k]))),
      cellsOf(
        square,
        d.flatMap((p) => d.map((q) => p * q)),
      ),
      cellsOf(
        product,
        u.flatMap((p) => v.map((q) => p * q)),
      ),
      cellsOf(remainder, rest),
      ...compared.fill(coefficients),
    ];
  };
  return { fill };
}

/** Proves that a private vector is not zero, under the same conditions as {@link cosineAtLeast}: its sum of squares has an inverse. */
export function notZero(b: ProgramBuilder, name: string, x: Tensor, range: Range): { fill(values: ArrayLike<number>): Fill } {
  const count = sizeOf(x.axes);
  invariant(x.axes.length === 1 && count * reach(range) ** 2 < 2 ** 29, 'notZero: the sum could wrap around');
  const squares = b.block(`${name} squares`, [count]);
  const form = formOf(same(x));
  b.product(form, form, whole(squares));
  const inverted = b.block(`${name} inverse`, [1]);
  const publics: Tensor = { source: 'public', axes: [{ size: 2 ** b.publicBits, bits: b.publicBits }] };
  const total = combine(1, [{ tensor: squares, entries: indices(count).map((i) => [0, i, 1] as const) }]);
  b.product(formOf(total), formOf(same(inverted)), formOfParts(1, [{ tensor: publics, entries: [[0, 0, 1]] }]));
  return {
    fill: (values) => {
      const cells = Array.from(values, (value) => value * value);
      const norm = fromSigned(cells.reduce((p, q) => p + q, 0));
      return [
        { block: squares.source as number, cells: pad(squares.axes, cells) },
        { block: inverted.source as number, cells: Uint32Array.of(norm === 0 ? 0 : inv(norm)) },
      ];
    },
  };
}
