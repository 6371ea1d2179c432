// SPDX-License-Identifier: Apache-2.0
import { DETECTOR_SIDE, type Detection, decodeDetections, detectorSquare } from './detector.ts';
import { CANONICAL } from './frame.ts';
import type { Point, Similarity } from './geometry.ts';
import { fivePoints, MESH_SIDE, type MeshPoint, meshCrop, meshPoints } from './mesh.ts';
import { isPicture, type Picture } from './picture.ts';
import { countFaces, type Measures, measureFrame, measureMesh, spreadOf } from './quality/measure.ts';
import { canonicalFrame, resample } from './resample.ts';

/** The two networks, on whatever runs them. Each takes red, green and blue of its square, row by row, 0 to 255, and gives its outputs in any order. */
export interface Networks {
  /** BlazeFace, short range: {@link DETECTOR_SIDE} pixels a side. */
  readonly detect: (square: Uint8Array) => Promise<readonly ArrayLike<number>[]>;
  /** FaceMesh with 468 points: {@link MESH_SIDE} pixels a side. */
  readonly trace: (square: Uint8Array) => Promise<readonly ArrayLike<number>[]>;
}

/** What the networks see of a picture, in its coordinates. */
export interface Seen {
  readonly faces: readonly Detection[];
  /** Takes the detector's coordinates to the picture's. */
  readonly square: Similarity;
  /** Of the best face; of the middle of the picture where there is none. */
  readonly mesh: readonly MeshPoint[];
  readonly five: readonly Point[];
  /** 0 to 1. */
  readonly presence: number;
}

/** Undefined when the picture is none, or the networks give something else than a face's points. */
export async function see(picture: Picture, { detect, trace }: Networks): Promise<Seen | undefined> {
  if (!isPicture(picture)) return undefined;
  const square = detectorSquare(picture);
  const whole = resample(picture, DETECTOR_SIDE, square);
  if (whole === undefined) return undefined;
  const faces = decodeDetections(await detect(whole));
  const crop = meshCrop(picture, faces[0]);
  const close = resample(picture, MESH_SIDE, crop);
  if (close === undefined) return undefined;
  const outputs = await trace(close);
  const mesh = outputs.map((output) => meshPoints(output, crop)).find((points) => points !== undefined);
  if (mesh === undefined) return undefined;
  return { faces, square, mesh, five: fivePoints(mesh), presence: outputs.find((output) => output.length === 1)?.[0] ?? 0 };
}

/** How good a picture is, by numbers. */
export function measure(picture: Picture, { faces, square, mesh, five, presence }: Seen): Measures {
  const all = { faces: countFaces(faces), spread: spreadOf(picture) };
  const [best] = faces;
  const frame = best && canonicalFrame(picture, five, CANONICAL);
  if (best === undefined || frame === undefined) return { ...all, faces: 0 };
  return { ...all, face: { score: best.logit, presence, ...measureMesh(mesh, best, square, picture), ...measureFrame(frame) } };
}
