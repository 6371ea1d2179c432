// A face model on aligned pictures, in float and in integers: what tacit eval-face and the benchmark share.
import { join } from 'node:path';
import { err, invariant, ok, type Result } from '../../base/index.ts';
import { CANONICAL, cosine, planesOf } from '../../face/index.ts';
import { decodeOutput, encodeInput, type Graph, type IntGraph, type QuantizeOptions, quantize } from '../../model/index.ts';
import { readTextFile } from '../files.ts';
import { kernelNetwork } from '../models/kernels.ts';
import { floatTensor, onlyInput } from '../models/read.ts';
import type { Pixels } from '../models/samples.ts';
import { framesOf } from './frames.ts';
import { type ScoredPair, type Verification, verification } from './metrics.ts';
import { floatRunner } from './runtime.ts';

export interface FacePair {
  readonly fold: number;
  readonly same: boolean;
  readonly files: readonly [string, string];
}

/** The list of pairs: `fold,same,name_a,index_a,name_b,index_b` a line. Errors: cli/file, input/malformed. */
export async function readPairs(file: string, images: string, limit: number): Promise<Result<FacePair[]>> {
  const text = await readTextFile(file, 16 * 2 ** 20);
  if (!text.ok) return text;
  const path = (name: string, index: string): string => join(images, name, `${name}_${index.padStart(4, '0')}.jpg`);
  const seen = new Map<string, number>();
  const pairs = text.value
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line !== '')
    .flatMap((line): FacePair[] => {
      const [fold = '', same, a = '', i = '', b = '', j = ''] = line.split(',');
      const count = (seen.get(fold + same) ?? 0) + 1;
      seen.set(fold + same, count);
      return 2 * count > limit ? [] : [{ fold: Number(fold), same: same === '1' || same === 'true', files: [path(a, i), path(b, j)] }];
    }); // prettier-ignore
  const named = pairs.every(({ files, fold }) => Number.isInteger(fold) && files.every((name) => !name.includes('..')));
  return pairs.length > 0 && named ? ok(pairs) : err('input/malformed', { what: 'the list of pairs' });
}

/** Canonical frames (112 x 112, three bytes a pixel) by file, and in how many a face was found. */
export interface AlignedPictures {
  readonly frames: ReadonlyMap<string, Uint8Array>;
  readonly found: number;
}

/** Aligns pictures with the detector and the landmarks of the lock; with a folder, frames are kept there for the next time. */
export async function alignPictures(
  files: readonly string[],
  folder: string | undefined,
  say: (text: string) => void,
): Promise<Result<AlignedPictures>> {
  const made = await framesOf(files, folder, say, CANONICAL);
  if (!made.ok) return made;
  const frames = new Map([...made.value].map(([file, { pixels }]) => [file, pixels] as const));
  return ok({ frames, found: [...made.value.values()].filter(({ found }) => found).length });
}

/**
 * A frame as a network takes it, [1, 1 or 3, side, side]: (p - mean) / std. Smaller sides average the pixels they cover, one channel
 * is the luma; both are rounded to whole pixel values, so that the integer input is exact.
 */
export function planesFor(frame: Uint8Array, channels: number, side: number, { mean, std }: Pixels): Float64Array {
  const size = CANONICAL.size;
  const rgb = planesOf(frame, size);
  const luma = (i: number): number =>
    0.299 * (rgb[i] as number) + 0.587 * (rgb[i + size * size] as number) + 0.114 * (rgb[i + 2 * size * size] as number);
  const out = new Float64Array(channels * side * side);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        let [sum, count] = [0, 0];
        for (let v = Math.floor((y * size) / side); v < Math.ceil(((y + 1) * size) / side); v++)
          for (let u = Math.floor((x * size) / side); u < Math.ceil(((x + 1) * size) / side); u++) {
            const at = v * size + u;
            sum += channels === 1 ? luma(at) : (rgb[c * size * size + at] as number);
            count++;
          }
        const value = (Math.round(sum / count) - (mean[c % mean.length] as number)) / (std[c % std.length] as number);
        out[(c * side + y) * side + x] = Math.fround(value);
      }
  return out;
}

export interface FaceFigures {
  readonly pictures: number;
  readonly facesFound: number;
  readonly pairs: number;
  /** Pictures that were calibrated on, their labels unseen. */
  readonly calibrated: number;
  readonly bits: number;
  readonly shift: number;
  readonly float: Verification;
  readonly integer: Verification;
  /** Pictures whose integers leave a table. */
  readonly outOfRange: number;
  readonly smallestMarginBits: number | null;
  readonly cosineFloatInteger: number;
  readonly millisecondsFloat: number;
  readonly millisecondsInteger: number;
}

/** A picture that could not be embedded matches nobody. */
const similarity = (a: Float64Array | undefined, b: Float64Array | undefined): number =>
  a === undefined || b === undefined ? -1 : cosine(a, b);

interface Embedded {
  readonly float: Map<string, Float64Array>;
  readonly integer: Map<string, Float64Array>;
  outOfRange: number;
  milliseconds: { float: number; integer: number };
}

async function embedAll(
  graph: Graph,
  network: IntGraph,
  files: readonly string[],
  planes: (file: string) => Float64Array,
): Promise<Result<Embedded>> {
  const runFloat = await floatRunner(graph);
  const kernels = await kernelNetwork(network);
  if (!kernels.ok) return kernels;
  const [input, output] = [network.tensors[network.inputs[0] as number], network.tensors[network.outputs[0] as number]];
  invariant(input !== undefined && output !== undefined, 'a network has an input and an output');
  const embedded: Embedded = { float: new Map(), integer: new Map(), outOfRange: 0, milliseconds: { float: 0, integer: 0 } };
  for (const file of files) {
    const data = planes(file);
    const started = performance.now();
    embedded.float.set(file, Float64Array.from((await runFloat(data))[0] ?? []));
    const between = performance.now();
    const results = kernels.value.run([encodeInput(floatTensor(input.shape, data), input.scale)]);
    embedded.milliseconds.float += between - started;
    embedded.milliseconds.integer += performance.now() - between;
    if (results.ok) embedded.integer.set(file, decodeOutput(results.value[0] as Int32Array, output.shape, output.scale));
    else if (['model/out-of-range', 'model/input-range'].includes(results.error.code)) embedded.outOfRange++;
    else return results;
  }
  return ok(embedded);
}

/**
 * Quantises on `calibrate` frames, evenly spread, then embeds every frame in float (onnxruntime) and in integers (kernels) and scores the
 * pairs. Errors: model/input for a network that does not take one square picture, those of quantising.
 */
export async function evaluateFaceModel(
  graph: Graph,
  pixels: Pixels,
  { frames, found }: AlignedPictures,
  pairs: readonly FacePair[],
  { calibrate, ...precision }: { readonly calibrate: number } & Pick<QuantizeOptions, 'bits' | 'target'>,
): Promise<Result<FaceFigures>> {
  const input = onlyInput(graph);
  if (!input.ok) return input;
  const { name, shape } = input.value;
  const [batch, channels = 0, side = 0, width] = shape;
  if (shape.length !== 4 || batch !== 1 || (channels !== 1 && channels !== 3) || side !== width || side > CANONICAL.size)
    return err('model/input', { what: `a face model takes one square picture of at most ${CANONICAL.size} pixels a side` });
  const planes = (file: string): Float64Array => planesFor(frames.get(file) as Uint8Array, channels, side, pixels);
  const files = [...frames.keys()];
  // Spread over the list, which is sorted: neighbours are pictures of one person.
  const calibrated = Math.min(calibrate, files.length);
  const samples = Array.from({ length: calibrated }, (_, i) => files[Math.floor((i * files.length) / calibrated)] as string).map(
    (file) => new Map([[name, floatTensor(shape, planes(file))]]),
  );
  const made = quantize(graph, samples, { ...precision, saturate: true });
  if (!made.ok) return made;
  const embedded = await embedAll(graph, made.value.network, files, planes);
  if (!embedded.ok) return embedded;
  const scored = (vectors: ReadonlyMap<string, Float64Array>): ScoredPair[] =>
    pairs.map(({ fold, same, files: [a, b] }) => ({ fold, same, score: similarity(vectors.get(a), vectors.get(b)) }));
  const perPicture = (total: number): number => Number((total / files.length).toFixed(1));
  const both = files.flatMap((file) => {
    const [a, b] = [embedded.value.float.get(file), embedded.value.integer.get(file)];
    return a === undefined || b === undefined ? [] : [cosine(a, b)];
  });
  return ok({
    pictures: files.length,
    facesFound: found,
    pairs: pairs.length,
    calibrated,
    bits: made.value.report.bits,
    shift: made.value.report.shift,
    float: verification(scored(embedded.value.float)),
    integer: verification(scored(embedded.value.integer)),
    outOfRange: embedded.value.outOfRange,
    smallestMarginBits: made.value.report.smallestMarginBits,
    cosineFloatInteger: both.reduce((sum, value) => sum + value, 0) / Math.max(1, both.length),
    millisecondsFloat: perPicture(embedded.value.milliseconds.float),
    millisecondsInteger: perPicture(embedded.value.milliseconds.integer),
  });
}

export const verificationRow = (name: string, v: Verification): string =>
  `${name.padEnd(8)} accuracy ${(100 * v.accuracy).toFixed(2)} %  AUC ${v.auc.toFixed(4)}  TAR@FAR1e-2 ${(100 * v.tarAtFar1e2).toFixed(2)} %  TAR@FAR1e-3 ${(100 * v.tarAtFar1e3).toFixed(2)} %  thresholds ${v.thresholdAtFar1e2.toFixed(3)} / ${v.thresholdAtFar1e3.toFixed(3)}`;

/** The figures for people, a line each. */
export const describeFigures = (name: string, figures: FaceFigures): string[] => [
  `${name}: ${figures.pictures} pictures (a face found in ${figures.facesFound}), ${figures.pairs} pairs; calibrated on ${figures.calibrated} of them; ${figures.bits}-bit activations, shift ${figures.shift}`,
  verificationRow('float', figures.float),
  verificationRow('integer', figures.integer),
  `out of range: ${figures.outOfRange} of ${figures.pictures}; mean cosine of float and integer ${figures.cosineFloatInteger.toFixed(5)}; ${figures.millisecondsInteger} ms a picture`,
];
