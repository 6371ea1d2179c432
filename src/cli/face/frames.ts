import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FRAME_SPEC } from '../../../circuits/face/index.ts';
import { ok, type Result, sha256Hex } from '../../base/index.ts';
import type { FrameSpec } from '../../face/index.ts';
import { lockedGraph } from '../models/locked.ts';
import { readBytes } from '../models/read.ts';
import { readPicture } from '../models/samples.ts';
import { type Aligner, makeAligner } from './align.ts';

/** The aligner on the networks of the lock. */
export async function lockedAligner(): Promise<Result<Aligner>> {
  const [detector, mesh] = [await lockedGraph('blazeface-front'), await lockedGraph('facemesh')];
  if (!detector.ok) return detector;
  return mesh.ok ? ok(await makeAligner(detector.value, mesh.value)) : mesh;
}

export interface Frame {
  /** [size][size][3], 0 to 255. */
  readonly pixels: Uint8Array;
  /** Whether the detector found a face. */
  readonly found: boolean;
}

/** A frame of each picture; with a folder, kept there by the picture's hash and the frame's side for the next time. */
export async function framesOf(
  files: readonly string[],
  folder: string | undefined,
  say: (text: string) => void,
  spec: FrameSpec = FRAME_SPEC,
): Promise<Result<Map<string, Frame>>> {
  const length = 3 * spec.size ** 2;
  const frames = new Map<string, Frame>();
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  let aligner: Aligner | undefined;
  for (const file of files) {
    const bytes = await readBytes(file, 32 * 2 ** 20);
    if (!bytes.ok) return bytes;
    const kept = folder === undefined ? undefined : join(folder, `${sha256Hex(bytes.value)}.${spec.size}.frame`);
    const known = kept === undefined ? undefined : await readFile(kept).catch(() => undefined);
    if (known?.length === length + 1) {
      frames.set(file, { pixels: new Uint8Array(known.subarray(0, length)), found: known[length] === 1 });
      continue;
    }
    if (aligner === undefined) {
      const made = await lockedAligner();
      if (!made.ok) return made;
      aligner = made.value;
    }
    const picture = readPicture(bytes.value);
    if (!picture.ok) return picture;
    const aligned = await aligner.align(picture.value, spec);
    if (!aligned.ok) return aligned;
    const frame = { pixels: aligned.value.frame, found: aligned.value.seen.faces.length > 0 };
    frames.set(file, frame);
    if (kept !== undefined) await writeFile(kept, Buffer.concat([frame.pixels, Uint8Array.of(frame.found ? 1 : 0)]));
    if (frames.size % 200 === 0) say(`aligned ${frames.size} of ${files.length}\n`);
  }
  return ok(frames);
}

/** A frame as the statements take it: [3][size][size]. */
export function planar({ pixels }: Pick<Frame, 'pixels'>): Int32Array {
  const area = pixels.length / 3;
  return Int32Array.from({ length: pixels.length }, (_, i) => pixels[3 * (i % area) + Math.floor(i / area)] as number);
}
