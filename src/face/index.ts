// SPDX-License-Identifier: Apache-2.0
//
// face: from a decoded picture to the exact integer frame that is proven, and what can be said about a picture before: where
// the face is, where its points are, whether it is good enough. The networks run elsewhere; their outputs come in as numbers.
// Imports base only; cli, client, workers, app and circuits may import it. Pure, and the same bits in every engine.

export { DETECTOR_SIDE, type Detection, decodeDetections, detectorSquare, suppress } from './detector.ts';
export { CANONICAL, type FrameSpec, frameTransform, TEMPLATE, templateIn } from './frame.ts';
export {
  apply,
  between,
  compose,
  distance,
  fitSimilarity,
  invert,
  midpoint,
  type Point,
  type Similarity,
} from './geometry.ts';
export { fivePoints, MESH_POINTS, MESH_SIDE, type MeshPoint, meshCrop, meshPoints } from './mesh.ts';
export { isPicture, type Picture } from './picture.ts';
export * from './quality/index.ts';
export { canonicalFrame, planesOf, resample } from './resample.ts';
export { measure, type Networks, type Seen, see } from './see.ts';
export { cosine, outcomeOf, PREVIEW_THRESHOLD } from './similarity.ts';
