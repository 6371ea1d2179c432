// SPDX-License-Identifier: Apache-2.0
import type { Ext } from './ext.ts';

/**
 * A vector over K as a structure of arrays: coefficient j of element i is `data[offset + j * stride + i]`.
 * Four planes instead of interleaved quadruples, because that is what SIMD lanes want.
 */
export interface Planes {
  readonly data: Uint32Array;
  readonly offset: number;
  readonly stride: number;
  readonly length: number;
}

export const planesOver = (data: Uint32Array): Planes => ({ data, offset: 0, stride: data.length / 4, length: data.length / 4 });

/** The elements [from, from + length), sharing memory. */
export const slicePlanes = (v: Planes, from: number, length: number): Planes => ({ ...v, offset: v.offset + from, length });

export function getExt(v: Planes, i: number): Ext {
  const { data, stride } = v;
  const at = v.offset + i;
  return [data[at], data[at + stride], data[at + 2 * stride], data[at + 3 * stride]];
}

export function setExt(v: Planes, i: number, x: Ext): void {
  const { data, stride } = v;
  const at = v.offset + i;
  data[at] = x[0];
  data[at + stride] = x[1];
  data[at + 2 * stride] = x[2];
  data[at + 3 * stride] = x[3];
}

export const listExt = (v: Planes): Ext[] => Array.from({ length: v.length }, (_, i) => getExt(v, i));
