// SPDX-License-Identifier: Apache-2.0
import type { Detection } from '../detector.ts';
import { CANONICAL } from '../frame.ts';
import { apply, distance, type Point, type Similarity } from '../geometry.ts';
import type { MeshPoint } from '../mesh.ts';
import { luma, type Picture } from '../picture.ts';

/** What is measured of one picture. Each number says its unit; nothing in here could be turned back into the picture. */
export interface Measures {
  /** Faces that count: a second one that is found surely and is not far behind. */
  readonly faces: number;
  /** Standard deviation of luma over the whole picture, 0 to 128. A covered lens has next to none. */
  readonly spread: number;
  /** The rest is of the best face, and absent without one. */
  readonly face?: FaceMeasures;
}

export interface FaceMeasures {
  /** Pixels of the picture between the middles of the eyes. */
  readonly eyeDistance: number;
  /** Share of the mesh's points that lie outside the picture. */
  readonly outside: number;
  /** Width of the face against the picture's shorter side. */
  readonly fill: number;
  /** Sines of the head's turns: left or right, up or down, towards a shoulder; -1 to 1. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** Mean luma of the face, 0 to 255, and of its left and right half as seen. */
  readonly light: number;
  readonly left: number;
  readonly right: number;
  /** Variance of the Laplacian over the variance of luma, in the aligned face: how much of the detail is fine. */
  readonly sharpness: number;
  /** Standard deviation of luma in the face. */
  readonly contrast: number;
  /** The less open eye: height of its opening over its width. */
  readonly eyes: number;
  /** The detector's score, a logit. */
  readonly score: number;
  /** The mesh's own word whether it sees a face, 0 to 1. */
  readonly presence: number;
  /** Contrast of the plainest of both eyes and the mouth, against the whole face: what covers them is plainer than they are. */
  readonly detail: number;
  /** How far detector and mesh disagree about eyes, nose and mouth, in distances between the eyes: a covered part is guessed differently. */
  readonly disagreement: number;
}

const SURE_LOGIT = 0.4;
const SECOND_SHARE = 0.4;

/** Faces, best first, of which the second is one that would be in the way: sure, and not a poster at the back. */
export function countFaces(found: readonly Detection[]): number {
  const [best] = found;
  if (best === undefined) return 0;
  return found.filter((each) => each === best || (each.logit > SURE_LOGIT && each.size[0] >= SECOND_SHARE * best.size[0])).length;
}

/** Standard deviation of luma over a picture, from every so many pixels (at most about 20,000 are looked at). */
export function spreadOf({ width, height, data }: Picture): number {
  const stride = Math.max(1, Math.floor((width * height) / 20_000)) * 4;
  let [count, sum, squares] = [0, 0, 0];
  for (let at = 0; at + 2 < data.length; at += stride) {
    const y = luma(data[at] as number, data[at + 1] as number, data[at + 2] as number);
    count++;
    sum += y;
    squares += y * y;
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) * (sum / count)));
}

/** Rows and columns of the aligned square of 112 that are face and not hair, neck or wall, whoever it is. */
const FACE_AREA = { top: 36, bottom: 100, left: 28, right: 84 } as const;

/** Around the template's eyes and mouth. */
const DETAILS = [
  { top: 44, bottom: 60, left: 26, right: 50 },
  { top: 44, bottom: 60, left: 62, right: 86 },
  { top: 84, bottom: 102, left: 40, right: 72 },
] as const;

/** Light and sharpness of a face aligned to {@link CANONICAL}. */
export function measureFrame(frame: Uint8Array): Pick<FaceMeasures, 'light' | 'left' | 'right' | 'sharpness' | 'contrast' | 'detail'> {
  const at = (x: number, y: number): number => {
    const pixel = 3 * (y * CANONICAL.size + x);
    return luma(frame[pixel] as number, frame[pixel + 1] as number, frame[pixel + 2] as number);
  };
  const contrastOf = (area: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number }): number => {
    let [count, sum, squares] = [0, 0, 0];
    for (let y = area.top; y < area.bottom; y++) {
      for (let x = area.left; x < area.right; x++) {
        const value = at(x, y);
        [count, sum, squares] = [count + 1, sum + value, squares + value * value];
      }
    }
    return Math.sqrt(Math.max(0, squares / count - (sum / count) * (sum / count)));
  };
  const { top, bottom, left, right } = FACE_AREA;
  const middle = (left + right) / 2;
  let [count, sum, squares, leftSum, laplace, laplaceSquares] = [0, 0, 0, 0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const value = at(x, y);
      const edge = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * value;
      count++;
      sum += value;
      squares += value * value;
      if (x < middle) leftSum += value;
      laplace += edge;
      laplaceSquares += edge * edge;
    }
  }
  const variance = squares / count - (sum / count) * (sum / count);
  const laplaceVariance = laplaceSquares / count - (laplace / count) * (laplace / count);
  return {
    light: sum / count,
    left: leftSum / (count / 2),
    right: (sum - leftSum) / (count / 2),
    sharpness: variance > 0 ? laplaceVariance / variance : 0,
    contrast: Math.sqrt(Math.max(0, variance)),
    detail: variance > 0 ? Math.min(...DETAILS.map(contrastOf)) / Math.sqrt(variance) : 0,
  };
}

/** Outer corner, inner corner, upper lid, lower lid. */
const EYES = [
  [33, 133, 159, 145],
  [263, 362, 386, 374],
] as const;
/** Where the mesh has what the detector's first four points are: eyes, tip of the nose, mouth (upper and lower lip). */
const DETECTED: readonly (readonly number[])[] = [
  [33, 133],
  [362, 263],
  [1, 4],
  [13, 14],
];
const TOP = 10;
const CHIN = 152;
const SIDES = [234, 454] as const;

/**
 * What the mesh's points tell. `toPicture` takes the detector's coordinates to the picture's. The mesh must have all its points.
 */
export function measureMesh(
  mesh: readonly MeshPoint[],
  face: Detection,
  toPicture: Similarity,
  { width, height }: Pick<Picture, 'width' | 'height'>,
): Pick<FaceMeasures, 'eyeDistance' | 'outside' | 'fill' | 'yaw' | 'pitch' | 'roll' | 'eyes' | 'disagreement'> {
  const flat = (index: number): Point => [(mesh[index] as MeshPoint)[0], (mesh[index] as MeshPoint)[1]];
  const mean = (list: readonly number[]): Point => {
    const points = list.map(flat);
    return points.reduce(([x, y], [u, v]): Point => [x + u / points.length, y + v / points.length], [0, 0]);
  };
  const eyeDistance = distance(mean([33, 133]), mean([362, 263]));
  const across = spaceBetween(mesh, 33, 263);
  const down = spaceBetween(mesh, TOP, CHIN);
  const opening = ([outer, inner, upper, lower]: (typeof EYES)[number]): number =>
    distance(flat(upper), flat(lower)) / distance(flat(outer), flat(inner));
  const beyond = mesh.filter(([x, y]) => x < 0 || y < 0 || x >= width || y >= height).length;
  const apart = DETECTED.map((list, k) => distance(mean(list), apply(toPicture, face.points[k] as Point)) / eyeDistance);
  return {
    eyeDistance,
    outside: beyond / mesh.length,
    fill: distance(flat(SIDES[0]), flat(SIDES[1])) / Math.min(width, height),
    yaw: across[2] / across[3],
    pitch: down[2] / down[3],
    roll: across[1] / distance(flat(33), flat(263)),
    eyes: Math.min(opening(EYES[0]), opening(EYES[1])),
    disagreement: Math.max(...apart),
  };
}

/** The vector between two points of the mesh, and its length. */
function spaceBetween(mesh: readonly MeshPoint[], from: number, to: number): readonly [number, number, number, number] {
  const [a, b] = [mesh[from] as MeshPoint, mesh[to] as MeshPoint];
  const [x, y, z] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  return [x, y, z, Math.sqrt(x * x + y * y + z * z)];
}
