// SPDX-License-Identifier: Apache-2.0

export const p = 0x7f000001n;
export type K = readonly [bigint, bigint, bigint, bigint];

const mod = (x: bigint): bigint => ((x % p) + p) % p;

export const k = (x: bigint | number): K => [mod(BigInt(x)), 0n, 0n, 0n];
export const zero = k(0);
export const one = k(1);
export const plus = (...xs: readonly K[]): K =>
  xs.reduce((a, b) => [mod(a[0] + b[0]), mod(a[1] + b[1]), mod(a[2] + b[2]), mod(a[3] + b[3])], zero);
export const minus = (a: K, b: K): K => [mod(a[0] - b[0]), mod(a[1] - b[1]), mod(a[2] - b[2]), mod(a[3] - b[3])];

const times2 = (a: K, b: K): K => {
  const c = [0n, 0n, 0n, 0n, 0n, 0n, 0n];
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      c[i + j] = (c[i + j] ?? 0n) + x * y;
    });
  });
  const [c0 = 0n, c1 = 0n, c2 = 0n, c3 = 0n, c4 = 0n, c5 = 0n, c6 = 0n] = c;
  return [mod(c0 + 3n * c4), mod(c1 + 3n * c5), mod(c2 + 3n * c6), mod(c3)];
};
export const times = (...xs: readonly K[]): K => xs.reduce(times2, one);
export const scaled = (a: K, x: bigint): K => [mod(a[0] * x), mod(a[1] * x), mod(a[2] * x), mod(a[3] * x)];
export const same = (a: K, b: K): boolean => a.every((x, i) => x === b[i]);
export const isZero = (a: K): boolean => same(a, zero);

export function powerOf(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = base, e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * b) % p;
    b = (b * b) % p;
  }
  return result;
}

/** a^(|K| - 2). */
export function inverse(a: K): K {
  let result = one;
  let base = a;
  for (let e = p ** 4n - 2n; e > 0n; e >>= 1n) {
    if (e & 1n) result = times(result, base);
    base = times(base, base);
  }
  return result;
}

/** eq(r, i) for all i, variable 0 on the top bit. */
export function eqAll(r: readonly K[]): K[] {
  if (r.length === 0) return [one];
  const rest = eqAll(r.slice(1));
  const first = r[0] ?? zero;
  return [...rest.map((x) => times(x, minus(one, first))), ...rest.map((x) => times(x, first))];
}

export function eqOne(r: readonly K[], index: number): K {
  return times(...r.map((x, j) => ((BigInt(index) >> BigInt(r.length - 1 - j)) & 1n ? x : minus(one, x))));
}
