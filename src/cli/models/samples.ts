import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { err, ok, type Result } from '../../base/index.ts';
import type { Picture } from '../../face/index.ts';
import { integerKind, integerRange, rounder, type Tensor, type TensorType } from '../../model/index.ts';
import { type Numbers, numbersOf, readCsv, readFloats, readJsonValue, readNpy } from './numbers.ts';
import { readBytes } from './read.ts';

/** What pixels (0 to 255) become: (p - mean) / std, a channel. */
export interface Pixels {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** An input of a model: what a file of samples has to fit. */
export interface InputType extends TensorType {
  readonly name: string;
  /** Nothing but multiples of this is taken. */
  readonly step?: number | null;
}

/** An input of a compiled network takes real numbers, whatever the file it came from took. */
export const inputType = ({ name, shape }: Pick<InputType, 'name' | 'shape'>, step?: number | null): InputType => ({
  name,
  shape,
  dtype: 'float64',
  step: step ?? null,
});

/** The inputs of one run, by name. */
export type Sample = ReadonlyMap<string, Tensor>;

const MAX_BYTES = 512 * 2 ** 20;
const KINDS = '.json, .npy, .csv, .png, .jpg and .f32 (raw float32)';

const malformed = (what: string): Result<never> => err('model/input', { what });

export function readPicture(bytes: Uint8Array): Result<Picture> {
  try {
    return ok(jpeg.decode(bytes, { useTArray: true, maxResolutionInMP: 50, maxMemoryUsageInMB: 512 }));
  } catch {
    return malformed('the picture is not a JPEG that can be read');
  }
}

function readPng(bytes: Uint8Array, file: string): Result<Picture> {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // Width and height stand in the first chunk: a few bytes may promise any number of pixels.
    if (bytes.length >= 24 && view.getUint32(16) * view.getUint32(20) > 50e6) return malformed(`${file} has more than 50 million pixels`);
    const { width, height, data } = PNG.sync.read(Buffer.from(bytes));
    return ok({ width, height, data });
  } catch {
    return malformed(`${file} is not a PNG that can be read`);
  }
}

/** A picture scaled to an input [1, C, H, W] (nearest pixel), one or three channels. */
export function pictureTensor(picture: Picture, shape: readonly number[], { mean, std }: Pixels): Result<Tensor> {
  const [batch, channels, height, width] = shape as [number, number, number, number];
  if (shape.length !== 4 || batch !== 1 || (channels !== 1 && channels !== 3))
    return malformed(`pictures fit inputs of 1 or 3 channels, not ${shape.join('x')}`);
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
  return ok({ dtype: 'float32', shape, data: out.map(Math.fround) });
}

/** Axes that say something: those longer than one. */
const long = (shape: readonly number[]): string => shape.filter((length) => length !== 1).join('x');

/** Numbers as values of an input's type. Errors: model/input for what is no number of that type. */
function valued({ name, dtype, shape, step }: InputType, data: Float64Array, file: string): Result<Tensor> {
  const kind = integerKind(dtype);
  const range = kind === undefined ? undefined : integerRange(kind);
  for (const value of data) {
    if (!Number.isFinite(value)) return malformed(`${file} holds a value that is not a number`);
    if ((kind !== undefined && !Number.isInteger(value)) || (dtype === 'bool' && value !== 0 && value !== 1))
      return malformed(`${file} holds ${value}; ${name} takes ${dtype === 'bool' ? '0 and 1' : `whole numbers (${dtype})`}`);
    // A hundredth of a step is what float32 leaves of a multiple.
    if (typeof step === 'number' && Math.abs(value / step - Math.round(value / step)) > 0.02)
      return malformed(
        `${file} holds ${value}; the samples of ${name} were multiples of ${Number(step.toPrecision(6))}, and what lies between is not told apart. Calibrate with such values, or state --input-range`,
      );
    if (range !== undefined && (value < range.min || value > range.max))
      return malformed(`${file} holds ${value}, which ${dtype} does not`);
  }
  return ok({ dtype, shape, data: data.map(rounder(dtype)) });
}

/** One value of the input, or several along a first axis. A layout that has the count and not the shape is refused: it would be read in another order. */
function split(input: InputType, { shape, data }: Numbers, file: string): Result<Tensor[]> {
  const size = input.shape.reduce((product, length) => product * length, 1);
  const flat = (own: readonly number[]): boolean => own.filter((length) => length !== 1).length <= 1;
  const fits = (own: readonly number[], count: number): boolean => count === size && (flat(own) || long(own) === long(input.shape));
  const values = (parts: readonly Float64Array[]): Result<Tensor[]> => {
    const made: Tensor[] = [];
    for (const part of parts) {
      const value = valued(input, part, file);
      if (!value.ok) return value;
      made.push(value.value);
    }
    return ok(made);
  };
  if (fits(shape, data.length)) return values([data]);
  const [count = 0, ...rest] = shape;
  if (count > 0 && fits(rest, data.length / count))
    return values(Array.from({ length: count }, (_, i) => data.slice(i * size, (i + 1) * size)));
  const given = shape.length > 1 ? ` (${shape.join('x')})` : '';
  return malformed(
    `${file} has ${data.length} numbers${given}; the input takes ${size}${input.shape.length > 1 ? ` (${input.shape.join('x')})` : ''}`,
  );
}

/** All that one file holds of one input. */
async function readValues(file: string, input: InputType, pixels: Pixels | undefined): Promise<Result<Tensor[]>> {
  const extension = extname(file).toLowerCase();
  const bytes = await readBytes(file, MAX_BYTES);
  if (!bytes.ok) return bytes;
  const name = basename(file);
  if (['.jpg', '.jpeg', '.png'].includes(extension)) {
    if (pixels === undefined)
      return malformed(`${name} is a picture, and this model was compiled from numbers; say what pixels become with --mean and --std`);
    const picture = extension === '.png' ? readPng(bytes.value, name) : readPicture(bytes.value);
    const tensor = picture.ok ? pictureTensor(picture.value, input.shape, pixels) : picture;
    return tensor.ok ? ok([{ ...tensor.value, dtype: input.dtype }]) : tensor;
  }
  let numbers: Result<Numbers>;
  if (extension === '.json') {
    const value = readJsonValue(bytes.value, name);
    numbers = value.ok ? numbersOf(value.value, name) : value;
  } else if (extension === '.npy') numbers = readNpy(bytes.value, name);
  else if (extension === '.csv') numbers = readCsv(bytes.value, name);
  else if (extension === '.f32') numbers = readFloats(bytes.value, name);
  else return malformed(`${name} is of a kind that is not known here; ${KINDS} are read`);
  return numbers.ok ? split(input, numbers.value, name) : numbers;
}

/** A JSON file of several inputs: an object of their names, or a list of such. Undefined where it is something else. */
async function readNamed(file: string, inputs: readonly InputType[]): Promise<Result<Sample[]> | undefined> {
  if (extname(file).toLowerCase() !== '.json') return undefined;
  const bytes = await readBytes(file, MAX_BYTES);
  if (!bytes.ok) return bytes;
  const name = basename(file);
  const json = readJsonValue(bytes.value, name);
  if (!json.ok) return json;
  const records = Array.isArray(json.value) ? json.value : [json.value];
  const isRecord = (item: unknown): item is Record<string, unknown> => typeof item === 'object' && item !== null && !Array.isArray(item);
  if (records.length === 0 || !records.every(isRecord)) return undefined;
  const samples: Sample[] = [];
  for (const record of records) {
    const sample = new Map<string, Tensor>();
    const unknown = Object.keys(record).find((key) => !inputs.some((input) => input.name === key));
    if (unknown !== undefined) return malformed(`${name} has “${unknown}”; the inputs are ${inputs.map((input) => input.name).join(', ')}`);
    for (const input of inputs) {
      if (!Object.hasOwn(record, input.name)) return malformed(`${name} has no “${input.name}”`);
      const numbers = numbersOf(record[input.name], `“${input.name}” of ${name}`);
      const values = numbers.ok ? split(input, numbers.value, `“${input.name}” of ${name}`) : numbers;
      if (!values.ok) return values;
      if (values.value.length !== 1) return malformed(`“${input.name}” of ${name} has more than one value`);
      sample.set(input.name, values.value[0] as Tensor);
    }
    samples.push(sample);
  }
  return ok(samples);
}

/** Files that a word stands for: itself, all that can be read in a folder, or what a * in its last part matches; by name. */
async function filesOf(word: string): Promise<Result<string[]>> {
  const known = /\.(json|npy|csv|png|jpe?g|f32)$/i;
  const listed = async (folder: string, fits: (name: string) => boolean): Promise<Result<string[]>> => {
    try {
      const names = (await readdir(folder)).filter(fits).sort();
      return names.length === 0
        ? err('cli/file', { file: word, what: 'no file there can be read as a sample' })
        : ok(names.map((name) => join(folder, name)));
    } catch {
      return err('cli/file', { file: word, what: 'there is no such folder' });
    }
  };
  const there = await stat(word).catch(() => undefined);
  if (there?.isDirectory()) return listed(word, (name) => known.test(name));
  if (there !== undefined || !/[*?]/.test(basename(word))) return ok([word]);
  const pattern = new RegExp(
    `^${basename(word)
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
  return listed(dirname(word), (name) => pattern.test(name));
}

/**
 * Samples out of files. Each word is a file, a folder, a pattern with * or ?, or `NAME=FILE` where the model has several inputs; a file
 * may hold many samples (rows of a .csv, the first axis of an .npy, a list in a .json). Several inputs come as JSON objects by
 * name or as one word each, with as many values in each. `pixels`: what pictures become; without it they are refused.
 * Errors: cli/file, input/too-large, model/input.
 */
export async function readSamples(
  words: readonly string[],
  inputs: readonly InputType[],
  pixels: Pixels | undefined,
): Promise<Result<Sample[]>> {
  const samples: Sample[] = [];
  const columns = new Map<string, Tensor[]>();
  for (const word of words) {
    const [, name, named] = /^([^=]+)=(.+)$/.exec(word) ?? [];
    const chosen = name === undefined ? undefined : inputs.find((input) => input.name === name);
    const files = await filesOf(chosen === undefined ? word : (named as string));
    if (!files.ok) return files;
    for (const file of files.value) {
      if (chosen === undefined) {
        const objects = await readNamed(file, inputs);
        if (objects !== undefined && !objects.ok) return objects;
        if (objects !== undefined) {
          samples.push(...objects.value);
          continue;
        }
      }
      const [only] = inputs;
      const input = chosen ?? (inputs.length === 1 ? only : undefined);
      if (input === undefined)
        return malformed(
          `the model has ${inputs.length} inputs (${inputs.map((own) => own.name).join(', ')}); give NAME=FILE for each, or a .json object of their names`,
        );
      const values = await readValues(file, input, pixels);
      if (!values.ok) return values;
      if (inputs.length === 1) samples.push(...values.value.map((value) => new Map([[input.name, value]])));
      else columns.set(input.name, [...(columns.get(input.name) ?? []), ...values.value]);
    }
  }
  if (columns.size === 0) return ok(samples);
  const lacking = inputs.find((input) => !columns.has(input.name));
  if (lacking !== undefined) return malformed(`no file is given for the input ${lacking.name}`);
  const count = columns.values().next().value?.length ?? 0;
  for (const [name, values] of columns)
    if (values.length !== count) return malformed(`${name} has ${values.length} values and another input ${count}`);
  for (let i = 0; i < count; i++) samples.push(new Map([...columns].map(([name, values]) => [name, values[i] as Tensor])));
  return ok(samples);
}

/** The same where one sample is wanted. */
export async function readSample(
  words: readonly string[],
  inputs: readonly InputType[],
  pixels: Pixels | undefined,
): Promise<Result<Sample>> {
  const samples = await readSamples(words, inputs, pixels);
  if (!samples.ok) return samples;
  const [only, ...more] = samples.value;
  return only === undefined || more.length > 0 ? malformed(`${samples.value.length} inputs are given; one is taken`) : ok(only);
}

/** `--mean` and `--std`: one number or three, by commas; undefined where neither is given. Error: cli/usage. */
export function readPixels(mean: string | undefined, std: string | undefined): Result<Pixels | undefined> {
  if (mean === undefined && std === undefined) return ok(undefined);
  const list = (text: string): number[] => text.split(',').map(Number);
  const [m, s] = [list(mean ?? String(PIXELS.mean)), list(std ?? String(PIXELS.std))];
  const fits = (values: readonly number[]): boolean => (values.length === 1 || values.length === 3) && values.every(Number.isFinite);
  return fits(m) && fits(s) && s.every((value) => value !== 0)
    ? ok({ mean: m, std: s })
    : err('cli/usage', { what: '--mean and --std take one number or three, by commas' });
}

/** What pixels become where nobody says: about -1 to 1. */
export const PIXELS: Pixels = { mean: [127.5], std: [128] };

/** Whether some of the files that these words stand for are pictures. */
export async function arePictures(words: readonly string[]): Promise<boolean> {
  for (const word of words) {
    const files = await filesOf(word);
    if (files.ok && files.value.some((file) => /\.(png|jpe?g)$/i.test(file))) return true;
  }
  return false;
}
