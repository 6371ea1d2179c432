// Calibration frames: the faces of faces.json, as they are and in the light, sharpness and framing of a phone's camera.
import { readFile } from 'node:fs/promises';
import { invariant } from '../../../src/base/index.ts';
import { readPicture } from '../../../src/cli/models/samples.ts';
import { canonicalFrame, type Picture, type Point } from '../../../src/face/index.ts';
import { obtainModel } from '../../models/index.ts';
import { FRAME_SPEC } from '../index.ts';

interface Face {
  readonly picture: string;
  readonly five: readonly Point[];
}

/** How each copy of a face differs: points moved (pixels of the frame), gain, gamma, grey. */
const COPIES: readonly { readonly shift: Point; readonly gain: number; readonly gamma: number; readonly grey: boolean }[] = [
  { shift: [0, 0], gain: 1, gamma: 1, grey: false },
  { shift: [2, -1], gain: 1.25, gamma: 0.8, grey: true },
  { shift: [-2, 2], gain: 0.7, gamma: 1.3, grey: false },
];

/** One frame as [3][side][side] pixels. */
export const planar = (frame: Uint8Array, side: number): Int32Array =>
  Int32Array.from({ length: 3 * side * side }, (_, i) => frame[3 * (i % (side * side)) + Math.floor(i / (side * side))] as number);

export async function calibrationFrames(): Promise<Int32Array[]> {
  const files = await obtainModel('face-pictures');
  invariant(files.ok, 'the pictures of the lock are here');
  const pictures = new Map<string, Picture>();
  for (const file of files.value) {
    const picture = readPicture(await readFile(file));
    invariant(picture.ok, 'a picture of the lock can be read');
    pictures.set(file.split('/').at(-1) as string, picture.value);
  }
  const { faces } = JSON.parse(await readFile(new URL('faces.json', import.meta.url), 'utf8')) as { faces: readonly Face[] };
  return faces.flatMap(({ picture, five }, index) => {
    const source = pictures.get(picture);
    invariant(source !== undefined, 'a face is in a picture of the lock');
    // Every face as it is, every second one also changed, in turn.
    const copies = index % 2 === 0 ? [COPIES[0], COPIES[1 + (index % 4) / 2]] : [COPIES[0]];
    return copies
      .filter((copy) => copy !== undefined)
      .map(({ shift: [dx, dy], gain, gamma, grey }) => {
        const moved = five.map(([x, y]): Point => [x + dx, y + dy]);
        const frame = canonicalFrame(source, moved, FRAME_SPEC);
        invariant(frame !== undefined, 'a face gives a frame');
        // A table, so that the power is taken of 256 numbers, rounded to whole pixels.
        const tone = Array.from({ length: 256 }, (_, p) => Math.min(255, Math.round(255 * gain * (p / 255) ** gamma)));
        const toned = frame.map((p) => tone[p] as number);
        if (grey) {
          for (let at = 0; at < toned.length; at += 3) {
            const level = (77 * (toned[at] as number) + 150 * (toned[at + 1] as number) + 29 * (toned[at + 2] as number) + 128) >> 8;
            toned.fill(level, at, at + 3);
          }
        }
        return planar(toned, FRAME_SPEC.size);
      });
  });
}
