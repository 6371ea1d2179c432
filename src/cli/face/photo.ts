import { FRAME_SPEC } from '../../../circuits/face/index.ts';
import { err, ok, type Result } from '../../base/index.ts';
import { countFaces, distance, LIMITS } from '../../face/index.ts';
import { readBytes } from '../models/read.ts';
import { readPicture } from '../models/samples.ts';
import { lockedAligner, planar } from './frames.ts';

/**
 * The canonical frame of the one face in a photo, as the statements take it. Errors: cli/file, input/too-large, model/input (no JPEG),
 * photo/no-face, photo/several-faces, face/too-small, and those of fetching the detector.
 */
export async function frameOfPhoto(file: string): Promise<Result<Int32Array>> {
  const bytes = await readBytes(file, 32 * 2 ** 20);
  if (!bytes.ok) return bytes;
  const picture = readPicture(bytes.value);
  if (!picture.ok) return picture;
  const aligner = await lockedAligner();
  if (!aligner.ok) return aligner;
  const aligned = await aligner.value.align(picture.value, FRAME_SPEC);
  if (!aligned.ok) return aligned;
  const { faces, five } = aligned.value.seen;
  const count = countFaces(faces);
  if (count === 0) return err('photo/no-face');
  if (count > 1) return err('photo/several-faces');
  const [left, right] = five;
  const eyes = left === undefined || right === undefined ? 0 : distance(left, right);
  if (eyes < LIMITS.eyeDistance) return err('face/too-small', { pixels: Math.floor(eyes), least: LIMITS.eyeDistance });
  const frame = planar({ pixels: aligned.value.frame });
  aligned.value.frame.fill(0);
  return ok(frame);
}
