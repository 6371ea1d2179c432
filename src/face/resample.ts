// SPDX-License-Identifier: Apache-2.0
import { type FrameSpec, frameTransform } from './frame.ts';
import type { Point, Similarity } from './geometry.ts';
import type { Picture } from './picture.ts';

/** Fractions of a pixel are taken in 256ths, so that every weight and every sum is a small whole number. */
const UNIT = 256;
/** Blocks are averaged up to this many pixels a side: a face that fills a picture of 16,384 pixels. */
const MAX_LEVEL = 6;

/**
 * The exact integer frame of a face: `size`·`size` pixels of red, green and blue, 0 to 255, row by row. This is what is
 * committed to and proven, so it is defined to the bit: the transform in doubles of a fixed order (geometry.ts), everything
 * behind it in integers. Undefined when the points are no face or lie out of all bounds.
 */
export function canonicalFrame(picture: Picture, five: readonly Point[], spec: FrameSpec): Uint8Array | undefined {
  const toPicture = frameTransform(five, spec);
  return toPicture === undefined ? undefined : resample(picture, spec.size, toPicture);
}

/**
 * Samples a picture at `size` x `size` places, `toPicture` taking their coordinates to the picture's (pixel centres at whole
 * numbers). Bilinear over blocks of 2^k pixels, where 2^k is the largest power of two that is not above the step from one place to
 * the next: a large face is averaged, not picked at. Outside the picture is black. Undefined past 2^20 pixels in any direction.
 */
export function resample(picture: Picture, size: number, toPicture: Similarity): Uint8Array | undefined {
  const { a, b, c, d } = toPicture;
  const reach = (Math.abs(a) + Math.abs(b)) * size + Math.abs(c) + Math.abs(d);
  if (!(reach < 2 ** 20)) return undefined;
  const step = Math.sqrt(a * a + b * b);
  let level = 0;
  while (level < MAX_LEVEL && step >= 1 << (level + 1)) level++;
  const block = 1 << level;
  // The middle of a block of s pixels lies (s - 1) / 2 behind its first one.
  const shift = (block - 1) / 2;
  const corner = new Int32Array(12);
  const out = new Uint8Array(3 * size * size);
  for (let v = 0; v < size; v++) {
    for (let u = 0; u < size; u++) {
      const x = Math.floor(((a * u - b * v + c - shift) / block) * UNIT + 0.5);
      const y = Math.floor(((b * u + a * v + d - shift) / block) * UNIT + 0.5);
      const [left, top] = [Math.floor(x / UNIT), Math.floor(y / UNIT)];
      const [right, down] = [x - left * UNIT, y - top * UNIT];
      blockMean(picture, left, top, level, corner, 0);
      blockMean(picture, left + 1, top, level, corner, 3);
      blockMean(picture, left, top + 1, level, corner, 6);
      blockMean(picture, left + 1, top + 1, level, corner, 9);
      for (let channel = 0; channel < 3; channel++) {
        const at = (k: number): number => corner[k + channel] as number;
        const upper = at(0) * (UNIT - right) + at(3) * right;
        const lower = at(6) * (UNIT - right) + at(9) * right;
        out[3 * (v * size + u) + channel] = (upper * (UNIT - down) + lower * down + (UNIT * UNIT) / 2) >> 16;
      }
    }
  }
  return out;
}

/** The mean of a block, rounded, halves up. Pixels outside count as black. */
function blockMean({ width, height, data }: Picture, column: number, row: number, level: number, into: Int32Array, at: number): void {
  const side = 1 << level;
  let [red, green, blue] = [0, 0, 0];
  const endX = Math.min(width, (column + 1) * side);
  const endY = Math.min(height, (row + 1) * side);
  for (let y = Math.max(0, row * side); y < endY; y++) {
    for (let x = Math.max(0, column * side); x < endX; x++) {
      const pixel = 4 * (y * width + x);
      red += data[pixel] as number;
      green += data[pixel + 1] as number;
      blue += data[pixel + 2] as number;
    }
  }
  const half = (side * side) >> 1;
  const bits = 2 * level;
  into[at] = (red + half) >> bits;
  into[at + 1] = (green + half) >> bits;
  into[at + 2] = (blue + half) >> bits;
}

/** The frame's channels one after the other, (p - mean) / std, as networks take them: [1, 3, size, size]. */
export function planesOf(frame: Uint8Array, size: number, mean = 0, std = 1): Float32Array {
  const planes = new Float32Array(3 * size * size);
  for (let pixel = 0; pixel < size * size; pixel++) {
    for (let channel = 0; channel < 3; channel++)
      planes[channel * size * size + pixel] = ((frame[3 * pixel + channel] as number) - mean) / std;
  }
  return planes;
}
