// SPDX-License-Identifier: Apache-2.0
//
// How the vectors of a job lie in the kernels' memory. The fast kernels allocate by it and the counting ones only add up, so what a
// job is said to take and what it takes cannot drift apart.

/** More threads than this no kernels have; each has scratch of its own (the module's in workers/kernel/assembly/hash.ts). */
export const MAX_THREADS = 8;

/** Words between the four planes of a vector over K. Planes a power of two apart would fall on the same cache lines. */
export const planeStride = (length: number): number => Math.ceil(length / 4) * 4 + (length >= 1024 ? 16 : 0);

/** A stack of vectors, in words from `start`. Each is 16-byte aligned and has a spare vector behind it. */
export class Arena {
  readonly start: number;
  private end: number;
  private highest: number;
  private tables = new Map<number, number>();

  constructor(start: number) {
    this.start = start;
    this.end = start;
    this.highest = start;
  }

  /** Where the next vector begins. */
  get top(): number {
    return this.end;
  }

  /** Most bytes in use since `clear`. */
  get peak(): number {
    return 4 * (this.highest - this.start);
  }

  clear(): void {
    this.end = this.start;
    this.highest = this.start;
    this.tables.clear();
  }

  allocate(words: number): number {
    const at = this.end;
    this.end += Math.ceil(words / 4) * 4 + 4;
    this.highest = Math.max(this.highest, this.end);
    return at;
  }

  /** Gives back everything from `mark`, a former `top`. */
  release(mark: number): void {
    this.end = mark;
    for (const [size, at] of this.tables) if (at >= mark) this.tables.delete(size);
  }

  /** The table of the roots of unity of order `size`, made by `make` when it is not there. */
  roots(size: number, make: (words: number) => number): number {
    const at = this.tables.get(size) ?? make(size);
    this.tables.set(size, at);
    return at;
  }
}

/** Words of the vectors that kernels take beside those they return, in the order they are taken. */
export const scratch = {
  /** Four operands, and two results a thread. */
  begin: (threads: number): number => 16 + 8 * threads,
  addEntries: (count: number): readonly [rows: number, cols: number, values: number] => [count, count, count],
  /** Of `rows` rows on `size` points: order, salts, leaves, sixteen code words, and a chaining value for every point and chunk. */
  commit: (size: number, rows: number): readonly [order: number, salts: number, leaves: number, buffer: number, ...values: number[]] => [
    size,
    8 * size,
    8 * size,
    16 * size,
    ...Array.from({ length: Math.ceil((9 + rows) / 256) }, () => 8 * size),
  ],
  /** Two code words a thread. */
  open: (size: number, threads: number): number => 2 * threads * size,
  merkle: (leaves: number): number => 16 * leaves,
  encodeAt: (size: number): number => size,
  /** The digest, and the bytes behind it. */
  hash: (bytes: number): number => Math.ceil(bytes / 4) + 8,
};
