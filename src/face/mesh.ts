// SPDX-License-Identifier: Apache-2.0
import { type Detection, detectorSquare } from './detector.ts';
import { apply, between, length, type Point, type Similarity } from './geometry.ts';
import type { Picture } from './picture.ts';

/** FaceMesh sees a square of so many pixels, 0 to 1, and gives so many points of three numbers. */
export const MESH_SIDE = 192;
export const MESH_POINTS = 468;

/** How much wider than the detector's box the mesh looks; the accuracies of the face models were measured with this. */
const MARGIN = 1.5;

/** The mesh's points whose means are the template's five: eyes by their corners and lids, nose, corners of the mouth. */
const FIVE: readonly (readonly number[])[] = [[33, 133, 159, 145], [362, 263, 386, 374], [1, 4], [61], [291]];

/** x and y in the picture; z (towards the back) in its pixels too, from the middle of the head. */
export type MeshPoint = readonly [number, number, number];

/**
 * The square the mesh looks at: the detector's box, half as wide again, turned so that the eyes are level. Takes the mesh's
 * coordinates to the picture's. Without a face: the middle half of the picture, upright.
 */
export function meshCrop(picture: Pick<Picture, 'width' | 'height'>, face: Detection | undefined): Similarity {
  const square = detectorSquare(picture);
  const side = square.a * (face === undefined ? 64 : Math.max(...face.size));
  const centre = face === undefined ? ([picture.width / 2, picture.height / 2] as const) : apply(square, face.centre);
  const eyes = face === undefined ? ([1, 0] as const) : between(face.points[0] as Point, face.points[1] as Point);
  const span = length(eyes);
  const [cos, sin] = span > 0 ? [eyes[0] / span, eyes[1] / span] : [1, 0];
  const [a, b] = [(cos * MARGIN * side) / MESH_SIDE, (sin * MARGIN * side) / MESH_SIDE];
  const half = MESH_SIDE / 2;
  return { a, b, c: centre[0] - (a * half - b * half), d: centre[1] - (b * half + a * half) };
}

/** The points in the picture from the network's output (1,404 numbers in units of its square); undefined when it is of another length. */
export function meshPoints(output: ArrayLike<number>, crop: Similarity): MeshPoint[] | undefined {
  if (output.length !== 3 * MESH_POINTS) return undefined;
  const scale = length([crop.a, crop.b]);
  return Array.from({ length: MESH_POINTS }, (_, i): MeshPoint => {
    const [x, y] = apply(crop, [output[3 * i] as number, output[3 * i + 1] as number]);
    return [x, y, scale * (output[3 * i + 2] as number)];
  });
}

/** The five points that are laid on the template. */
export const fivePoints = (mesh: readonly MeshPoint[]): Point[] =>
  FIVE.map((list): Point => {
    let [x, y] = [0, 0];
    for (const index of list) {
      const point = mesh[index] as MeshPoint;
      [x, y] = [x + point[0], y + point[1]];
    }
    return [x / list.length, y / list.length];
  });
