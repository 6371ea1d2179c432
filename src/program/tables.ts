// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { fromSigned } from '../field/index.ts';
import type { Range, Table } from './types.ts';

const bitsFor = (size: number): number => Math.max(1, Math.ceil(Math.log2(size)));

/** The row order of every table: 0 first (row 0 is the row of the padding), then 1..max, then min..-1. */
function inputs({ min, max }: Range): number[] {
  invariant(Number.isSafeInteger(min) && Number.isSafeInteger(max) && min <= 0 && max >= 0, 'table: the range must hold zero');
  return [...Array.from({ length: max + 1 }, (_, i) => i), ...Array.from({ length: -min }, (_, i) => min + i)];
}

/** All integers from min to max: a range check. */
export function rangeTable(name: string, range: Range): Table {
  const rows = inputs(range);
  const bits = bitsFor(rows.length);
  const a = new Uint32Array(2 ** bits);
  rows.forEach((x, i) => {
    a[i] = fromSigned(x);
  });
  return { name, bits, size: rows.length, a };
}

/** The graph of an integer function (or of two) on min..max; every function must send 0 to 0, so that padding proves itself zero. */
export function functionTable(name: string, range: Range, f: (x: number) => number, g?: (x: number) => number): Table {
  const rows = inputs(range);
  invariant(f(0) === 0 && (g === undefined || g(0) === 0), 'table: the functions must send zero to zero');
  const plain = rangeTable(name, range);
  const column = (h: (x: number) => number): Uint32Array => {
    const values = new Uint32Array(plain.a.length);
    rows.forEach((x, i) => {
      values[i] = fromSigned(h(x));
    });
    return values;
  };
  return { ...plain, o1: column(f), ...(g === undefined ? {} : { o2: column(g) }) };
}

/** clamp(round(x / 2^shift), min, max), halves rounded towards +infinity: the requantisation of every layer. */
export const requantize =
  (shift: number, { min, max }: Range): ((x: number) => number) =>
  (x) =>
    Math.min(max, Math.max(min, Math.floor((x + (shift === 0 ? 0 : 2 ** (shift - 1))) / 2 ** shift)));
