// Integer kernels (AssemblyScript, SIMD). They know arrays, not networks; all arithmetic is exact modulo 2^32, and the
// networks prove that nothing leaves ±2^29. Pointers are byte offsets; `i32` arrays are row-major; every function is the
// twin of one in twin.ts.

/** First byte that callers may use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Makes room for `bytes` bytes of memory in all; false where the host refuses. */
export function reserve(bytes: usize): bool {
  const pages = <i32>((bytes + 65535) >>> 16);
  const missing = pages - memory.size();
  return missing <= 0 || memory.grow(missing) >= 0;
}

/**
 * Writes tap `row` of a convolution's columns: for each output position the input value under the tap, 0 outside, as the
 * 16-bit number at dst[row/2][position][row%2] (`stride` positions a row, so that two taps make one dot product).
 */
export function columns(src: usize, dst: usize, row: i32, stride: i32, height: i32, width: i32, outHeight: i32, outWidth: i32, top: i32, left: i32, strideY: i32, strideX: i32): void {
  let out = dst + ((<usize>(row >> 1) * <usize>stride) << 2) + (<usize>(row & 1) << 1);
  for (let oy = 0; oy < outHeight; oy++) {
    const iy = top + oy * strideY;
    if (iy < 0 || iy >= height) {
      for (let ox = 0; ox < outWidth; ox++) {
        store<i16>(out, 0);
        out += 4;
      }
      continue;
    }
    let from = src + (<usize>(iy * width) << 2);
    if (left == 0 && strideX == 1 && outWidth <= width) {
      for (let ox = 0; ox < outWidth; ox++) {
        store<i16>(out, <i16>load<i32>(from));
        from += 4;
        out += 4;
      }
      continue;
    }
    let ix = left;
    for (let ox = 0; ox < outWidth; ox++) {
      store<i16>(out, <u32>ix < <u32>width ? <i16>load<i32>(from + (<usize>ix << 2)) : 0);
      ix += strideX;
      out += 4;
    }
  }
}

/** out[4 rows][8 positions from p] += the product of `pairs` weight pairs and column pairs. */
@inline
function block4(w: usize, rowBytes: usize, x: usize, xStep: usize, pairs: i32, out: usize, outStep: usize): void {
  let a0 = v128.load(out), a1 = v128.load(out, 16);
  let b0 = v128.load(out + outStep), b1 = v128.load(out + outStep, 16);
  let c0 = v128.load(out + 2 * outStep), c1 = v128.load(out + 2 * outStep, 16);
  let d0 = v128.load(out + 3 * outStep), d1 = v128.load(out + 3 * outStep, 16);
  const w1 = w + rowBytes, w2 = w + 2 * rowBytes, w3 = w + 3 * rowBytes;
  for (let k: usize = 0, end = <usize>pairs << 2; k < end; k += 4) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    const s0 = v128.load32_splat(w + k);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(x0, s0));
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(x1, s0));
    const s1 = v128.load32_splat(w1 + k);
    b0 = i32x4.add(b0, i32x4.dot_i16x8_s(x0, s1));
    b1 = i32x4.add(b1, i32x4.dot_i16x8_s(x1, s1));
    const s2 = v128.load32_splat(w2 + k);
    c0 = i32x4.add(c0, i32x4.dot_i16x8_s(x0, s2));
    c1 = i32x4.add(c1, i32x4.dot_i16x8_s(x1, s2));
    const s3 = v128.load32_splat(w3 + k);
    d0 = i32x4.add(d0, i32x4.dot_i16x8_s(x0, s3));
    d1 = i32x4.add(d1, i32x4.dot_i16x8_s(x1, s3));
    x += xStep;
  }
  v128.store(out, a0); v128.store(out, a1, 16);
  v128.store(out + outStep, b0); v128.store(out + outStep, b1, 16);
  v128.store(out + 2 * outStep, c0); v128.store(out + 2 * outStep, c1, 16);
  v128.store(out + 3 * outStep, d0); v128.store(out + 3 * outStep, d1, 16);
}

@inline
function block1(w: usize, x: usize, xStep: usize, pairs: i32, out: usize): void {
  let a0 = v128.load(out), a1 = v128.load(out, 16);
  for (let k: usize = 0, end = <usize>pairs << 2; k < end; k += 4) {
    const s0 = v128.load32_splat(w + k);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load(x), s0));
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load(x, 16), s0));
    x += xStep;
  }
  v128.store(out, a0); v128.store(out, a1, 16);
}

/**
 * out[rows][stride] += w[rows][2·pairs] · x[pairs][stride][2]; 16-bit operands, 32-bit sums; stride a multiple of 8.
 * `w` has its rows one after the other.
 */
export function multiply(w: usize, x: usize, out: usize, rows: i32, pairs: i32, stride: i32): void {
  const rowBytes = <usize>pairs << 2;
  const lane = <usize>stride << 2;
  // Columns of eight positions stay in the first cache while all rows pass over them.
  for (let p: usize = 0; p < lane; p += 32) {
    let r = 0;
    for (; r + 4 <= rows; r += 4) block4(w + <usize>r * rowBytes, rowBytes, x + p, lane, pairs, out + <usize>r * lane + p, lane);
    for (; r < rows; r++) block1(w + <usize>r * rowBytes, x + p, lane, pairs, out + <usize>r * lane + p);
  }
}

/** out[i] += Σ w[i][k] · x[k], k < length (a multiple of 8), 16-bit operands. */
export function dots(w: usize, x: usize, out: usize, rows: i32, length: i32): void {
  for (let r = 0; r < rows; r++) {
    let sum = i32x4.splat(0);
    for (let k = 0; k < length; k += 8) {
      sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(w), v128.load(x + (<usize>k << 1))));
      w += 16;
    }
    const at = out + (<usize>r << 2);
    store<i32>(at, load<i32>(at) + i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3));
  }
}

/** 16-bit copies of 32-bit numbers that fit. */
export function narrow(src: usize, dst: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<i16>(dst + (<usize>i << 1), <i16>load<i32>(src + (<usize>i << 2)));
}

/** out[i] += factor · x[i]. */
export function addScaled(x: usize, out: usize, count: i32, factor: i32): void {
  const by = i32x4.splat(factor);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    v128.store(out + at, i32x4.add(v128.load(out + at), i32x4.mul(v128.load(x + at), by)));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    store<i32>(out + at, load<i32>(out + at) + factor * load<i32>(x + at));
  }
}

/** out[i] += value. */
export function addConstant(out: usize, count: i32, value: i32): void {
  for (let i = 0; i < count; i++) {
    const at = out + (<usize>i << 2);
    store<i32>(at, load<i32>(at) + value);
  }
}

/** One tap of a convolution of one channel by one filter: out[oy][ox] += weight · x at the tap, nothing outside. */
export function tap(x: usize, out: usize, weight: i32, height: i32, width: i32, outHeight: i32, outWidth: i32, top: i32, left: i32, strideY: i32, strideX: i32): void {
  let from = 0;
  while (from < outWidth && left + from * strideX < 0) from++;
  let to = outWidth;
  while (to > from && left + (to - 1) * strideX >= width) to--;
  const by = i32x4.splat(weight);
  for (let oy = 0; oy < outHeight; oy++) {
    const iy = top + oy * strideY;
    if (iy < 0 || iy >= height) continue;
    const row = x + (<usize>(iy * width) << 2);
    const target = out + (<usize>(oy * outWidth) << 2);
    let ox = from;
    if (strideX == 1) {
      for (; ox + 4 <= to; ox += 4) {
        const at = target + (<usize>ox << 2);
        v128.store(at, i32x4.add(v128.load(at), i32x4.mul(v128.load(row + (<usize>(left + ox) << 2)), by)));
      }
    }
    for (; ox < to; ox++) {
      const at = target + (<usize>ox << 2);
      store<i32>(at, load<i32>(at) + weight * load<i32>(row + (<usize>(left + ox * strideX) << 2)));
    }
  }
}

/**
 * Table lookup of `count` numbers: first[q], and second[q] unless 0, with q = clamp((a + half) >> shift, lo, hi) - lo.
 * Returns whether every number was in [domainMin, domainMax].
 */
export function lookup(x: usize, first: usize, second: usize, count: i32, shift: i32, lo: i32, hi: i32, domainMin: i32, domainMax: i32, columnA: usize, columnB: usize): bool {
  const half = shift == 0 ? 0 : 1 << (shift - 1);
  let least = 0;
  let most = 0;
  for (let i = 0; i < count; i++) {
    const at = <usize>i << 2;
    const a = load<i32>(x + at);
    least = min(least, a);
    most = max(most, a);
    const q = <usize>(min(hi, max(lo, (a + half) >> shift)) - lo) << 2;
    store<i32>(first + at, load<i32>(columnA + q));
    if (second != 0) store<i32>(second + at, load<i32>(columnB + q));
  }
  return least >= domainMin && most <= domainMax;
}
