// Alignment as ArcFace's training has it: BlazeFace finds the face, FaceMesh five points in it, a similarity takes those to
// the template. The box is widened 1.5 times and turned to the line of the eyes before the mesh looks at it.
import { ok, type Result } from '../../base/index.ts';
import type { Graph } from '../../model/index.ts';
import type { Picture } from '../models/samples.ts';
import { apply, fitSimilarity, invert, type Point, type Similarity, warp } from './geometry.ts';
import { floatRunner } from './runtime.ts';

/** ArcFace's five points in 112x112: eyes, nose, corners of the mouth. */
const TEMPLATE: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];
const SIDE = 128;
const MESH = 192;
/** The mesh's indices whose means are the template's points. */
const LANDMARKS: readonly (readonly number[])[] = [[33, 133, 159, 145], [362, 263, 386, 374], [1, 4], [61], [291]]; // prettier-ignore

interface Face {
  readonly score: number;
  readonly centre: Point;
  readonly size: number;
  readonly eyes: readonly [Point, Point];
}

/** The best face in BlazeFace's outputs, in units of its 128x128 input. */
export function decodeFace(outputs: readonly Float32Array[]): Face | undefined {
  let best: Face | undefined;
  for (const [cells, anchors] of [
    [16, 2],
    [8, 6],
  ] as const) {
    // prettier-ignore
    const count = cells * cells * anchors;
    const scores = outputs.find((output) => output.length === count);
    const boxes = outputs.find((output) => output.length === 16 * count);
    if (scores === undefined || boxes === undefined) continue;
    scores.forEach((logit, i) => {
      const score = 1 / (1 + Math.exp(-logit));
      if (score <= (best?.score ?? 0)) return;
      const cell = Math.floor(i / anchors);
      const origin: Point = [(((cell % cells) + 0.5) * SIDE) / cells, ((Math.floor(cell / cells) + 0.5) * SIDE) / cells];
      const at = (k: number): number => boxes[16 * i + k] as number;
      const point = (k: number): Point => [origin[0] + at(k), origin[1] + at(k + 1)];
      best = { score, centre: point(0), size: Math.max(at(2), at(3)), eyes: [point(4), point(6)] };
    });
  }
  return best;
}

export interface Aligner {
  /** The 112x112 aligned RGB planes (0 to 255), and whether a face was found (else the middle of the picture is taken). */
  readonly align: (picture: Picture) => Promise<{ readonly planes: Float64Array; readonly found: boolean }>;
}

export async function makeAligner(detector: Graph, mesh: Graph): Promise<Result<Aligner>> {
  const detect = await floatRunner(detector);
  const landmarks = await floatRunner(mesh);
  const align = async (picture: Picture) => {
    const side = Math.max(picture.width, picture.height);
    const toPicture: Similarity = { a: side / SIDE, b: 0, c: (picture.width - side) / 2, d: (picture.height - side) / 2 };
    const face = decodeFace(await detect(warp(picture, SIDE, toPicture).map((value) => value / 127.5 - 1)));
    const found = face !== undefined && face.score > 0.3;
    const centre = found ? apply(toPicture, face.centre) : ([picture.width / 2, picture.height / 2] as const);
    const size = 1.5 * (found ? (face.size * side) / SIDE : side / 2);
    const angle = found ? Math.atan2(face.eyes[1][1] - face.eyes[0][1], face.eyes[1][0] - face.eyes[0][0]) : 0;
    const [a, b] = [(Math.cos(angle) * size) / MESH, (Math.sin(angle) * size) / MESH];
    const half = MESH / 2;
    const crop: Similarity = { a, b, c: centre[0] - (a * half - b * half), d: centre[1] - (b * half + a * half) };
    const outputs = await landmarks(warp(picture, MESH, crop).map((value) => value / 255));
    const points = outputs.find((output) => output.length === 1404) ?? new Float32Array(1404);
    const five = LANDMARKS.map((list): Point => {
      const mean = (k: number): number => list.reduce((sum, index) => sum + (points[3 * index + k] as number), 0) / list.length;
      return apply(crop, [mean(0), mean(1)]);
    });
    return { planes: warp(picture, 112, invert(fitSimilarity(five, TEMPLATE))), found };
  };
  return ok({ align });
}
