// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../../src/base/index.ts';
import { entriesMatrix, type LinearForm, type Source } from '../../../src/program/index.ts';
import { LIMB, type Limbs } from './layout.ts';

/** A sum of coefficients times cells of named sources; cell 0 of `public` is 1, cell 1 + i public value i. Coefficients are signed integers. */
export type Affine = readonly (readonly [source: 'limbs' | 'bits' | 'units' | 'public', cell: number, coefficient: number])[];

export const constant = (value: number): Affine => [['public', 0, value]];
export const publicValue = (index: number): Affine => [['public', 1 + index, 1]];
export const bit = (cell: number): Affine => [['bits', cell, 1]];
export const limbValue = ({ first, count }: Limbs): Affine =>
  Array.from({ length: count }, (_, i) => ['limbs', first + i, LIMB ** i] as const);
export const times = (factor: number, x: Affine): Affine => x.map(([source, cell, coefficient]) => [source, cell, factor * coefficient]);
export const plus = (...parts: readonly Affine[]): Affine => parts.flat();
export const minus = (x: Affine, ...rest: readonly Affine[]): Affine => plus(x, ...rest.map((part) => times(-1, part)));

/** Which block a name stands for, and its bits. */
export type Sources = Readonly<Record<'limbs' | 'bits' | 'units' | 'public', { readonly source: Source; readonly bits: number }>>;

/** One cell a row, in the next power of two of rows. */
export function formOfRows(rows: readonly Affine[], sources: Sources, bits = Math.max(0, Math.ceil(Math.log2(rows.length)))): LinearForm {
  invariant(rows.length > 0 && rows.length <= 2 ** bits, 'formOfRows: rows do not fit');
  const terms = (['limbs', 'bits', 'units', 'public'] as const).flatMap((name) => {
    const entries = rows.flatMap((row, r) =>
      row
        .filter(([source, , coefficient]) => source === name && coefficient !== 0)
        .map(([, cell, coefficient]) => [r, cell, coefficient] as const),
    );
    const { source, bits: inBits } = sources[name];
    return entries.length === 0
      ? []
      : [{ source, scale: 1, factors: [{ outShift: 0, inShift: 0, matrix: entriesMatrix(bits, inBits, entries) }] }];
  });
  return { bits, terms };
}
