import { add, mul, sub } from './field';

/**
 * Decimation in frequency: coefficients in natural order in, values at w^rev(i) out. Twiddles: for each half h = size/2, size/4, ..., 4,
 * the h powers of the primitive 2h-th root, one table after the other; then (1, 1, 1, w_4) for the last two layers.
 * Only the first `used` coefficients may be non-zero; a multiple of four.
 */
export function ntt(values: usize, size: u32, used: u32, twiddles: usize): void {
  let table = twiddles;
  let prefix = used;
  for (let half = size >> 1; half >= 4; half >>= 1) {
    if (prefix <= half) {
      // The upper half of every group is zero: (u, 0) -> (u, u w).
      for (let start: u32 = 0; start < size; start += 2 * half) {
        const low = values + 4 * start;
        const high = low + 4 * half;
        for (let i: u32 = 0; i < prefix; i += 4) v128.store(high + 4 * i, mul(v128.load(low + 4 * i), v128.load(table + 4 * i)));
      }
    } else {
      for (let start: u32 = 0; start < size; start += 2 * half) {
        const low = values + 4 * start;
        const high = low + 4 * half;
        for (let i: u32 = 0; i < half; i += 4) {
          const u = v128.load(low + 4 * i);
          const v = v128.load(high + 4 * i);
          v128.store(low + 4 * i, add(u, v));
          v128.store(high + 4 * i, mul(sub(u, v), v128.load(table + 4 * i)));
        }
      }
      prefix = half;
    }
    table += 4 * half;
  }
  const last = v128.load(table);
  for (let i: u32 = 0; i < size; i += 4) {
    const a = v128.load(values + 4 * i);
    const x = v128.shuffle<i32>(a, a, 0, 1, 0, 1);
    const y = v128.shuffle<i32>(a, a, 2, 3, 2, 3);
    const t = mul(v128.shuffle<i32>(add(x, y), sub(x, y), 0, 1, 6, 7), last);
    const even = v128.shuffle<i32>(t, t, 0, 0, 2, 2);
    const odd = v128.shuffle<i32>(t, t, 1, 1, 3, 3);
    v128.store(values + 4 * i, v128.shuffle<i32>(add(even, odd), sub(even, odd), 0, 5, 2, 7));
  }
}

/** `rows` arrays of `size` values, one after the other. */
export function nttRows(values: usize, rows: u32, size: u32, used: u32, twiddles: usize): void {
  for (let i: u32 = 0; i < rows; i++) ntt(values + 4 * i * size, size, used, twiddles);
}
