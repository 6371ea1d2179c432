// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../base/index.ts';
import type { ProgramBuilder } from '../builder.ts';
import { INTEGER_BOUND, productRange } from '../check.ts';
import { entriesMatrix, formOf, ones, pad, publicValues, same, sizeOf, sum, type Tensor, type Virtual, whole } from '../linear.ts';
import { rangeTable } from '../tables.ts';
import type { Range } from '../types.ts';

type Fill = readonly { readonly block: number; readonly cells: Uint32Array }[];

const blockOf = (tensor: Tensor): number => tensor.source as number;

/** Largest limb that has a table of its own. */
const LIMB_BITS = 12;

/**
 * Proves x >= public value `first`, x one cell in `range` (proven elsewhere), the threshold known to lie in `thresholds`: the difference is
 * written in limbs below 2^12 that are looked up. The verifier must refuse a threshold outside `thresholds`, or the difference
 * could wrap around the field.
 */
export function atLeast(
  b: ProgramBuilder,
  name: string,
  x: Tensor,
  range: Range,
  first: number,
  thresholds: Range,
): { fill(value: number, threshold: number): Fill } {
  const widest = range.max - thresholds.min;
  invariant(widest >= 0 && widest < 2 ** 29 && thresholds.max - range.min < 2 ** 29, 'atLeast: the difference could wrap around');
  const bits = Math.max(1, Math.ceil(Math.log2(widest + 1)));
  const count = Math.ceil(bits / LIMB_BITS);
  const width = Math.ceil(bits / count);
  // All limbs together must stay below p - 2^29, or they could spell a negative difference plus p.
  invariant(count * width <= 30, 'atLeast: the limbs could wrap around');
  const limbs = b.block(name, [count], { min: 0, max: 2 ** width - 1 });
  b.ranged(limbs, rangeTable(`limb ${width}`, { min: 0, max: 2 ** width - 1 }));
  const weights = entriesMatrix(
    0,
    limbs.axes[0].bits,
    Array.from({ length: count }, (_, i) => [0, i, -(2 ** (i * width))] as const),
  );
  const axes = publicValues(1, first, b.publicBits).axes;
  const total: Virtual = { axes, terms: [{ source: limbs.source, scale: 1, factors: [{ outShift: 0, inShift: 0, matrix: weights }] }] };
  b.zero(formOf(sum({ axes, terms: same(x).terms }, publicValues(1, first, b.publicBits, -1), total)));
  return {
    fill: (value, threshold) => {
      const margin = Math.max(0, value - threshold);
      return [
        {
          block: blockOf(limbs),
          cells: pad(
            limbs.axes,
            Array.from({ length: count }, (_, i) => Math.floor(margin / 2 ** (i * width)) % 2 ** width),
          ),
        },
      ];
    },
  };
}

/**
 * Proves that the public value `first` is <u, v>, an integer: u and v have proven ranges in which no such sum reaches 2^29
 * (InvariantError else, or the public residue could stand for another integer).
 */
export function innerProduct(
  b: ProgramBuilder,
  name: string,
  u: Tensor,
  v: Tensor,
  first: number,
): { fill(a: ArrayLike<number>, c: ArrayLike<number>): Fill } {
  const forms = [formOf(same(u)), formOf(same(v))] as const;
  const [x, y] = forms.map((form) => b.rangeOf(form));
  invariant(x !== undefined && y !== undefined, 'innerProduct: cells without ranges');
  const { min, max } = productRange(x, y, false);
  invariant(Math.max(-min, max) * sizeOf(u.axes) < INTEGER_BOUND, 'innerProduct: the sum could wrap around');
  const products = b.block(
    name,
    u.axes.map(({ size }) => size),
  );
  b.product(...forms, whole(products));
  const row = u.axes.map((axis, i) => ({
    outShift: 0,
    inShift: u.axes.slice(i + 1).reduce((shift, { bits }) => shift + bits, 0),
    matrix: transposed(axis),
  }));
  const total: Virtual = { axes: publicValues(1, first, b.publicBits).axes, terms: [{ source: products.source, scale: 1, factors: row }] };
  b.zero(formOf(sum(total, publicValues(1, first, b.publicBits, -1))));
  return {
    fill: (a, c) => [
      {
        block: blockOf(products),
        cells: pad(
          products.axes,
          Array.from(a, (x, i) => x * c[i]),
        ),
      },
    ],
  };
}

/** A row of ones on the true cells of an axis. */
function transposed(axis: Tensor['axes'][number]) {
  const column = ones(axis);
  invariant(column.kind === 'entries', 'innerProduct: ones are entries');
  return { ...column, outBits: 0, inBits: axis.bits, rows: column.cols, cols: column.rows };
}
