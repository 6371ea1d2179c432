/** What assembly/index.ts exports: pointers in bytes, strides and counts in words. */
export interface Exports {
  heapBase(): number;
  blake3(ptr: number, length: number, out: number): void;
  seedPointer(): number;
  toMontgomery(ptr: number, count: number): void;
  fromMontgomery(source: number, target: number, count: number): void;
  eqStep(v: number, stride: number, length: number, count: number, x: number): void;
  dropTop(v: number, stride: number, half: number, count: number): void;
  fold(v: number, stride: number, gap: number, half: number, r: number, target: number, tStride: number): void;
  scale(v: number, stride: number, count: number, x: number): void;
  dotBase(v: number, stride: number, b: number, count: number, result: number): void;
  dot(u: number, uStride: number, v: number, vStride: number, count: number, result: number): void;
  addScaledBase(target: number, stride: number, v: number, count: number, scale: number): void;
  addScaled(target: number, stride: number, v: number, vStride: number, count: number, scale: number): void;
  addOuter(
    target: number,
    stride: number,
    high: number,
    hStride: number,
    count: number,
    low: number,
    lStride: number,
    length: number,
  ): void;
  timesVector(out: number, stride: number, matrix: number, width: number, count: number, v: number, vStride: number): void;
  addEntries(
    ...args: readonly [
      target: number,
      stride: number,
      v: number,
      vStride: number,
      rows: number,
      cols: number,
      values: number,
      count: number,
    ]
  ): void;
  affine0(q: number, stride: number, count: number, scalars: number): void;
  affine1(q: number, stride: number, count: number, scalars: number, column0: number): void;
  affine2(q: number, stride: number, count: number, scalars: number, column0: number, column1: number): void;
  affine3(q: number, stride: number, count: number, scalars: number, column0: number, column1: number, column2: number): void;
  fractionUp(
    ...args: readonly [
      p: number,
      pStride: number,
      q: number,
      qStride: number,
      upP: number,
      upPStride: number,
      upQ: number,
      upQStride: number,
      half: number,
      count: number,
    ]
  ): void;
  fractionUpLeaf(
    ...args: readonly [
      q: number,
      qStride: number,
      upP: number,
      upPStride: number,
      upQ: number,
      upQStride: number,
      half: number,
      count: number,
    ]
  ): void;
  fractionRound(
    ...args: readonly [
      p0: number,
      p1: number,
      pStride: number,
      q0: number,
      q1: number,
      qStride: number,
      e: number,
      eStride: number,
      half: number,
      count: number,
      lambda: number,
      result: number,
    ]
  ): void;
  fractionRoundLeaf(
    ...args: readonly [
      q0: number,
      q1: number,
      qStride: number,
      e: number,
      eStride: number,
      half: number,
      count: number,
      lambda: number,
      result: number,
    ]
  ): void;
  productRound(
    ...args: readonly [
      a: number,
      b: number,
      c: number,
      stride: number,
      e: number,
      eStride: number,
      half: number,
      count: number,
      result: number,
    ]
  ): void;
  innerRound(...args: readonly [l: number, lStride: number, w: number, wStride: number, half: number, count: number, result: number]): void;
  ntt(values: number, size: number, used: number, twiddles: number): void;
  nttRows(values: number, rows: number, size: number, used: number, twiddles: number): void;
  absorbColumns(
    ...args: readonly [
      cvs: number,
      count: number,
      rows: number,
      rowStride: number,
      words: number,
      header: number,
      salts: number,
      counter: number,
      first: number,
      flags: number,
      begin: number,
      end: number,
    ]
  ): void;
  joinChunks(left: number, right: number, count: number, root: number, begin: number, end: number): void;
  scatterDigests(cvs: number, count: number, order: number, leaves: number): void;
  merkleLevel(nodes: number, begin: number, end: number): void;
  setThread(thread: number): void;
  grind(from: number, tries: number, bits: number): number;
}

/** The kernels a part of whose work another thread may do. */
export type KernelName = keyof Exports & (typeof SHARED)[number];
export const SHARED = [
  'toMontgomery',
  'eqStep',
  'dropTop',
  'fold',
  'scale',
  'dotBase',
  'timesVector',
  'dot',
  'addScaledBase',
  'addScaled',
  'addOuter',
  'affine0',
  'affine1',
  'affine2',
  'affine3',
  'fractionUp',
  'fractionUpLeaf',
  'fractionRound',
  'fractionRoundLeaf',
  'productRound',
  'innerRound',
  'nttRows',
  'absorbColumns',
  'joinChunks',
  'merkleLevel',
] as const;
