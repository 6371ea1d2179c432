// SPDX-License-Identifier: Apache-2.0

/** Cosine of two embeddings, -1 to 1; 0 when one is nothing but zeros. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, left, right] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    dot += x * y;
    left += x * x;
    right += y * y;
  }
  return left * right === 0 ? 0 : dot / Math.sqrt(left * right);
}
