import { add, mul } from './field';

// @ts-ignore: decorator
@inline
function total(x: v128): i32 {
  const halves = add(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return i32x4.extract_lane(add(halves, i32x4.shuffle(halves, halves, 1, 0, 3, 2)), 0);
}

/** out[i] = sum_j matrix[i * width + j] v[j] for `count` rows over F; v and out over K. Any width. */
export function timesVector(out: usize, stride: u32, matrix: usize, width: u32, count: u32, v: usize, vStride: u32): void {
  const gap: usize = 4 * stride;
  const vGap: usize = 4 * vStride;
  const whole = width & ~3;
  for (let i: u32 = 0; i < count; i++) {
    const row = matrix + 4 * (<usize>i * width);
    let a = i32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (let j: u32 = 0; j < whole; j += 4) {
      const m = v128.load(row + 4 * j);
      const at = v + 4 * j;
      a = add(a, mul(v128.load(at), m));
      b = add(b, mul(v128.load(at + vGap), m));
      c = add(c, mul(v128.load(at + 2 * vGap), m));
      d = add(d, mul(v128.load(at + 3 * vGap), m));
    }
    for (let j = whole; j < width; j++) {
      const m = v128.load32_zero(row + 4 * j);
      const at = v + 4 * j;
      a = add(a, mul(v128.load32_zero(at), m));
      b = add(b, mul(v128.load32_zero(at + vGap), m));
      c = add(c, mul(v128.load32_zero(at + 2 * vGap), m));
      d = add(d, mul(v128.load32_zero(at + 3 * vGap), m));
    }
    const to = out + 4 * i;
    store<i32>(to, total(a));
    store<i32>(to + gap, total(b));
    store<i32>(to + 2 * gap, total(c));
    store<i32>(to + 3 * gap, total(d));
  }
}
