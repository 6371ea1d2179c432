import { add, mul } from './field';

// @ts-ignore: decorator
@inline
function across(v: usize, gap: usize): v128 {
  let x = i32x4.splat(load<i32>(v));
  x = i32x4.replace_lane(x, 1, load<i32>(v + gap));
  x = i32x4.replace_lane(x, 2, load<i32>(v + 2 * gap));
  return i32x4.replace_lane(x, 3, load<i32>(v + 3 * gap));
}

/** target[cols[e]] += values[e] v[rows[e]], entry by entry, a lane for each coefficient: a sparse matrix's transpose times v. */
export function addEntries(target: usize, stride: u32, v: usize, vStride: u32, rows: usize, cols: usize, values: usize, count: u32): void {
  const gap: usize = 4 * stride;
  const vGap: usize = 4 * vStride;
  for (let e: u32 = 0; e < count; e++) {
    const at = target + 4 * load<u32>(cols + 4 * e);
    const product = mul(across(v + 4 * load<u32>(rows + 4 * e), vGap), v128.load32_splat(values + 4 * e));
    const sum = add(across(at, gap), product);
    store<i32>(at, i32x4.extract_lane(sum, 0));
    store<i32>(at + gap, i32x4.extract_lane(sum, 1));
    store<i32>(at + 2 * gap, i32x4.extract_lane(sum, 2));
    store<i32>(at + 3 * gap, i32x4.extract_lane(sum, 3));
  }
}
