// SPDX-License-Identifier: Apache-2.0
import { type Ext, extAdd, extMul, extSub, ONE } from './ext.ts';

/** eq(point, index): variable 0 of `point` is the top bit of `index`. */
export function eqAt(point: readonly Ext[], index: number): Ext {
  let product = ONE;
  point.forEach((x, i) => {
    const bit = Math.floor(index / 2 ** (point.length - 1 - i)) % 2;
    product = extMul(product, bit === 1 ? x : extSub(ONE, x));
  });
  return product;
}

/** eq(a, b) = prod (a_i b_i + (1 - a_i)(1 - b_i)). */
export function eqPoints(a: readonly Ext[], b: readonly Ext[]): Ext {
  let product = ONE;
  a.forEach((x, i) => {
    const y = b[i];
    const xy = extMul(x, y);
    product = extMul(product, extAdd(extSub(extSub(ONE, x), y), extAdd(xy, xy)));
  });
  return product;
}

/** All 2^k values eq(point, .), first variable = top bit of the index. */
export function eqList(point: readonly Ext[]): Ext[] {
  let table: Ext[] = [ONE];
  for (const x of point) {
    const next: Ext[] = [];
    for (const value of table) {
      const high = extMul(value, x);
      next.push(extSub(value, high), high);
    }
    table = next;
  }
  return table;
}
