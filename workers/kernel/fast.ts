// Longer than 400 lines because it is one class: each kernel a few lines around one call, all over one arena.
import { invariant } from '../../src/base/index.ts';
import {
  Arena,
  add,
  type Columns,
  type Entries,
  type Ext,
  extAdd,
  extMul,
  extSub,
  type Fractions,
  inv,
  type Kernels,
  mul,
  nodeHash,
  P,
  PlainKernels,
  type Planes,
  planeStride,
  type Rows,
  rootOfUnity,
  scratch,
  setExt,
  slicePlanes,
} from '../../src/field/index.ts';
import type { Crew } from './crew.ts';
import type { Exports, KernelName } from './exports.ts';

/** R = 2^32 mod p, and its inverse: canonical x is held as x R. */
const R = 2 ** 32 % P;
const R_INVERSE = inv(R);
const enter = (x: number): number => mul(x, R);
const leave = (x: number): number => mul(x, R_INVERSE);

/** Words for four operands; behind them are the results (arena.ts). */
const SCALARS = 16;
const PAGE = 65536;
const CHUNK_START = 1;
const CHUNK_END = 2;
const ROOT = 8;

const bitReverse = (x: number, bits: number): number => {
  let y = 0;
  for (let i = 0; i < bits; i++) y = 2 * y + ((x >>> i) & 1);
  return y;
};

/** Steps (K products or as much) below which a second thread costs more than it saves. */
const GRAIN = 8192;

/** One arena in WebAssembly memory; everything in it in Montgomery form. Work on long vectors is shared with the crew, if any. */
export class FastKernels implements Kernels {
  readonly name = 'wasm-simd';
  private readonly wasm: Exports;
  private readonly memory: WebAssembly.Memory;
  private readonly crew: Crew | undefined;
  private heap: Uint32Array;
  private bytes: Uint8Array;
  /** Bytes of the largest job. */
  readonly capacity: number;
  private readonly arena: Arena;
  /** Words of the arena up to here may hold something. */
  private dirty: number;
  /** What lies below the heap before any job: constants, and scratch that is empty. */
  private readonly below: Uint8Array;
  private readonly plain = new PlainKernels();
  /** Scratch for scalars: four operands, two results a thread. */
  private scalars = 0;

  /** `pages`: the most that the memory may grow to. */
  constructor(wasm: Exports, memory: WebAssembly.Memory, pages: number, crew?: Crew) {
    this.wasm = wasm;
    this.memory = memory;
    this.crew = crew;
    this.heap = new Uint32Array(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
    this.arena = new Arena(Math.ceil(wasm.heapBase() / 64) * 16);
    this.dirty = this.arena.start;
    this.capacity = PAGE * pages - 4 * this.arena.start;
    this.below = this.bytes.slice(0, 4 * this.arena.start);
  }

  /** Threads that share the work, this one included. */
  get threads(): number {
    return 1 + (this.crew?.size ?? 0);
  }

  /** Ends the crew and overwrites what a job left; the kernels must not be used afterwards. */
  close(): void {
    this.end();
    this.crew?.close();
  }

  /**
   * Runs a kernel over [0, total) in one part a thread, each a multiple of four; returns how many parts it was. `args` gives a part's
   * arguments from its start, its length and its number.
   */
  private spread(
    name: KernelName,
    total: number,
    steps: number,
    args: (from: number, count: number, part: number) => readonly number[],
  ): number {
    const call = this.wasm[name] as (...args: readonly number[]) => void;
    const parts = this.crew === undefined || steps < GRAIN ? 1 : Math.min(this.threads, Math.floor(total / 4));
    if (parts <= 1) {
      call(...args(0, total, 0));
      return 1;
    }
    const share = Math.floor(total / parts / 4) * 4;
    for (let part = 1; part < parts; part++)
      this.crew?.start(part - 1, name, args(part * share, part === parts - 1 ? total - part * share : share, part));
    call(...args(0, share, 0));
    this.crew?.wait(parts - 1);
    return parts;
  }

  begin(bytes: number): void {
    invariant(bytes <= this.capacity, 'kernels: the job needs more memory than a module can have');
    const needed = Math.ceil((4 * this.arena.start + bytes) / PAGE);
    const pages = this.memory.buffer.byteLength / PAGE;
    this.wipe();
    if (needed > pages) this.memory.grow(needed - pages);
    this.heap = new Uint32Array(this.memory.buffer);
    this.bytes = new Uint8Array(this.memory.buffer);
    this.arena.clear();
    this.scalars = this.allocate(scratch.begin(this.threads));
  }

  end(): void {
    this.wipe();
    this.arena.release(this.arena.start);
  }

  private wipe(): void {
    this.heap.fill(0, this.arena.start, Math.max(this.dirty, this.arena.top));
    this.plain.end(); // the short vectors, which are as private as the long ones
    this.bytes.set(this.below); // each thread's scratch holds the columns it hashed last
    this.dirty = this.arena.start;
  }

  mark(): number {
    return this.arena.top;
  }

  release(mark: number): void {
    this.dirty = Math.max(this.dirty, this.arena.top);
    this.arena.release(mark);
  }

  peak(): number {
    return this.arena.peak;
  }

  /** Word index of `words` words; zeroed unless all of them are about to be written. */
  private allocate(words: number, zeroed = true): number {
    const at = this.arena.allocate(words);
    const { top } = this.arena;
    invariant(top <= this.heap.length, 'kernels: the arena was planned too small');
    if (zeroed && at < this.dirty) this.heap.fill(0, at, Math.min(top, this.dirty));
    return at;
  }

  private word(v: Uint32Array): number {
    return v.byteOffset / 4;
  }

  private scalar(slot: number, x: Ext): number {
    const at = this.scalars + 4 * slot;
    for (let j = 0; j < 4; j++) this.heap[at + j] = enter(x[j]);
    return 4 * at;
  }

  private read(word: number): Ext {
    return [leave(this.heap[word]), leave(this.heap[word + 1]), leave(this.heap[word + 2]), leave(this.heap[word + 3])];
  }

  /** Word index of a part's results. */
  private result(part = 0): number {
    return this.scalars + SCALARS + 8 * part;
  }

  /** Sum over the parts of the K element in their results. */
  private total(parts: number, slot = 0): Ext {
    let sum = this.read(this.result(0) + 4 * slot);
    for (let part = 1; part < parts; part++) sum = extAdd(sum, this.read(this.result(part) + 4 * slot));
    return sum;
  }

  private ptr(v: Planes): number {
    return 4 * v.offset;
  }

  base(length: number, values?: Uint32Array | ((canonical: Uint32Array) => void)): Uint32Array {
    const at = this.allocate(length, values === undefined || typeof values === 'function' || values.length < length);
    const v = this.heap.subarray(at, at + length);
    if (values === undefined) return v;
    if (typeof values === 'function') values(v);
    else v.set(values);
    this.spread('toMontgomery', length, length / 4, (from, count) => [4 * (at + from), count]);
    return v;
  }

  readBase(v: Uint32Array): Uint32Array {
    return v.map(leave);
  }

  planes(length: number, raw = false): Planes {
    const stride = planeStride(length);
    return { data: this.heap, offset: this.allocate(4 * stride, !raw || length % 4 !== 0), stride, length };
  }

  copy(v: Planes): Planes {
    const out = this.planes(v.length, true);
    for (let j = 0; j < 4; j++)
      this.heap.copyWithin(out.offset + j * out.stride, v.offset + j * v.stride, v.offset + j * v.stride + v.length);
    return out;
  }

  getAt(v: Planes, i: number): Ext {
    const at = v.offset + i;
    const { heap } = this;
    return [leave(heap[at]), leave(heap[at + v.stride]), leave(heap[at + 2 * v.stride]), leave(heap[at + 3 * v.stride])];
  }

  private setAt(v: Planes, i: number, x: Ext): void {
    for (let j = 0, at = v.offset + i; j < 4; j++, at += v.stride) this.heap[at] = enter(x[j]);
  }

  addAt(v: Planes, i: number, x: Ext): void {
    for (let j = 0, at = v.offset + i; j < 4; j++, at += v.stride) this.heap[at] = add(this.heap[at], enter(x[j]));
  }

  /** A canonical copy outside the arena, for lengths below one vector; overwritten with it. */
  private lift(v: Planes): Planes {
    const out = this.plain.planes(v.length);
    for (let i = 0; i < v.length; i++) setExt(out, i, this.getAt(v, i));
    return out;
  }

  private lower(from: Planes, to: Planes): Planes {
    for (let i = 0; i < from.length; i++)
      this.setAt(to, i, [0, 1, 2, 3].map((j) => from.data[from.offset + j * from.stride + i]) as unknown as Ext);
    return slicePlanes(to, 0, from.length);
  }

  eqTable(point: readonly Ext[], scale: Ext): Planes {
    const out = this.planes(2 ** point.length, true);
    const low = point.slice(Math.max(0, point.length - 2));
    this.lower(this.plain.eqTable(low, scale), slicePlanes(out, 0, 2 ** low.length));
    let length = 2 ** low.length;
    for (let i = point.length - 3; i >= 0; i--, length *= 2) {
      const x = this.scalar(0, point[i]);
      this.spread('eqStep', length, length, (from, count) => [this.ptr(out) + 4 * from, out.stride, length, count, x]);
    }
    return out;
  }

  dropTop(v: Planes): Planes {
    const half = v.length / 2;
    if (half < 4) return this.lower(this.plain.dropTop(this.lift(v)), v);
    this.spread('dropTop', half, half / 4, (from, count) => [this.ptr(v) + 4 * from, v.stride, half, count]);
    return slicePlanes(v, 0, half);
  }

  fold(v: Planes, r: Ext, half = v.length / 2, target = v): Planes {
    if (half < 4) return this.lower(this.plain.fold(this.lift(v), r, half), target);
    const whole = Math.min(half, v.length - half);
    const both = whole - (whole % 4);
    const at = this.scalar(0, r);
    this.spread('fold', both, both, (from, count) => [
      this.ptr(v) + 4 * from,
      v.stride,
      half,
      count,
      at,
      this.ptr(target) + 4 * from,
      target.stride,
    ]);
    const rest = extSub([1, 0, 0, 0], r);
    for (let i = both; i < half && (i < whole || i % 4 !== 0); i++) {
      const a = extMul(rest, this.getAt(v, i));
      this.setAt(target, i, i < whole ? extAdd(a, extMul(r, this.getAt(v, half + i))) : a);
    }
    const from = Math.min(half, Math.ceil(whole / 4) * 4);
    if (from < half) {
      const tail = { ...slicePlanes(target, from, half - from) };
      if (target !== v) this.affine(tail, [0, 0, 0, 0], [], []);
      const count = tail.length - (tail.length % 4);
      if (target === v) {
        const x = this.scalar(0, rest);
        this.spread('scale', count, count, (begin, part) => [this.ptr(tail) + 4 * begin, tail.stride, part, x]);
        for (let i = count; i < tail.length; i++) this.setAt(tail, i, extMul(rest, this.getAt(tail, i)));
      } else this.addScaled(tail, slicePlanes(v, from, half - from), rest);
    }
    return slicePlanes(target, 0, half);
  }

  dotBase(v: Planes, b: Uint32Array): Ext {
    const whole = v.length - (v.length % 4);
    const at = this.word(b);
    const parts = this.spread('dotBase', whole, whole / 4, (from, count, part) => [
      this.ptr(v) + 4 * from,
      v.stride,
      4 * (at + from),
      count,
      4 * this.result(part),
    ]);
    let sum = this.total(parts);
    for (let i = whole; i < v.length; i++) sum = extAdd(sum, extMul(this.getAt(v, i), [leave(b[i]), 0, 0, 0]));
    return sum;
  }

  timesVector(matrix: Uint32Array, v: Planes): Planes {
    const out = this.planes(matrix.length / v.length, true);
    const at = this.word(matrix);
    this.spread('timesVector', out.length, matrix.length / 4, (from, count) => [
      this.ptr(out) + 4 * from,
      out.stride,
      4 * (at + from * v.length),
      v.length,
      count,
      this.ptr(v),
      v.stride,
    ]);
    return out;
  }

  dot(u: Planes, v: Planes): Ext {
    const whole = u.length - (u.length % 4);
    const parts = this.spread('dot', whole, whole, (from, count, part) => [
      this.ptr(u) + 4 * from,
      u.stride,
      this.ptr(v) + 4 * from,
      v.stride,
      count,
      4 * this.result(part),
    ]);
    let sum = this.total(parts);
    for (let i = whole; i < u.length; i++) sum = extAdd(sum, extMul(this.getAt(u, i), this.getAt(v, i)));
    return sum;
  }

  addScaledBase(target: Planes, v: Uint32Array, scale: Ext): void {
    const whole = v.length - (v.length % 4);
    const [x, at] = [this.scalar(0, scale), this.word(v)];
    this.spread('addScaledBase', whole, whole / 4, (from, count) => [
      this.ptr(target) + 4 * from,
      target.stride,
      4 * (at + from),
      count,
      x,
    ]);
    for (let i = whole; i < v.length; i++) this.addAt(target, i, extMul(scale, [leave(v[i]), 0, 0, 0]));
  }

  addScaled(target: Planes, v: Planes, scale: Ext): void {
    const whole = v.length - (v.length % 4);
    const x = this.scalar(0, scale);
    this.spread('addScaled', whole, whole, (from, count) => [
      this.ptr(target) + 4 * from,
      target.stride,
      this.ptr(v) + 4 * from,
      v.stride,
      count,
      x,
    ]);
    for (let i = whole; i < v.length; i++) this.addAt(target, i, extMul(scale, this.getAt(v, i)));
  }

  addEntries(target: Planes, v: Planes, { rows, cols, values }: Entries): void {
    const count = values.length;
    // In WebAssembly a wrong index would write over another vector.
    for (let e = 0; e < count; e++) invariant(rows[e] < v.length && cols[e] < target.length, 'addEntries: outside the vectors');
    const mark = this.mark();
    const [rowsAt, colsAt] = [rows, cols].map((list, i) => {
      const at = this.allocate(scratch.addEntries(count)[i], false);
      this.heap.set(list, at);
      return 4 * at;
    });
    const at = 4 * this.word(this.base(count, values));
    this.wasm.addEntries(this.ptr(target), target.stride, this.ptr(v), v.stride, rowsAt, colsAt, at, count);
    this.release(mark);
  }

  addOuter(target: Planes, high: Planes, low: Planes): void {
    if (low.length % 4 !== 0) {
      for (let i = 0; i < high.length; i++) this.addScaled(slicePlanes(target, i * low.length, low.length), low, this.getAt(high, i));
      return;
    }
    const call = (from: number, count: number): readonly number[] => [
      this.ptr(target) + 4 * from * low.length,
      target.stride,
      this.ptr(high) + 4 * from,
      high.stride,
      count,
      this.ptr(low),
      low.stride,
      low.length,
    ];
    if (high.length < 8) this.wasm.addOuter(...(call(0, high.length) as Parameters<Exports['addOuter']>));
    else this.spread('addOuter', high.length, high.length * low.length, call);
  }

  affine(q: Planes, constant: Ext, scales: readonly Ext[], columns: readonly Uint32Array[]): void {
    const whole = q.length - (q.length % 4);
    const scalars = [constant, ...scales].map((x, slot) => this.scalar(slot, x))[0] ?? 0;
    const name = (['affine0', 'affine1', 'affine2', 'affine3'] as const)[columns.length];
    invariant(name !== undefined && columns.length === scales.length, 'affine: at most three columns');
    const places = columns.map((column) => this.word(column));
    this.spread(name, whole, whole, (from, count) => [
      this.ptr(q) + 4 * from,
      q.stride,
      count,
      scalars,
      ...places.map((place) => 4 * (place + from)),
    ]);
    for (let i = whole; i < q.length; i++)
      this.setAt(
        q,
        i,
        columns.reduce((sum, column, c) => extAdd(sum, extMul(scales[c], [leave(column[i]), 0, 0, 0])), constant),
      );
  }

  fractionUp(layer: Fractions, target?: { readonly p: Planes; readonly q: Planes }): Fractions {
    const half = layer.q.length / 2;
    const up = target ?? { p: this.planes(half, true), q: this.planes(half, true) };
    if (half < 4) {
      const small = this.plain.fractionUp({ p: layer.p === undefined ? undefined : this.lift(layer.p), q: this.lift(layer.q) });
      if (small.p !== undefined) this.lower(small.p, up.p);
      this.lower(small.q, up.q);
      return up;
    }
    const { p, q } = layer;
    const out = (from: number): readonly number[] => [this.ptr(up.p) + 4 * from, up.p.stride, this.ptr(up.q) + 4 * from, up.q.stride, half];
    if (p === undefined)
      this.spread('fractionUpLeaf', half, half, (from, count) => [this.ptr(q) + 4 * from, q.stride, ...out(from), count]);
    else
      this.spread('fractionUp', half, 3 * half, (from, count) => [
        this.ptr(p) + 4 * from,
        p.stride,
        this.ptr(q) + 4 * from,
        q.stride,
        ...out(from),
        count,
      ]);
    return up;
  }

  private pair(parts: number): readonly [Ext, Ext] {
    return [this.total(parts, 0), this.total(parts, 1)];
  }

  fractionRound(p0: Planes | undefined, p1: Planes | undefined, q0: Planes, q1: Planes, e: Planes, lambda: Ext): readonly [Ext, Ext] {
    const half = q0.length / 2;
    const lift = (v: Planes | undefined): Planes | undefined => (v === undefined ? undefined : this.lift(v));
    if (half < 4)
      return this.plain.fractionRound(lift(p0), lift(p1), this.lift(q0), this.lift(q1), this.lift(slicePlanes(e, 0, half)), lambda);
    const at = this.scalar(0, lambda);
    this.scalar(1, [1, 0, 0, 0]);
    const shared = (from: number, count: number, part: number): readonly number[] => [
      this.ptr(q0) + 4 * from,
      this.ptr(q1) + 4 * from,
      q0.stride,
      this.ptr(e) + 4 * from,
      e.stride,
      half,
      count,
      at,
      4 * this.result(part),
    ];
    if (p0 === undefined || p1 === undefined) return this.pair(this.spread('fractionRoundLeaf', half, 6 * half, shared));
    return this.pair(
      this.spread('fractionRound', half, 8 * half, (from, count, part) => [
        this.ptr(p0) + 4 * from,
        this.ptr(p1) + 4 * from,
        p0.stride,
        ...shared(from, count, part),
      ]),
    );
  }

  productRound(a: Planes, b: Planes, c: Planes, e: Planes): readonly [Ext, Ext] {
    const half = a.length / 2;
    if (half < 4) return this.plain.productRound(this.lift(a), this.lift(b), this.lift(c), this.lift(slicePlanes(e, 0, half)));
    return this.pair(
      this.spread('productRound', half, 4 * half, (from, count, part) => [
        this.ptr(a) + 4 * from,
        this.ptr(b) + 4 * from,
        this.ptr(c) + 4 * from,
        a.stride,
        this.ptr(e) + 4 * from,
        e.stride,
        half,
        count,
        4 * this.result(part),
      ]),
    );
  }

  innerRound(l: Planes, w: Planes): readonly [Ext, Ext] {
    const half = w.length / 2;
    if (half < 4) return this.plain.innerRound(this.lift(l), this.lift(w));
    return this.pair(
      this.spread('innerRound', half, 2 * half, (from, count, part) => [
        this.ptr(l) + 4 * from,
        l.stride,
        this.ptr(w) + 4 * from,
        w.stride,
        half,
        count,
        4 * this.result(part),
      ]),
    );
  }

  /** Twiddles of ntt.ts, made once a job and size; logSize >= 3. */
  private twiddlesFor(logSize: number): number {
    return this.arena.roots(2 ** logSize, () => this.makeTwiddles(logSize));
  }

  private makeTwiddles(logSize: number): number {
    const at = this.allocate(2 ** logSize);
    let table = at;
    for (let half = 2 ** (logSize - 1); half >= 4; half /= 2) {
      const w = enter(rootOfUnity(Math.log2(half) + 1));
      // x is held in Montgomery form; multiplying by the canonical root keeps it there.
      const root = leave(w);
      for (let i = 0, x = enter(1); i < half; i++, x = mul(x, root)) this.heap[table + i] = x;
      table += half;
    }
    const one = enter(1);
    this.heap.set([one, one, one, enter(rootOfUnity(2))], table);
    return at;
  }

  /** nttRows over whole rows, any number of them a part. */
  private spreadRows(rows: number, size: number, args: (begin: number, count: number) => readonly number[]): void {
    const parts = this.crew === undefined || rows * size < GRAIN ? 1 : Math.min(this.threads, rows);
    const share = Math.floor(rows / parts);
    for (let part = 1; part < parts; part++)
      this.crew?.start(part - 1, 'nttRows', args(part * share, part === parts - 1 ? rows - part * share : share));
    this.wasm.nttRows(...(args(0, parts === 1 ? rows : share) as Parameters<Exports['nttRows']>));
    if (parts > 1) this.crew?.wait(parts - 1);
  }

  commit(rows: Rows, logSize: number, salts: Uint8Array): Columns {
    const { body, rowLength, tails, tailLength, extra } = rows;
    const size = 2 ** logSize;
    invariant(logSize >= 3, 'commit: fewer than eight points');
    const height = body.length / rowLength;
    const count = height + extra.length;
    const twiddles = this.twiddlesFor(logSize);
    const rowPointers = extra.map((row) => this.word(row));
    const [bodyAt, tailsAt] = [this.word(body), this.word(tails)];
    /** Coefficients of row r at word index `at`, zeros behind them; returns how many there are. */
    const place = (r: number, at: number): number => {
      const { heap } = this;
      const used = r < height ? rowLength + tailLength : extra[r - height].length;
      if (r < height) {
        heap.copyWithin(at, bodyAt + r * rowLength, bodyAt + (r + 1) * rowLength);
        heap.copyWithin(at + rowLength, tailsAt + r * tailLength, tailsAt + (r + 1) * tailLength);
      } else heap.copyWithin(at, rowPointers[r - height], rowPointers[r - height] + used);
      heap.fill(0, at + used, at + size);
      return used;
    };
    /** Code words of rows [from, from + rows) one after the other from word index `at`, in bit-reversed order. */
    const encode = (from: number, rows: number, at: number): void => {
      let used = 0;
      for (let i = 0; i < rows; i++) used = Math.max(used, place(from + i, at + i * size));
      const prefix = Math.min(size, Math.ceil(used / 4) * 4);
      this.spreadRows(rows, size, (begin, count) => [4 * (at + begin * size), count, size, prefix, 4 * twiddles]);
    };

    const mark = this.mark();
    // Every one of them is written before it is read.
    const [order, saltsAt, leavesAt, buffer, ...values] = scratch.commit(size, count).map((words) => this.allocate(words, false));
    const { bytes } = this;
    for (let i = 0; i < size; i++) {
      const leaf = bitReverse(i, logSize);
      this.heap[order + i] = leaf;
      bytes.set(salts.subarray(32 * leaf, 32 * leaf + 32), 4 * (saltsAt + 8 * i));
    }
    const blocks = Math.ceil((9 + count) / 16);
    const chunks = values.length;
    for (let block = 0, row = 0; block < blocks; block++) {
      const header = block === 0 ? 1 : 0;
      const taken = Math.min(count - row, header === 1 ? 7 : 16);
      encode(row, taken, buffer);
      row += taken;
      const chunk = Math.floor(block / 16);
      const first = block % 16 === 0;
      const last = block % 16 === 15 || block === blocks - 1;
      const flags = (first ? CHUNK_START : 0) + (last ? CHUNK_END : 0) + (last && chunks === 1 ? ROOT : 0);
      const call = [4 * values[chunk], size, 4 * buffer, size, taken, header, 4 * saltsAt, chunk, first ? 1 : 0, flags];
      this.spread('absorbColumns', size, 8 * size, (from, width) => [...call, from, from + width]);
    }
    // The left subtree of n chunks has the largest power of two below n.
    const join = (from: number, length: number, root: boolean): void => {
      if (length === 1) return;
      const left = 2 ** Math.ceil(Math.log2(length) - 1);
      join(from, left, false);
      join(from + left, length - left, false);
      const call = [4 * values[from], 4 * values[from + left], size, root ? 1 : 0];
      this.spread('joinChunks', size, 8 * size, (begin, width) => [...call, begin, begin + width]);
    };
    join(0, chunks, true);
    this.wasm.scatterDigests(4 * values[0], size, 4 * order, 4 * leavesAt);
    const leaves = bytes.slice(4 * leavesAt, 4 * leavesAt + 32 * size);
    this.release(mark);

    const open = (positions: readonly number[]): Uint32Array[] => {
      const inner = this.mark();
      const batch = 2 * this.threads;
      const at = this.allocate(scratch.open(size, this.threads), false);
      const columns = positions.map(() => new Uint32Array(count));
      const places = positions.map((position) => bitReverse(position, logSize));
      for (let r = 0; r < count; r += batch) {
        const rows = Math.min(batch, count - r);
        encode(r, rows, at);
        for (let k = 0; k < rows; k++)
          places.forEach((column, i) => {
            columns[i][r + k] = leave(this.heap[at + k * size + column]);
          });
      }
      this.release(inner);
      return columns;
    };
    return { leaves, open };
  }

  merkle(leaves: Uint8Array): Uint8Array {
    const count = leaves.length / 32;
    const mark = this.mark();
    const at = this.allocate(scratch.merkle(count), false);
    const { bytes } = this;
    bytes.set(leaves, 4 * at + 32 * count);
    let level = count / 2;
    for (; level >= 4; level /= 2) {
      const count = level;
      this.spread('merkleLevel', count, 16 * count, (from, width) => [4 * at, count + from, count + from + width]);
    }
    const nodes = bytes.slice(4 * at, 4 * at + 64 * count);
    nodes.fill(0, 0, 32);
    const node = (i: number): Uint8Array => nodes.subarray(32 * i, 32 * i + 32);
    for (let i = 2 * level - 1; i >= 1; i--) nodes.set(nodeHash(node(2 * i), node(2 * i + 1)), 32 * i);
    this.release(mark);
    return nodes;
  }

  encodeAt(row: Uint32Array, logSize: number, positions: readonly number[]): Uint32Array {
    if (logSize < 3) return this.plain.encodeAt(this.readBase(row), logSize, positions);
    const size = 2 ** logSize;
    const twiddles = this.twiddlesFor(logSize);
    const mark = this.mark();
    const at = this.allocate(scratch.encodeAt(size));
    this.heap.copyWithin(at, this.word(row), this.word(row) + row.length);
    this.wasm.ntt(4 * at, size, Math.min(size, Math.ceil(row.length / 4) * 4), 4 * twiddles);
    const values = Uint32Array.from(positions, (position) => leave(this.heap[at + bitReverse(position, logSize)]));
    this.release(mark);
    return values;
  }

  hash(bytes: Uint8Array, zeros = 0): Uint8Array {
    const mark = this.mark();
    const at = this.allocate(scratch.hash(bytes.length + zeros));
    this.bytes.set(bytes, 4 * at + 32);
    this.wasm.blake3(4 * at + 32, bytes.length + zeros, 4 * at);
    const digest = this.bytes.slice(4 * at, 4 * at + 32);
    this.release(mark);
    return digest;
  }

  grind(seed: Uint8Array, bits: number): number {
    this.bytes.set(seed, this.wasm.seedPointer());
    for (let from = 0; from < 2 ** 32 - 2 ** 16; from += 2 ** 16) {
      const nonce = this.wasm.grind(from, 2 ** 16, bits) >>> 0;
      if (nonce !== 0xffffffff) return nonce;
    }
    invariant(false, 'grind: no nonce found');
  }
}
