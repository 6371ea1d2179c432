// Longer than 400 lines because it is one class: each kernel a few lines around one call, all over one arena.
import { InvariantError, invariant } from '../../src/base/index.ts';
import {
  type Columns,
  type Ext,
  extAdd,
  extMul,
  type Fractions,
  inv,
  type Kernels,
  mul,
  nodeHash,
  P,
  PlainKernels,
  type Planes,
  planesOver,
  type Rows,
  rootOfUnity,
  setExt,
  slicePlanes,
} from '../../src/field/index.ts';
import type { Exports } from './exports.ts';

/** R = 2^32 mod p, and its inverse: canonical x is held as x R. */
const R = 2 ** 32 % P;
const R_INVERSE = inv(R);
const enter = (x: number): number => mul(x, R);
const leave = (x: number): number => mul(x, R_INVERSE);

const PAGE = 65536;
const MAX_PAGES = 32768;
const CHUNK_START = 1;
const CHUNK_END = 2;
const ROOT = 8;

const bitReverse = (x: number, bits: number): number => {
  let y = 0;
  for (let i = 0; i < bits; i++) y = 2 * y + ((x >>> i) & 1);
  return y;
};

/** Compiles the module; `bytes` is the built kernel. */
export async function loadKernels(bytes: BufferSource): Promise<FastKernels> {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: MAX_PAGES });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory, abort: () => invariant(false, 'kernel: abort') } });
  return new FastKernels(instance.exports as unknown as Exports, memory);
}

/** One arena in WebAssembly memory; everything in it in Montgomery form. Single-threaded. */
export class FastKernels implements Kernels {
  readonly name = 'wasm-simd';
  private readonly wasm: Exports;
  private readonly memory: WebAssembly.Memory;
  private heap: Uint32Array;
  private bytes: Uint8Array;
  private readonly start: number;
  private top: number;
  private most = 0;
  private readonly plain = new PlainKernels();
  /** Scratch for scalars: two operands, two results. */
  private scalars = 0;
  private twiddles = new Map<number, number>();

  constructor(wasm: Exports, memory: WebAssembly.Memory) {
    this.wasm = wasm;
    this.memory = memory;
    this.heap = new Uint32Array(memory.buffer);
    this.bytes = new Uint8Array(memory.buffer);
    this.start = Math.ceil(wasm.heapBase() / 64) * 16;
    this.top = this.start;
  }

  begin(bytes: number): void {
    const needed = Math.ceil((4 * this.start + bytes + PAGE) / PAGE);
    const pages = this.memory.buffer.byteLength / PAGE;
    if (needed > MAX_PAGES) throw new InvariantError('kernels: the job needs more memory than a module can have');
    if (needed > pages) this.memory.grow(needed - pages);
    this.heap = new Uint32Array(this.memory.buffer);
    this.bytes = new Uint8Array(this.memory.buffer);
    this.top = this.start;
    this.most = 0;
    this.twiddles.clear();
    this.scalars = this.allocate(32);
  }

  end(): void {
    this.heap.fill(0, this.start);
    this.twiddles.clear();
    this.top = this.start;
  }

  mark(): number {
    return this.top;
  }

  release(mark: number): void {
    this.heap.fill(0, mark, this.top);
    this.top = mark;
    for (const [size, at] of this.twiddles) if (at >= mark) this.twiddles.delete(size);
  }

  peak(): number {
    return 4 * (this.most - this.start);
  }

  /** Word index of `words` zeroed words, 16-byte aligned, a spare vector behind. */
  private allocate(words: number): number {
    const at = this.top;
    this.top += Math.ceil(words / 4) * 4 + 4;
    invariant(this.top <= this.heap.length, 'kernels: the arena was planned too small');
    this.most = Math.max(this.most, this.top);
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

  private get result(): number {
    return this.scalars + 16;
  }

  private ptr(v: Planes): number {
    return 4 * v.offset;
  }

  base(length: number, values?: Uint32Array): Uint32Array {
    const at = this.allocate(length);
    if (values !== undefined) {
      this.heap.set(values, at);
      this.wasm.toMontgomery(4 * at, length);
    }
    return this.heap.subarray(at, at + length);
  }

  readBase(v: Uint32Array): Uint32Array {
    return v.map(leave);
  }

  planes(length: number): Planes {
    // Planes a power of two apart would fall on the same cache lines.
    const stride = Math.ceil(length / 4) * 4 + (length >= 1024 ? 16 : 0);
    return { data: this.heap, offset: this.allocate(4 * stride), stride, length };
  }

  copy(v: Planes): Planes {
    const out = this.planes(v.length);
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
    setExt({ ...v, data: this.heap }, i, [enter(x[0]), enter(x[1]), enter(x[2]), enter(x[3])]);
  }

  addAt(v: Planes, i: number, x: Ext): void {
    this.setAt(v, i, extAdd(this.getAt(v, i), x));
  }

  /** A canonical copy outside the arena, for lengths below one vector. */
  private lift(v: Planes): Planes {
    const out = planesOver(new Uint32Array(4 * v.length));
    for (let i = 0; i < v.length; i++) setExt(out, i, this.getAt(v, i));
    return out;
  }

  private lower(from: Planes, to: Planes): Planes {
    for (let i = 0; i < from.length; i++)
      this.setAt(to, i, [0, 1, 2, 3].map((j) => from.data[from.offset + j * from.stride + i]) as unknown as Ext);
    return slicePlanes(to, 0, from.length);
  }

  eqTable(point: readonly Ext[], scale: Ext): Planes {
    const out = this.planes(2 ** point.length);
    const low = point.slice(Math.max(0, point.length - 2));
    this.lower(this.plain.eqTable(low, scale), slicePlanes(out, 0, 2 ** low.length));
    let length = 2 ** low.length;
    for (let i = point.length - 3; i >= 0; i--, length *= 2) this.wasm.eqStep(this.ptr(out), out.stride, length, this.scalar(0, point[i]));
    return out;
  }

  dropTop(v: Planes): Planes {
    const half = v.length / 2;
    if (half < 4) return this.lower(this.plain.dropTop(this.lift(v)), v);
    this.wasm.dropTop(this.ptr(v), v.stride, half);
    return slicePlanes(v, 0, half);
  }

  fold(v: Planes, r: Ext): Planes {
    const half = v.length / 2;
    if (half < 4) return this.lower(this.plain.fold(this.lift(v), r), v);
    this.wasm.fold(this.ptr(v), v.stride, half, this.scalar(0, r));
    return slicePlanes(v, 0, half);
  }

  foldBase(v: Uint32Array, r: Ext): Planes {
    const half = v.length / 2;
    const out = this.planes(half);
    if (half < 4) return this.lower(this.plain.foldBase(this.readBase(v), r), out);
    this.wasm.foldBase(4 * this.word(v), this.ptr(out), out.stride, half, this.scalar(0, r));
    return out;
  }

  dotBase(v: Planes, b: Uint32Array): Ext {
    const whole = v.length - (v.length % 4);
    this.wasm.dotBase(this.ptr(v), v.stride, 4 * this.word(b), whole, 4 * this.result);
    let sum = this.read(this.result);
    for (let i = whole; i < v.length; i++) sum = extAdd(sum, extMul(this.getAt(v, i), [leave(b[i]), 0, 0, 0]));
    return sum;
  }

  dot(u: Planes, v: Planes): Ext {
    const whole = u.length - (u.length % 4);
    this.wasm.dot(this.ptr(u), u.stride, this.ptr(v), v.stride, whole, 4 * this.result);
    let sum = this.read(this.result);
    for (let i = whole; i < u.length; i++) sum = extAdd(sum, extMul(this.getAt(u, i), this.getAt(v, i)));
    return sum;
  }

  addScaledBase(target: Planes, v: Uint32Array, scale: Ext): void {
    const whole = v.length - (v.length % 4);
    this.wasm.addScaledBase(this.ptr(target), target.stride, 4 * this.word(v), whole, this.scalar(0, scale));
    for (let i = whole; i < v.length; i++) this.addAt(target, i, extMul(scale, [leave(v[i]), 0, 0, 0]));
  }

  addScaled(target: Planes, v: Planes, scale: Ext): void {
    const whole = v.length - (v.length % 4);
    this.wasm.addScaled(this.ptr(target), target.stride, this.ptr(v), v.stride, whole, this.scalar(0, scale));
    for (let i = whole; i < v.length; i++) this.addAt(target, i, extMul(scale, this.getAt(v, i)));
  }

  addOuter(target: Planes, high: Planes, low: Planes): void {
    if (low.length % 4 === 0)
      this.wasm.addOuter(this.ptr(target), target.stride, this.ptr(high), high.stride, high.length, this.ptr(low), low.stride, low.length);
    else for (let i = 0; i < high.length; i++) this.addScaled(slicePlanes(target, i * low.length, low.length), low, this.getAt(high, i));
  }

  affine(q: Planes, constant: Ext, scales: readonly Ext[], columns: readonly Uint32Array[]): void {
    const whole = q.length - (q.length % 4);
    this.wasm.fill(this.ptr(q), q.stride, whole, this.scalar(0, constant));
    for (let i = whole; i < q.length; i++) this.setAt(q, i, constant);
    columns.forEach((column, c) => {
      this.addScaledBase(q, column, scales[c]);
    });
  }

  fractionUp(layer: Fractions): Fractions {
    const half = layer.q.length / 2;
    const up = { p: this.planes(half), q: this.planes(half) };
    if (half < 4) {
      const small = this.plain.fractionUp({ p: layer.p === undefined ? undefined : this.lift(layer.p), q: this.lift(layer.q) });
      if (small.p !== undefined) this.lower(small.p, up.p);
      this.lower(small.q, up.q);
      return up;
    }
    const { p, q } = layer;
    if (p === undefined) this.wasm.fractionUpLeaf(this.ptr(q), q.stride, this.ptr(up.p), this.ptr(up.q), up.q.stride, half);
    else this.wasm.fractionUp(this.ptr(p), p.stride, this.ptr(q), q.stride, this.ptr(up.p), this.ptr(up.q), up.q.stride, half);
    return up;
  }

  private pair(): readonly [Ext, Ext] {
    return [this.read(this.result), this.read(this.result + 4)];
  }

  fractionRound(p0: Planes | undefined, p1: Planes | undefined, q0: Planes, q1: Planes, e: Planes, lambda: Ext): readonly [Ext, Ext] {
    const half = q0.length / 2;
    const lift = (v: Planes | undefined): Planes | undefined => (v === undefined ? undefined : this.lift(v));
    if (half < 4)
      return this.plain.fractionRound(lift(p0), lift(p1), this.lift(q0), this.lift(q1), this.lift(slicePlanes(e, 0, half)), lambda);
    const at = this.scalar(0, lambda);
    const result = 4 * this.result;
    if (p0 === undefined || p1 === undefined) {
      this.heap[this.result] = enter(1);
      this.wasm.fractionRoundLeaf(this.ptr(q0), this.ptr(q1), q0.stride, this.ptr(e), e.stride, half, at, result);
    } else
      this.wasm.fractionRound(
        this.ptr(p0),
        this.ptr(p1),
        p0.stride,
        this.ptr(q0),
        this.ptr(q1),
        q0.stride,
        this.ptr(e),
        e.stride,
        half,
        at,
        result,
      );
    return this.pair();
  }

  productRound(a: Planes, b: Planes, c: Planes, e: Planes): readonly [Ext, Ext] {
    const half = a.length / 2;
    if (half < 4) return this.plain.productRound(this.lift(a), this.lift(b), this.lift(c), this.lift(slicePlanes(e, 0, half)));
    this.wasm.productRound(this.ptr(a), this.ptr(b), this.ptr(c), a.stride, this.ptr(e), e.stride, half, 4 * this.result);
    return this.pair();
  }

  innerRoundBase(l: Planes, w: Uint32Array): readonly [Ext, Ext] {
    const half = w.length / 2;
    if (half < 4) return this.plain.innerRoundBase(this.lift(l), this.readBase(w));
    this.wasm.innerRoundBase(this.ptr(l), l.stride, 4 * this.word(w), half, 4 * this.result);
    return this.pair();
  }

  innerRound(l: Planes, w: Planes): readonly [Ext, Ext] {
    const half = w.length / 2;
    if (half < 4) return this.plain.innerRound(this.lift(l), this.lift(w));
    this.wasm.innerRound(this.ptr(l), l.stride, this.ptr(w), w.stride, half, 4 * this.result);
    return this.pair();
  }

  /** Twiddles of ntt.ts, made once a job and size; logSize >= 3. */
  private twiddlesFor(logSize: number): number {
    const known = this.twiddles.get(logSize);
    if (known !== undefined) return known;
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
    this.twiddles.set(logSize, at);
    return at;
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
    /** Code word of row r at word index `at`, in bit-reversed order. */
    const encode = (r: number, at: number): void => {
      const { heap } = this;
      heap.fill(0, at, at + size);
      let used: number;
      if (r < height) {
        heap.copyWithin(at, bodyAt + r * rowLength, bodyAt + (r + 1) * rowLength);
        heap.copyWithin(at + rowLength, tailsAt + r * tailLength, tailsAt + (r + 1) * tailLength);
        used = rowLength + tailLength;
      } else {
        used = extra[r - height].length;
        heap.copyWithin(at, rowPointers[r - height], rowPointers[r - height] + used);
      }
      this.wasm.ntt(4 * at, size, Math.min(size, Math.ceil(used / 4) * 4), 4 * twiddles);
    };

    const mark = this.mark();
    const order = this.allocate(size);
    const saltsAt = this.allocate(8 * size);
    const leavesAt = this.allocate(8 * size);
    const { bytes } = this;
    for (let i = 0; i < size; i++) {
      const leaf = bitReverse(i, logSize);
      this.heap[order + i] = leaf;
      bytes.set(salts.subarray(32 * leaf, 32 * leaf + 32), 4 * (saltsAt + 8 * i));
    }
    const buffer = this.allocate(16 * size);
    const words = 9 + count;
    const blocks = Math.ceil(words / 16);
    const chunks = Math.ceil(blocks / 16);
    const values = Array.from({ length: chunks }, () => this.allocate(8 * size));
    for (let block = 0, row = 0; block < blocks; block++) {
      const header = block === 0 ? 1 : 0;
      const taken = Math.min(count - row, header === 1 ? 7 : 16);
      for (let i = 0; i < taken; i++) encode(row + i, buffer + i * size);
      row += taken;
      const chunk = Math.floor(block / 16);
      const first = block % 16 === 0;
      const last = block % 16 === 15 || block === blocks - 1;
      const flags = (first ? CHUNK_START : 0) + (last ? CHUNK_END : 0) + (last && chunks === 1 ? ROOT : 0);
      this.wasm.absorbColumns(4 * values[chunk], size, 4 * buffer, size, taken, header, 4 * saltsAt, chunk, first ? 1 : 0, flags);
    }
    // The left subtree of n chunks has the largest power of two below n.
    const join = (from: number, length: number, root: boolean): void => {
      if (length === 1) return;
      const left = 2 ** Math.ceil(Math.log2(length) - 1);
      join(from, left, false);
      join(from + left, length - left, false);
      this.wasm.joinChunks(4 * values[from], 4 * values[from + left], size, root ? 1 : 0);
    };
    join(0, chunks, true);
    this.wasm.scatterDigests(4 * values[0], size, 4 * order, 4 * leavesAt);
    const leaves = bytes.slice(4 * leavesAt, 4 * leavesAt + 32 * size);
    this.release(mark);

    const open = (positions: readonly number[]): Uint32Array[] => {
      const inner = this.mark();
      const at = this.allocate(size);
      const columns = positions.map(() => new Uint32Array(count));
      const places = positions.map((position) => bitReverse(position, logSize));
      for (let r = 0; r < count; r++) {
        encode(r, at);
        places.forEach((place, i) => {
          columns[i][r] = leave(this.heap[at + place]);
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
    const at = this.allocate(16 * count);
    const { bytes } = this;
    bytes.set(leaves, 4 * at + 32 * count);
    let level = count / 2;
    for (; level >= 4; level /= 2) this.wasm.merkleLevel(4 * at, level);
    const nodes = bytes.slice(4 * at, 4 * at + 64 * count);
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
    const at = this.allocate(size);
    this.heap.copyWithin(at, this.word(row), this.word(row) + row.length);
    this.wasm.ntt(4 * at, size, Math.min(size, Math.ceil(row.length / 4) * 4), 4 * twiddles);
    const values = Uint32Array.from(positions, (position) => leave(this.heap[at + bitReverse(position, logSize)]));
    this.release(mark);
    return values;
  }

  hash(bytes: Uint8Array): Uint8Array {
    const mark = this.mark();
    const at = this.allocate(Math.ceil(bytes.length / 4) + 8);
    this.bytes.set(bytes, 4 * at + 32);
    this.wasm.blake3(4 * at + 32, bytes.length, 4 * at);
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
