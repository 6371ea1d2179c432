import { extname } from 'node:path';
import jpeg from 'jpeg-js';
import { err, ok, type Result } from '../../base/index.ts';
import type { Picture } from '../../face/index.ts';
import type { Tensor } from '../../model/index.ts';
import { parseJson } from '../files.ts';
import { floatTensor, readBytes } from './read.ts';

/** What pixels (0 to 255) become: (p - mean) / std, a channel. */
export interface Pixels {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export function readPicture(bytes: Uint8Array): Result<Picture> {
  try {
    return ok(jpeg.decode(bytes, { useTArray: true, maxResolutionInMP: 50, maxMemoryUsageInMB: 512 }));
  } catch {
    return err('model/input', { what: 'the picture is not a JPEG that can be read' });
  }
}

/** A picture scaled to an input [1, C, H, W] (nearest pixel), one or three channels. */
export function pictureTensor(picture: Picture, shape: readonly number[], { mean, std }: Pixels): Result<Tensor> {
  const [batch, channels, height, width] = shape as [number, number, number, number];
  if (shape.length !== 4 || batch !== 1 || (channels !== 1 && channels !== 3))
    return err('model/input', { what: `pictures fit inputs of 1 or 3 channels, not ${shape.join('x')}` });
  const out = new Float64Array(channels * height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (Math.floor(((y + 0.5) * picture.height) / height) * picture.width + Math.floor(((x + 0.5) * picture.width) / width));
      const rgb = [picture.data[at] as number, picture.data[at + 1] as number, picture.data[at + 2] as number];
      const gray = Math.round(0.299 * (rgb[0] as number) + 0.587 * (rgb[1] as number) + 0.114 * (rgb[2] as number));
      for (let c = 0; c < channels; c++) {
        const value = channels === 1 ? gray : (rgb[c] as number);
        out[(c * height + y) * width + x] = (value - (mean[c % mean.length] as number)) / (std[c % std.length] as number);
      }
    }
  }
  return ok(floatTensor(shape, out));
}

/** Reads numbers nested to any depth, in order. */
function flatten(value: unknown, into: number[]): boolean {
  if (typeof value === 'number') return into.push(value) > 0;
  return Array.isArray(value) && value.every((item) => flatten(item, into));
}

/** One sample of an input, from .json (numbers, nested or not), .f32 (little-endian float32) or .jpg. */
export async function readSample(file: string, shape: readonly number[], pixels: Pixels): Promise<Result<Tensor>> {
  const bytes = await readBytes(file, 64 * 2 ** 20);
  if (!bytes.ok) return bytes;
  const size = shape.reduce((product, length) => product * length, 1);
  const extension = extname(file).toLowerCase();
  if (extension === '.jpg' || extension === '.jpeg') {
    const picture = readPicture(bytes.value);
    return picture.ok ? pictureTensor(picture.value, shape, pixels) : picture;
  }
  const numbers: number[] = [];
  if (extension === '.json') {
    const json = parseJson(Buffer.from(bytes.value).toString('utf8'));
    if (!json.ok) return json;
    if (!flatten(json.value, numbers)) return err('model/input', { what: `${file} holds more than numbers` });
  } else {
    const view = new DataView(bytes.value.buffer, bytes.value.byteOffset, bytes.value.byteLength);
    for (let at = 0; at + 4 <= view.byteLength; at += 4) numbers.push(view.getFloat32(at, true));
  }
  if (numbers.length !== size) return err('model/input', { what: `${file} has ${numbers.length} numbers; the input takes ${size}` });
  if (numbers.some((value) => !Number.isFinite(value))) return err('model/input', { what: `${file} holds a value that is not a number` });
  return ok(floatTensor(shape, Float64Array.from(numbers)));
}

/** `--mean` and `--std`: one number or three, by commas. */
export function readPixels(mean: string | undefined, std: string | undefined): Result<Pixels> {
  const list = (text: string): number[] => text.split(',').map(Number);
  const [m, s] = [list(mean ?? '127.5'), list(std ?? '128')];
  const fits = (values: readonly number[]): boolean => (values.length === 1 || values.length === 3) && values.every(Number.isFinite);
  return fits(m) && fits(s) && s.every((value) => value !== 0)
    ? ok({ mean: m, std: s })
    : err('cli/usage', { what: '--mean and --std take one number or three, by commas' });
}
