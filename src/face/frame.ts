// SPDX-License-Identifier: Apache-2.0
import { apply, fitSimilarity, invert, type Point, type Similarity } from './geometry.ts';

/** ArcFace's five points in its square of 112: eyes (left in the picture first), tip of the nose, corners of the mouth. */
export const TEMPLATE: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

/**
 * The canonical frame: a square of `size` pixels, red, green and blue, in which the template's point p lies at
 * `scale`·p + `offset`, in both directions. The networks' inputs are fixed linear maps of it (crop, resize).
 */
export interface FrameSpec {
  readonly size: number;
  readonly scale: number;
  readonly offset: number;
}

/** What the face networks take as it is. */
export const CANONICAL: FrameSpec = { size: 112, scale: 1, offset: 0 };

/** The template's points in a frame. */
export const templateIn = ({ scale, offset }: FrameSpec): Point[] =>
  TEMPLATE.map((point) => apply({ a: scale, b: 0, c: offset, d: offset }, point));

/** Takes the frame's coordinates to the picture's, given the five points in the picture; undefined when they are no face (all in one place). */
export function frameTransform(five: readonly Point[], spec: FrameSpec): Similarity | undefined {
  const fit = fitSimilarity(five, templateIn(spec));
  return fit === undefined ? undefined : invert(fit);
}
