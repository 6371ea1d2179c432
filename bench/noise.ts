import type { Tensor } from '../src/model/index.ts';

/** Noise from `least` to 1 instead of pictures: tables as wide as pictures make them, and nothing to download. */
export function noise(shape: readonly number[], least: 0 | -1, seed: number): Tensor {
  let state = Math.imul(seed + 1, 2654435761) >>> 0;
  const data = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return least + ((1 - least) * state) / 2 ** 32;
  });
  return { dtype: 'float32', shape, data };
}
