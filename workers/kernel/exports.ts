/** What assembly/index.ts exports: pointers in bytes, strides and counts in words. */
export interface Exports {
  heapBase(): number;
  blake3(ptr: number, length: number, out: number): void;
  seedPointer(): number;
  toMontgomery(ptr: number, count: number): void;
  fromMontgomery(source: number, target: number, count: number): void;
  eqStep(v: number, stride: number, length: number, x: number): void;
  dropTop(v: number, stride: number, half: number): void;
  fold(v: number, stride: number, half: number, r: number): void;
  foldBase(v: number, target: number, stride: number, half: number, r: number): void;
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
  fill(q: number, stride: number, count: number, constant: number): void;
  fractionUp(p: number, pStride: number, q: number, qStride: number, upP: number, upQ: number, upStride: number, half: number): void;
  fractionUpLeaf(q: number, qStride: number, upP: number, upQ: number, upStride: number, half: number): void;
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
      lambda: number,
      result: number,
    ]
  ): void;
  fractionRoundLeaf(
    q0: number,
    q1: number,
    qStride: number,
    e: number,
    eStride: number,
    half: number,
    lambda: number,
    result: number,
  ): void;
  productRound(a: number, b: number, c: number, stride: number, e: number, eStride: number, half: number, result: number): void;
  innerRoundBase(l: number, stride: number, w: number, half: number, result: number): void;
  innerRound(l: number, lStride: number, w: number, wStride: number, half: number, result: number): void;
  ntt(values: number, size: number, used: number, twiddles: number): void;
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
    ]
  ): void;
  joinChunks(left: number, right: number, count: number, root: number): void;
  scatterDigests(cvs: number, count: number, order: number, leaves: number): void;
  merkleLevel(nodes: number, count: number): void;
  grind(from: number, tries: number, bits: number): number;
}
