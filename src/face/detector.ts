// SPDX-License-Identifier: Apache-2.0
import type { Point, Similarity } from './geometry.ts';
import type { Picture } from './picture.ts';

/** BlazeFace (short range) sees a square of so many pixels, -1 to 1. */
export const DETECTOR_SIDE = 128;

/** Grids of anchors, in the order of the network's outputs: cells a side, anchors a cell (Bazarevsky et al. 2019, section 3). */
const GRIDS = [
  { cells: 16, anchors: 2 },
  { cells: 8, anchors: 6 },
] as const;

/** Probability 0.3 as a logit. Scores stay logits: their order needs no exponential. */
const LEAST_LOGIT = -0.8473;
/** Two boxes that overlap by more than this share of their union are one face. */
const SAME_FACE = 0.3;

/** A face, in units of the detector's square. */
export interface Detection {
  /** Logit of the score. */
  readonly logit: number;
  readonly centre: Point;
  /** Width and height of the box. */
  readonly size: Point;
  /** Eye on the left of the picture, eye on the right, tip of the nose, mouth, ears. */
  readonly points: readonly Point[];
}

/** The square around a whole picture that the detector sees: takes the square's coordinates to the picture's. */
export function detectorSquare({ width, height }: Pick<Picture, 'width' | 'height'>): Similarity {
  const side = Math.max(width, height);
  return { a: side / DETECTOR_SIDE, b: 0, c: (width - side) / 2, d: (height - side) / 2 };
}

/** All faces in the network's outputs (two of scores, two of boxes, known by their lengths), best first, each once. */
export function decodeDetections(outputs: readonly ArrayLike<number>[]): Detection[] {
  const found: Detection[] = [];
  for (const { cells, anchors } of GRIDS) {
    const count = cells * cells * anchors;
    const scores = outputs.find((output) => output.length === count);
    const boxes = outputs.find((output) => output.length === 16 * count);
    if (scores === undefined || boxes === undefined) continue;
    for (let i = 0; i < count; i++) {
      const logit = scores[i] as number;
      if (!(logit > LEAST_LOGIT)) continue;
      const cell = Math.floor(i / anchors);
      const [x, y] = [(((cell % cells) + 0.5) * DETECTOR_SIDE) / cells, ((Math.floor(cell / cells) + 0.5) * DETECTOR_SIDE) / cells];
      const point = (k: number): Point => [x + (boxes[16 * i + k] as number), y + (boxes[16 * i + k + 1] as number)];
      found.push({
        logit,
        centre: point(0),
        size: [boxes[16 * i + 2] as number, boxes[16 * i + 3] as number],
        points: [4, 6, 8, 10, 12, 14].map(point),
      });
    }
  }
  return suppress(found);
}

/** Best first, without those that overlap a better one (greedy non-maximum suppression). */
export function suppress(found: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const each of [...found].sort((a, b) => b.logit - a.logit)) {
    if (kept.every((better) => overlap(better, each) <= SAME_FACE)) kept.push(each);
  }
  return kept;
}

/** Intersection over union. */
function overlap(a: Detection, b: Detection): number {
  const side = (axis: 0 | 1): number =>
    Math.max(
      0,
      Math.min(a.centre[axis] + a.size[axis] / 2, b.centre[axis] + b.size[axis] / 2) -
        Math.max(a.centre[axis] - a.size[axis] / 2, b.centre[axis] - b.size[axis] / 2),
    );
  const both = side(0) * side(1);
  const either = a.size[0] * a.size[1] + b.size[0] * b.size[1] - both;
  return either > 0 ? both / either : 0;
}
