// What each network reads of a frame, in plain loops: the same integers as the linear maps of ../networks.ts.
import { CROP, FRAME, MARGIN } from '../index.ts';

/** 2p - 255 of the middle. */
export const cropInput = (frame: Int32Array): Int32Array =>
  Int32Array.from({ length: 3 * CROP * CROP }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (CROP * CROP)), Math.floor(i / CROP) % CROP, i % CROP];
    return 2 * (frame[(c * FRAME + y + MARGIN) * FRAME + x + MARGIN] as number) - 255;
  });

/** Pixels a side of the anti-spoof network's input. */
export const SIDE = 32;

/** Means of boxes, rounded, halves up. */
export const antispoofInput = (frame: Int32Array, side = SIDE): Int32Array => {
  const box = FRAME / side;
  return Int32Array.from({ length: 3 * side * side }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (side * side)), Math.floor(i / side) % side, i % side];
    let sum = 0;
    for (let v = 0; v < box; v++) for (let u = 0; u < box; u++) sum += frame[(c * FRAME + box * y + v) * FRAME + box * x + u] as number;
    return Math.floor((2 * sum + box * box) / (2 * box * box));
  });
};
