// SPDX-License-Identifier: Apache-2.0
import { blake3 } from '@noble/hashes/blake3.js';
import { invariant } from '../base/index.ts';
import { type Ext, extAdd, extMul, extScale, extSub, ONE, ZERO } from './ext.ts';
import type { Columns, Entries, Fractions, Kernels, Rows } from './kernels.ts';
import { ntt } from './ntt.ts';
import { getExt, type Planes, planesOver, setExt, slicePlanes } from './planes.ts';

const le32 = (value: number): Uint8Array => new Uint8Array([value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]);

export const LEAF_TAG = 0;
export const NODE_TAG = 1;
export const GRIND_TAG = 2;

/** BLAKE3 of bytes that so many zeros follow; the kernels bring a faster one. */
export type Digest = (bytes: Uint8Array, zeros?: number) => Uint8Array;

export function plainHash(bytes: Uint8Array, zeros = 0): Uint8Array {
  if (zeros === 0) return blake3(bytes);
  const whole = new Uint8Array(bytes.length + zeros);
  whole.set(bytes);
  return blake3(whole);
}

/** BLAKE3(u32 0, salt, column as little-endian words). */
export function leafHash(salt: Uint8Array, column: Uint32Array, digest: Digest = plainHash): Uint8Array {
  const bytes = new Uint8Array(36 + 4 * column.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, LEAF_TAG, true);
  bytes.set(salt, 4);
  for (let i = 0; i < column.length; i++) view.setUint32(36 + 4 * i, column[i], true);
  return digest(bytes);
}

/** BLAKE3(u32 1, left, right). */
export function nodeHash(left: Uint8Array, right: Uint8Array, digest: Digest = plainHash): Uint8Array {
  const bytes = new Uint8Array(68);
  bytes[0] = NODE_TAG;
  bytes.set(left, 4);
  bytes.set(right, 36);
  return digest(bytes);
}

/** Whether BLAKE3(u32 2, seed, u32 nonce), its bytes read as one big-endian number, starts with `bits` zeros; bits <= 32. */
export function grindHolds(seed: Uint8Array, nonce: number, bits: number): boolean {
  const digest = blake3(new Uint8Array([...le32(GRIND_TAG), ...seed, ...le32(nonce)]));
  const top = ((digest[0] << 24) | (digest[1] << 16) | (digest[2] << 8) | digest[3]) >>> 0;
  return bits === 0 || top < 2 ** (32 - bits);
}

const halves = (v: Planes): readonly [Planes, Planes] => [slicePlanes(v, 0, v.length / 2), slicePlanes(v, v.length / 2, v.length / 2)];

/** The oracle of the fast kernels: one plain loop each, canonical residues, ordinary arrays. */
export class PlainKernels implements Kernels {
  readonly name = 'plain';
  readonly threads = 1;
  readonly capacity = Number.POSITIVE_INFINITY;
  private used = 0;
  private most = 0;
  private made: Uint32Array[] = [];

  begin(): void {
    this.end();
    this.most = 0;
  }

  end(): void {
    for (const vector of this.made) vector.fill(0);
    this.made = [];
    this.used = 0;
  }

  mark(): number {
    return this.made.length;
  }

  release(mark: number): void {
    for (const vector of this.made.splice(mark)) {
      this.used -= vector.byteLength;
      vector.fill(0);
    }
  }

  peak(): number {
    return this.most;
  }

  private words(count: number): Uint32Array {
    const vector = new Uint32Array(count);
    this.made.push(vector);
    this.used += vector.byteLength;
    this.most = Math.max(this.most, this.used);
    return vector;
  }

  base(length: number, values?: Uint32Array | ((canonical: Uint32Array) => void)): Uint32Array {
    const vector = this.words(length);
    if (typeof values === 'function') values(vector);
    else if (values !== undefined) vector.set(values);
    return vector;
  }

  readBase(v: Uint32Array): Uint32Array {
    return v.slice();
  }

  planes(length: number): Planes {
    return planesOver(this.words(4 * length));
  }

  copy(v: Planes): Planes {
    const out = this.planes(v.length);
    for (let i = 0; i < v.length; i++) setExt(out, i, getExt(v, i));
    return out;
  }

  getAt(v: Planes, i: number): Ext {
    return getExt(v, i);
  }

  addAt(v: Planes, i: number, x: Ext): void {
    setExt(v, i, extAdd(getExt(v, i), x));
  }

  eqTable(point: readonly Ext[], scale: Ext): Planes {
    const out = this.planes(2 ** point.length);
    setExt(out, 0, scale);
    let length = 1;
    for (const x of [...point].reverse()) {
      for (let i = 0; i < length; i++) {
        const value = getExt(out, i);
        const high = extMul(value, x);
        setExt(out, length + i, high);
        setExt(out, i, extSub(value, high));
      }
      length *= 2;
    }
    return out;
  }

  dropTop(v: Planes): Planes {
    const [low, high] = halves(v);
    for (let i = 0; i < low.length; i++) setExt(low, i, extAdd(getExt(low, i), getExt(high, i)));
    return low;
  }

  fold(v: Planes, r: Ext, half = v.length / 2, target = v): Planes {
    for (let i = 0; i < half; i++) {
      const a = getExt(v, i);
      const b = half + i < v.length ? getExt(v, half + i) : ZERO;
      setExt(target, i, extAdd(a, extMul(r, extSub(b, a))));
    }
    return slicePlanes(target, 0, half);
  }

  dotBase(v: Planes, b: Uint32Array): Ext {
    let sum = ZERO;
    for (let i = 0; i < v.length; i++) if (b[i] !== 0) sum = extAdd(sum, extScale(getExt(v, i), b[i]));
    return sum;
  }

  dot(u: Planes, v: Planes): Ext {
    let sum = ZERO;
    for (let i = 0; i < u.length; i++) sum = extAdd(sum, extMul(getExt(u, i), getExt(v, i)));
    return sum;
  }

  addScaledBase(target: Planes, v: Uint32Array, scale: Ext): void {
    for (let i = 0; i < v.length; i++) if (v[i] !== 0) setExt(target, i, extAdd(getExt(target, i), extScale(scale, v[i])));
  }

  addScaled(target: Planes, v: Planes, scale: Ext): void {
    for (let i = 0; i < v.length; i++) setExt(target, i, extAdd(getExt(target, i), extMul(scale, getExt(v, i))));
  }

  timesVector(matrix: Uint32Array, v: Planes): Planes {
    const out = this.planes(matrix.length / v.length);
    for (let i = 0; i < out.length; i++) setExt(out, i, this.dotBase(v, matrix.subarray(i * v.length, (i + 1) * v.length)));
    return out;
  }

  addEntries(target: Planes, v: Planes, { rows, cols, values }: Entries): void {
    for (let e = 0; e < values.length; e++)
      setExt(target, cols[e], extAdd(getExt(target, cols[e]), extScale(getExt(v, rows[e]), values[e])));
  }

  addOuter(target: Planes, high: Planes, low: Planes): void {
    for (let i = 0; i < high.length; i++) this.addScaled(slicePlanes(target, i * low.length, low.length), low, getExt(high, i));
  }

  affine(q: Planes, constant: Ext, scales: readonly Ext[], columns: readonly Uint32Array[]): void {
    for (let i = 0; i < q.length; i++) {
      let value = constant;
      for (let c = 0; c < columns.length; c++) if (columns[c][i] !== 0) value = extAdd(value, extScale(scales[c], columns[c][i]));
      setExt(q, i, value);
    }
  }

  fractionUp(layer: Fractions, target?: { readonly p: Planes; readonly q: Planes }): Fractions {
    const [q0, q1] = halves(layer.q);
    const up = target ?? { p: this.planes(q0.length), q: this.planes(q0.length) };
    const [p0, p1] = layer.p === undefined ? [undefined, undefined] : halves(layer.p);
    for (let i = 0; i < q0.length; i++) {
      const a = getExt(q0, i);
      const b = getExt(q1, i);
      const p = p0 === undefined || p1 === undefined ? extAdd(a, b) : extAdd(extMul(getExt(p0, i), b), extMul(getExt(p1, i), a));
      setExt(up.p, i, p);
      setExt(up.q, i, extMul(a, b));
    }
    return up;
  }

  fractionRound(p0: Planes | undefined, p1: Planes | undefined, q0: Planes, q1: Planes, e: Planes, lambda: Ext): readonly [Ext, Ext] {
    const half = q0.length / 2;
    let constant = ZERO;
    let leading = ZERO;
    const low = (v: Planes | undefined, i: number): Ext => (v === undefined ? ONE : getExt(v, i));
    const slope = (v: Planes | undefined, i: number): Ext => (v === undefined ? ZERO : extSub(getExt(v, half + i), getExt(v, i)));
    const value = (a0: Ext, a1: Ext, b0: Ext, b1: Ext): Ext => extAdd(extMul(extAdd(a0, extMul(lambda, b0)), b1), extMul(a1, b0));
    for (let i = 0; i < half; i++) {
      const weight = getExt(e, i);
      constant = extAdd(constant, extMul(weight, value(low(p0, i), low(p1, i), low(q0, i), low(q1, i))));
      leading = extAdd(leading, extMul(weight, value(slope(p0, i), slope(p1, i), slope(q0, i), slope(q1, i))));
    }
    return [constant, leading];
  }

  productRound(a: Planes, b: Planes, c: Planes, e: Planes): readonly [Ext, Ext] {
    const half = a.length / 2;
    let constant = ZERO;
    let leading = ZERO;
    for (let i = 0; i < half; i++) {
      const weight = getExt(e, i);
      const a0 = getExt(a, i);
      const b0 = getExt(b, i);
      constant = extAdd(constant, extMul(weight, extSub(extMul(a0, b0), getExt(c, i))));
      leading = extAdd(leading, extMul(weight, extMul(extSub(getExt(a, half + i), a0), extSub(getExt(b, half + i), b0))));
    }
    return [constant, leading];
  }

  innerRound(l: Planes, w: Planes): readonly [Ext, Ext] {
    const half = w.length / 2;
    let constant = ZERO;
    let leading = ZERO;
    for (let i = 0; i < half; i++) {
      const l0 = getExt(l, i);
      const w0 = getExt(w, i);
      constant = extAdd(constant, extMul(l0, w0));
      leading = extAdd(leading, extMul(extSub(getExt(l, half + i), l0), extSub(getExt(w, half + i), w0)));
    }
    return [constant, leading];
  }

  commit({ body, rowLength, tails, tailLength, extra }: Rows, logSize: number, salts: Uint8Array): Columns {
    const size = 2 ** logSize;
    const rows = Array.from({ length: body.length / rowLength }, (_, i) => {
      const row = new Uint32Array(rowLength + tailLength);
      row.set(body.subarray(i * rowLength, (i + 1) * rowLength));
      row.set(tails.subarray(i * tailLength, (i + 1) * tailLength), rowLength);
      return row;
    });
    const codewords = [...rows, ...extra].map((row) => ntt(row, logSize));
    const column = (j: number): Uint32Array => Uint32Array.from(codewords, (word) => word[j]);
    const leaves = new Uint8Array(32 * size);
    for (let j = 0; j < size; j++) leaves.set(leafHash(salts.subarray(32 * j, 32 * j + 32), column(j)), 32 * j);
    return { leaves, open: (positions) => positions.map(column) };
  }

  merkle(leaves: Uint8Array): Uint8Array {
    const count = leaves.length / 32;
    const nodes = new Uint8Array(2 * leaves.length);
    nodes.set(leaves, leaves.length);
    const at = (i: number): Uint8Array => nodes.subarray(32 * i, 32 * i + 32);
    for (let i = count - 1; i >= 1; i--) nodes.set(nodeHash(at(2 * i), at(2 * i + 1)), 32 * i);
    return nodes;
  }

  encodeAt(row: Uint32Array, logSize: number, positions: readonly number[]): Uint32Array {
    const word = ntt(row, logSize);
    return Uint32Array.from(positions, (position) => word[position]);
  }

  hash(bytes: Uint8Array, zeros = 0): Uint8Array {
    return plainHash(bytes, zeros);
  }

  grind(seed: Uint8Array, bits: number): number {
    for (let nonce = 0; nonce < 2 ** 32; nonce++) if (grindHolds(seed, nonce, bits)) return nonce;
    invariant(false, 'grind: no nonce found');
  }
}
