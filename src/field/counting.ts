// SPDX-License-Identifier: Apache-2.0
import { Arena, MAX_THREADS, planeStride, scratch } from './arena.ts';
import { type Ext, ZERO } from './ext.ts';
import type { Columns, Entries, Fractions, Kernels, Rows } from './kernels.ts';
import type { Planes } from './planes.ts';

const NO_DATA = new Uint32Array(0);

/** As much of a vector as a program asks for that leaves all arithmetic to kernels: its length, and parts of it. */
class Length {
  readonly length: number;
  constructor(length: number) {
    this.length = length;
  }
  subarray(from: number, to: number): Length {
    return new Length(to - from);
  }
  fill(): this {
    return this;
  }
}

/** A vector over F that has a length and no elements: for counting kernels alone. */
export const vectorOfLength = (length: number): Uint32Array => new Length(length) as unknown as Uint32Array;

/**
 * Kernels that calculate nothing: they only count what the fast ones, with the same number of threads, would hold. A program that runs
 * over them takes the steps it always takes, and `peak` is to the byte what it needs. Every scalar they return is zero; digests differ
 * from each other, so that challenges drawn from them are not all alike.
 */
export class CountingKernels implements Kernels {
  readonly name = 'counting';
  readonly capacity = Number.POSITIVE_INFINITY;
  readonly threads: number;
  private readonly arena = new Arena(0);
  private word = 1;

  constructor(threads = MAX_THREADS) {
    this.threads = threads;
  }

  begin(): void {
    this.arena.clear();
    this.arena.allocate(scratch.begin(this.threads));
  }
  end(): void {
    this.arena.release(this.arena.start);
  }
  mark(): number {
    return this.arena.top;
  }
  release(mark: number): void {
    this.arena.release(mark);
  }
  peak(): number {
    return this.arena.peak;
  }

  /** What a kernel takes while it works. */
  private briefly(...words: readonly number[]): void {
    const mark = this.mark();
    for (const each of words) this.arena.allocate(each);
    this.release(mark);
  }
  private roots(size: number): void {
    this.arena.roots(size, (words) => this.arena.allocate(words));
  }

  base(length: number): Uint32Array {
    this.arena.allocate(length);
    return vectorOfLength(length);
  }
  readBase({ length }: Uint32Array): Uint32Array {
    return new Uint32Array(length);
  }
  planes(length: number): Planes {
    const stride = planeStride(length);
    return { data: NO_DATA, offset: this.arena.allocate(4 * stride), stride, length };
  }
  copy({ length }: Planes): Planes {
    return this.planes(length);
  }
  getAt(): Ext {
    return ZERO;
  }
  addAt(): void {}

  eqTable(point: readonly Ext[]): Planes {
    return this.planes(2 ** point.length);
  }
  dropTop(v: Planes): Planes {
    return { ...v, length: v.length / 2 };
  }
  fold(v: Planes, _r: Ext, half = v.length / 2, target = v): Planes {
    return { ...target, length: half };
  }
  dotBase(): Ext {
    return ZERO;
  }
  timesVector(matrix: Uint32Array, v: Planes): Planes {
    return this.planes(matrix.length / v.length);
  }
  dot(): Ext {
    return ZERO;
  }
  addScaledBase(): void {}
  addScaled(): void {}
  addEntries(_target: Planes, _v: Planes, { values }: Entries): void {
    this.briefly(...scratch.addEntries(values.length));
  }
  addOuter(): void {}
  affine(): void {}
  fractionUp({ q }: Fractions, target?: { readonly p: Planes; readonly q: Planes }): Fractions {
    return target ?? { p: this.planes(q.length / 2), q: this.planes(q.length / 2) };
  }
  fractionRound(): readonly [Ext, Ext] {
    return [ZERO, ZERO];
  }
  productRound(): readonly [Ext, Ext] {
    return [ZERO, ZERO];
  }
  innerRound(): readonly [Ext, Ext] {
    return [ZERO, ZERO];
  }

  commit({ body, rowLength, extra }: Rows, logSize: number): Columns {
    const size = 2 ** logSize;
    const rows = body.length / rowLength + extra.length;
    this.roots(size);
    this.briefly(...scratch.commit(size, rows));
    return {
      leaves: new Uint8Array(32 * size),
      open: (positions) => {
        this.briefly(scratch.open(size, this.threads));
        return positions.map(() => new Uint32Array(rows));
      },
    };
  }
  merkle({ length }: Uint8Array): Uint8Array {
    this.briefly(scratch.merkle(length / 32));
    return new Uint8Array(2 * length);
  }
  encodeAt(_row: Uint32Array, logSize: number, positions: readonly number[]): Uint32Array {
    if (logSize >= 3) {
      this.roots(2 ** logSize);
      this.briefly(scratch.encodeAt(2 ** logSize));
    }
    return new Uint32Array(positions.length);
  }
  hash(bytes: Uint8Array, zeros = 0): Uint8Array {
    this.briefly(scratch.hash(bytes.length + zeros));
    const words = Uint32Array.from({ length: 8 }, () => {
      this.word = (Math.imul(this.word, 1664525) + 1013904223) >>> 0;
      return this.word;
    });
    return new Uint8Array(words.buffer);
  }
  grind(): number {
    return 0;
  }
}
