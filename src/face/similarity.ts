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

/**
 * Where the preview draws the line: MobileFaceNet-192 on aligned faces lets one pair of strangers in a thousand past it (LFW's
 * development folds, `tacit eval-face`). A request may ask for another line; this one is for trying out.
 */
export const PREVIEW_THRESHOLD = 0.445;

/** Within this of the line the exact integers may come out on either side. */
const CLOSE = 0.02;

/** What the preview says about two pictures: one person, too close to call, or not the same to the network. */
export function outcomeOf(similarity: number, threshold = PREVIEW_THRESHOLD): 'match' | 'close' | 'different' {
  if (Math.abs(similarity - threshold) <= CLOSE) return 'close';
  return similarity > threshold ? 'match' : 'different';
}
