// SPDX-License-Identifier: Apache-2.0

/** A decoded picture: red, green, blue and opacity of each pixel, 0 to 255, row by row. Opacity is not read: pictures are opaque. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Sides of a picture that can be worked on: what a camera or a photograph has, and no more memory than 200 MB. */
const MAX_SIDE = 16_384;
const MAX_PIXELS = 50_000_000;

/** Whether the sizes are sound and fit the data. */
export const isPicture = ({ width, height, data }: Picture): boolean =>
  Number.isInteger(width) &&
  Number.isInteger(height) &&
  width > 0 &&
  height > 0 &&
  width <= MAX_SIDE &&
  height <= MAX_SIDE &&
  width * height <= MAX_PIXELS &&
  data.length === 4 * width * height;

/** Luma of a pixel, 0 to 255 (BT.601 in 8-bit fixed point, as JPEG has it). */
export const luma = (r: number, g: number, b: number): number => (77 * r + 150 * g + 29 * b + 128) >> 8;
