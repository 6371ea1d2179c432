/** What assembly/index.ts exports. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  reserve(bytes: number): number;
  columns(
    src: number,
    dst: number,
    row: number,
    stride: number,
    height: number,
    width: number,
    outHeight: number,
    outWidth: number,
    top: number,
    left: number,
    strideY: number,
    strideX: number,
  ): void;
  multiply(w: number, x: number, out: number, rows: number, pairs: number, stride: number): void;
  dots(w: number, x: number, out: number, rows: number, length: number): void;
  narrow(src: number, dst: number, count: number): void;
  addScaled(x: number, out: number, count: number, factor: number): void;
  addConstant(out: number, count: number, value: number): void;
  tap(
    x: number,
    out: number,
    weight: number,
    height: number,
    width: number,
    outHeight: number,
    outWidth: number,
    top: number,
    left: number,
    strideY: number,
    strideX: number,
  ): void;
  lookup(
    x: number,
    first: number,
    second: number,
    count: number,
    shift: number,
    lo: number,
    hi: number,
    domainMin: number,
    domainMax: number,
    columnA: number,
    columnB: number,
  ): number;
}
