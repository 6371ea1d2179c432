// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../base/index.ts';
import { add, mul, rootOfUnity, sub } from './koalabear.ts';

const roots = new Map<number, Uint32Array>();

/** w^0 .. w^(n/2-1) for w = rootOfUnity(logSize). */
function powersOfRoot(logSize: number): Uint32Array {
  const known = roots.get(logSize);
  if (known !== undefined) return known;
  const table = new Uint32Array(2 ** Math.max(0, logSize - 1));
  const w = rootOfUnity(logSize);
  for (let i = 0, x = 1; i < table.length; i++, x = mul(x, w)) table[i] = x;
  roots.set(logSize, table);
  return table;
}

function bitReverse(values: Uint32Array, logSize: number): void {
  for (let i = 0, j = 0; i < values.length; i++) {
    if (i < j) [values[i], values[j]] = [values[j], values[i]];
    let bit = 2 ** logSize / 2;
    for (; bit > 0 && (j & bit) !== 0; bit >>= 1) j ^= bit;
    j |= bit;
  }
}

/**
 * Evaluates the polynomial with `coefficients` (at most 2^logSize of them, constant term first) on the 2^logSize-th roots of
 * unity, in the order w^0, w^1, w^2, ... Cooley-Tukey, decimation in time.
 */
export function ntt(coefficients: Uint32Array, logSize: number): Uint32Array {
  const size = 2 ** logSize;
  invariant(coefficients.length <= size, 'ntt: more coefficients than points');
  const values = new Uint32Array(size);
  values.set(coefficients);
  bitReverse(values, logSize);
  const table = powersOfRoot(logSize);
  for (let half = 1; half < size; half *= 2) {
    const step = size / (2 * half);
    for (let start = 0; start < size; start += 2 * half) {
      for (let i = 0; i < half; i++) {
        const u = values[start + i];
        const v = mul(values[start + half + i], table[i * step]);
        values[start + i] = add(u, v);
        values[start + half + i] = sub(u, v);
      }
    }
  }
  return values;
}
