// The app's alignment (src/face) with its two networks on onnxruntime.
import { err, ok, type Result } from '../../base/index.ts';
import {
  CANONICAL,
  canonicalFrame,
  DETECTOR_SIDE,
  type FrameSpec,
  MESH_SIDE,
  type Networks,
  type Picture,
  planesOf,
  type Seen,
  see,
} from '../../face/index.ts';
import type { Graph } from '../../model/index.ts';
import { floatRunner } from './runtime.ts';

export interface Aligned {
  /** The canonical frame; of the middle of the picture where no face was found. */
  readonly frame: Uint8Array;
  readonly seen: Seen;
}

export interface Aligner {
  /** Errors: model/input when no points of a face come out. */
  readonly align: (picture: Picture, spec?: FrameSpec) => Promise<Result<Aligned>>;
}

export async function makeAligner(detector: Graph, landmarks: Graph): Promise<Aligner> {
  const detect = await floatRunner(detector);
  const trace = await floatRunner(landmarks);
  const networks: Networks = {
    detect: (square) => detect(Float64Array.from(planesOf(square, DETECTOR_SIDE, 127.5, 127.5))),
    trace: (square) => trace(Float64Array.from(planesOf(square, MESH_SIDE, 0, 255))),
  };
  return {
    async align(picture, spec = CANONICAL) {
      const seen = await see(picture, networks);
      const frame = seen && canonicalFrame(picture, seen.five, spec);
      return seen === undefined || frame === undefined ? err('model/input', { what: 'the points of the face' }) : ok({ frame, seen });
    },
  };
}
