// Real faces as a network takes them: the calibration frames of circuits/face, whose middle is the canonical frame.
import { CROP, FRAME, MARGIN } from '../circuits/face/index.ts';
import { calibrationFrames } from '../circuits/face/train/samples.ts';
import { planesFor } from '../src/cli/face/evaluate.ts';
import { floatTensor } from '../src/cli/models/read.ts';
import type { Pixels } from '../src/cli/models/samples.ts';
import type { Tensor } from '../src/model/index.ts';

/** What face networks take for a byte: -1 to 1, or 0 to 1. */
export const half: Pixels = { mean: [127.5], std: [128] };
export const unit: Pixels = { mean: [0], std: [255] };

/** The middle of a frame of planes, as pixels of three bytes: what the canonical frame of 112 pixels is. */
const middle = (planes: Int32Array): Uint8Array =>
  Uint8Array.from({ length: 3 * CROP ** 2 }, (_, i) => {
    const at = Math.floor(i / 3);
    const [x, y] = [MARGIN + (at % CROP), MARGIN + Math.floor(at / CROP)];
    return planes[((i % 3) * FRAME + y) * FRAME + x] as number;
  });

/** One reading, also for inputs that are asked for at once. */
let frames: Promise<Uint8Array[]> | undefined;

/** The canonical frames: 33 of them. */
export function faceFrames(): Promise<Uint8Array[]> {
  frames ??= calibrationFrames().then((all) => all.map(middle));
  return frames;
}

/** A frame as an input [1, 1 or 3, side, side]. */
export function faceInput(frame: Uint8Array, shape: readonly number[], pixels: Pixels): Tensor {
  const [, channels = 1, side = 1] = shape;
  return floatTensor(shape, planesFor(frame, channels, side, pixels));
}
