// Four lanes of F in Montgomery form (R = 2^32), residues below p; sums of products stay lazy in 64 bits.

export const P: u32 = 0x7f000001;
const P_INVERSE: u32 = 0x81000001;
/** 2^64 mod p: multiplying by it enters Montgomery form. */
const R2: u32 = <u32>((((<u64>1) << 32) % <u64>P) * (((<u64>1) << 32) % <u64>P) % <u64>P);

// @ts-ignore: decorator
@inline
export function splatP(): v128 {
  return i32x4.splat(P);
}

// @ts-ignore: decorator
@inline
export function add(a: v128, b: v128): v128 {
  const s = i32x4.add(a, b);
  return i32x4.min_u(s, i32x4.sub(s, splatP()));
}

// @ts-ignore: decorator
@inline
export function sub(a: v128, b: v128): v128 {
  const d = i32x4.sub(a, b);
  return i32x4.min_u(d, i32x4.add(d, splatP()));
}

// @ts-ignore: decorator
@inline
export function triple(a: v128): v128 {
  return add(add(a, a), a);
}

/** (low, high) pairs of 64-bit sums below 2^32 p each become residues. */
// @ts-ignore: decorator
@inline
function reduce(low: v128, high: v128): v128 {
  const words = v128.shuffle<i32>(low, high, 0, 2, 4, 6);
  const tops = v128.shuffle<i32>(low, high, 1, 3, 5, 7);
  const q = i32x4.mul(words, i32x4.splat(P_INVERSE));
  const ql = i64x2.extmul_low_i32x4_u(q, splatP());
  const qh = i64x2.extmul_high_i32x4_u(q, splatP());
  return sub(tops, v128.shuffle<i32>(ql, qh, 1, 3, 5, 7));
}

// @ts-ignore: decorator
@inline
export function mul(a: v128, b: v128): v128 {
  return reduce(i64x2.extmul_low_i32x4_u(a, b), i64x2.extmul_high_i32x4_u(a, b));
}

/** a0 b0 + a1 b1: 2 p^2 < 2^32 p, so that one reduction is enough. */
// @ts-ignore: decorator
@inline
export function dot2(a0: v128, b0: v128, a1: v128, b1: v128): v128 {
  return reduce(
    i64x2.add(i64x2.extmul_low_i32x4_u(a0, b0), i64x2.extmul_low_i32x4_u(a1, b1)),
    i64x2.add(i64x2.extmul_high_i32x4_u(a0, b0), i64x2.extmul_high_i32x4_u(a1, b1)),
  );
}

/** a0 b0 + a1 b1 + a2 b2 + a3 b3: 4 p^2 < 2^64, but the top word can reach 2p, so it is brought below p first. */
// @ts-ignore: decorator
@inline
export function dot4(a0: v128, b0: v128, a1: v128, b1: v128, a2: v128, b2: v128, a3: v128, b3: v128): v128 {
  const low = i64x2.add(
    i64x2.add(i64x2.extmul_low_i32x4_u(a0, b0), i64x2.extmul_low_i32x4_u(a1, b1)),
    i64x2.add(i64x2.extmul_low_i32x4_u(a2, b2), i64x2.extmul_low_i32x4_u(a3, b3)),
  );
  const high = i64x2.add(
    i64x2.add(i64x2.extmul_high_i32x4_u(a0, b0), i64x2.extmul_high_i32x4_u(a1, b1)),
    i64x2.add(i64x2.extmul_high_i32x4_u(a2, b2), i64x2.extmul_high_i32x4_u(a3, b3)),
  );
  const words = v128.shuffle<i32>(low, high, 0, 2, 4, 6);
  const tops = v128.shuffle<i32>(low, high, 1, 3, 5, 7);
  const q = i32x4.mul(words, i32x4.splat(P_INVERSE));
  const ql = i64x2.extmul_low_i32x4_u(q, splatP());
  const qh = i64x2.extmul_high_i32x4_u(q, splatP());
  return sub(i32x4.min_u(tops, i32x4.sub(tops, splatP())), v128.shuffle<i32>(ql, qh, 1, 3, 5, 7));
}

/** values[i] -> Montgomery form, in place; count rounded up to four. */
export function toMontgomery(ptr: usize, count: u32): void {
  const r2 = i32x4.splat(R2);
  for (let i: u32 = 0; i < count; i += 4) v128.store(ptr + 4 * i, mul(v128.load(ptr + 4 * i), r2));
}

export function fromMontgomery(source: usize, target: usize, count: u32): void {
  const one = i32x4.splat(1);
  for (let i: u32 = 0; i < count; i += 4) v128.store(target + 4 * i, mul(v128.load(source + 4 * i), one));
}
