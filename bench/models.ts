// npm run bench:models -- [--models DIR] [--images DIR --pairs CSV [--frames DIR]] [--only NAME,…]
//   [--limit N] [--samples N] [--chromium] [--write] [--json]
// Every model the project is measured on: imported, run in float (against onnxruntime), made integers, run on the kernels. What the
// lock and the repository hold is always measured; other files come from --models, faces with their accuracy from --images. What
// is not there prints "not run: …". --chromium times the integers in Chromium too. --write puts the tables into docs/models.md; what an
// earlier run found and this one did not measure stays in them. Exits 1 where a model cannot be measured, or the kernels are not the reference.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { readDigits } from '../circuits/digit-net/train/digits.ts';
import { errorSentence, type Result } from '../src/base/index.ts';
import { alignPictures, describeFigures, evaluateFaceModel, type FacePair, readPairs } from '../src/cli/face/evaluate.ts';
import { floatRunner } from '../src/cli/face/runtime.ts';
import { kernelNetwork } from '../src/cli/models/kernels.ts';
import { lockedGraph } from '../src/cli/models/locked.ts';
import { floatTensor, onlyInput, readModel } from '../src/cli/models/read.ts';
import type { Pixels } from '../src/cli/models/samples.ts';
import {
  encodeInput,
  encodeIntGraph,
  evaluateIntegers,
  type Graph,
  type IntGraph,
  quantize,
  runGraph,
  type Tensor,
} from '../src/model/index.ts';
import { faceFrames, faceInput, half, unit } from './faceInputs.ts';
import { type Measured, modelRow, modelsTable, remember, writeDocument } from './modelsReport.ts';

const { values: given } = parseArgs({
  options: {
    models: { type: 'string' },
    images: { type: 'string' },
    pairs: { type: 'string' },
    frames: { type: 'string' },
    only: { type: 'string' },
    limit: { type: 'string' },
    samples: { type: 'string' },
    chromium: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

type Kind = 'face' | 'picture' | 'digit' | 'table';
interface Known {
  readonly name: string;
  readonly kind: Kind;
  readonly pixels?: Pixels;
  /** Bits of an activation; the least that reach the target when absent. */
  readonly bits?: number;
  /** Pictures of --images to calibrate on; {@link CALIBRATE} when absent. BioNet's gates have no bound: faces reach much further than others. */
  readonly calibrate?: number;
  /** An id of the lock, a file of the repository, or a file of --models. */
  readonly from: { readonly lock: string } | { readonly repository: string } | { readonly file: string };
}
const imagenet: Pixels = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };
const known: readonly Known[] = [
  { name: 'mobilefacenet-192', kind: 'face', pixels: half, from: { lock: 'mobilefacenet-192' } },
  { name: 'mobilefacenet-192-tfjs', kind: 'face', pixels: half, from: { lock: 'mobilefacenet-192-tfjs' } },
  { name: 'liveness', kind: 'picture', pixels: unit, from: { lock: 'liveness' } },
  { name: 'digit-net', kind: 'digit', from: { repository: 'circuits/digit-net/digit-net.onnx' } },
  { name: 'credit MLP', kind: 'table', from: { repository: 'circuits/credit-score/preview.onnx' } },
  { name: 'mobilefacenet-192 (ONNX)', kind: 'face', pixels: half, from: { file: 'expo_MobileFaceNet192.onnx' } },
  { name: 'foamliu MobileFaceNet', kind: 'face', pixels: imagenet, from: { file: 'foamliu_MobileFaceNet.onnx' } },
  { name: 'MobileFaceNet V2', kind: 'face', pixels: half, from: { file: 'mobileface_v2.onnx' } },
  { name: 'BioNet v3 (TFLite)', kind: 'face', pixels: unit, bits: 10, calibrate: 1160, from: { file: 'bio_net_v3.tflite' } },
  { name: 'BioNet v3 (ONNX)', kind: 'face', pixels: unit, bits: 12, calibrate: 1160, from: { file: 'bionet_v3.onnx' } },
  { name: 'MNIST (ONNX)', kind: 'digit', from: { file: 'mnist.onnx' } },
  { name: 'MNIST (TFLite)', kind: 'digit', from: { file: 'mnist.tflite' } },
];

/** Inputs to calibrate on, and as many again to run: there are 33 faces, and of the rest as many as one likes. */
const samplesOf = (kind: Kind): number => Number(given.samples ?? (kind === 'face' ? 16 : 24));
/** Pictures of --images to calibrate on. */
const CALIBRATE = 64;
const note = (text: string): void => void process.stderr.write(`${text}\n`);
const value = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(errorSentence(result.error));
  return result.value;
};

/** Repeatable numbers in [0, 1). */
function dice(seed: number): () => number {
  let state = Math.imul(seed + 1, 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A soft picture of a few bright and dark spots, whole pixel values: something between noise and a photograph. */
function madePicture(channels: number, side: number, seed: number): Float64Array {
  const next = dice(seed);
  const out = new Float64Array(channels * side * side);
  for (let c = 0; c < channels; c++) {
    const spots = Array.from({ length: 9 }, () => [next() * side, next() * side, (0.1 + next() / 3) * side, next() * 255 - 110] as const);
    for (let i = 0; i < side * side; i++) {
      const [x, y] = [i % side, Math.floor(i / side)];
      const light = spots.reduce((sum, [u, v, r, a]) => sum + a * Math.exp(-((x - u) ** 2 + (y - v) ** 2) / (r * r)), 120);
      out[c * side * side + i] = Math.round(Math.min(255, Math.max(0, light + 6 * next())));
    }
  }
  return out;
}

/** One reading, also for samples that are asked for at once. */
let digits: ReturnType<typeof readDigits> | undefined;

async function sampleOf(kind: Kind, shape: readonly number[], pixels: Pixels | undefined, index: number): Promise<Tensor> {
  const size = shape.reduce((product, length) => product * length, 1);
  if (kind === 'digit' && size === 784) {
    digits ??= readDigits();
    const { test } = await digits;
    const at = (index * 41) % test.labels.length;
    return floatTensor(shape, Float64Array.from(test.pixels.subarray(784 * at, 784 * (at + 1))));
  }
  if (kind === 'face') {
    // Faces that are calibrated on and faces that are not: every second of the list, in turn.
    const all = await faceFrames();
    const frame = all[(2 * (index % samplesOf(kind)) + (index < samplesOf(kind) ? 0 : 1)) % all.length] as Uint8Array;
    return faceInput(frame, shape, pixels ?? unit);
  }
  if (kind === 'table' || shape.length !== 4) {
    const next = dice(index + 1);
    return floatTensor(
      shape,
      Float64Array.from({ length: size }, () => 4 * next() - 2),
    );
  }
  const { mean, std } = pixels ?? unit;
  const [, channels = 1, side = 1] = shape;
  const picture = madePicture(channels, side, index + 1);
  const plane = side * side;
  return floatTensor(
    shape,
    picture.map((p, i) => {
      const c = Math.floor(i / plane);
      return (p - (mean[c % mean.length] as number)) / (std[c % std.length] as number);
    }),
  );
}

async function graphOf({ from }: Known): Promise<Graph | string> {
  if ('lock' in from) return value(await lockedGraph(from.lock));
  if ('repository' in from) return value(await readModel(from.repository, { batch: 1 }));
  if (given.models === undefined) return 'not run: no folder of models given (--models DIR)';
  const file = join(given.models, from.file);
  return existsSync(file) ? value(await readModel(file, { batch: 1 })) : `not run: file absent (${from.file})`;
}

/** Milliseconds in Chromium, one thread; the median of seven. */
async function inChromium(network: IntGraph): Promise<number | undefined> {
  const folder = fileURLToPath(new URL('../.cache/bench-models/', import.meta.url));
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${process.pid}.bin`);
  await writeFile(file, encodeIntGraph(network));
  const script = fileURLToPath(new URL('../workers/kernel/integer/chromium.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, file, '--time']);
  const times = (/: ([\d. ]+) ms,/.exec(stdout)?.[1] ?? '').split(' ').map(Number);
  return times.sort((a, b) => a - b)[times.length >> 1];
}

async function measure(model: Known, graph: Graph): Promise<Measured> {
  const { name, shape } = value(onlyInput(graph));
  const samples = samplesOf(model.kind);
  const all = await Promise.all(Array.from({ length: 2 * samples }, (_, i) => sampleOf(model.kind, shape, model.pixels, i)));
  const named = all.map((sample) => new Map([[name, sample]]));
  const ours = runGraph(graph, named[0] as ReadonlyMap<string, Tensor>)[0]?.data ?? new Float64Array();
  const theirs = (await (await floatRunner(graph))((all[0] as Tensor).data))[0] ?? new Float32Array();
  const largest = ours.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-9);
  const previewDifference = ours.reduce((most, x, i) => Math.max(most, Math.abs(x - (theirs[i] as number))), 0) / largest;
  const { network, report } = value(
    quantize(graph, named.slice(0, samples), { evaluation: named.slice(samples), bits: model.bits, saturate: true }),
  );
  const kernels = value(await kernelNetwork(network));
  const input = network.tensors[network.inputs[0] as number];
  if (input === undefined) throw new Error('a network has an input');
  const times: number[] = [];
  let evaluationOutOfRange = 0;
  for (const sample of all.slice(samples)) {
    const encoded = encodeInput(sample, input.scale);
    const started = performance.now();
    const run = kernels.run([encoded]);
    times.push(performance.now() - started);
    if (!run.ok) evaluationOutOfRange++;
  }
  const first = encodeInput(all[0] as Tensor, input.scale);
  const expected = evaluateIntegers(network, [first]);
  if (JSON.stringify(kernels.run([first])) !== JSON.stringify(expected)) throw new Error('the kernels differ from the reference');
  times.sort((a, b) => a - b);
  return {
    model: model.name,
    nodes: graph.nodes.length,
    report,
    previewDifference,
    inputs: samples,
    evaluationOutOfRange,
    milliseconds: Number((times[times.length >> 1] ?? 0).toFixed(1)),
    workMiB: Number((kernels.workBytes / 2 ** 20).toFixed(1)),
    chromiumMilliseconds: given.chromium ? await inChromium(network) : undefined,
  };
}

const wanted = given.only?.split(',');
const rows: unknown[] = [];
const lines: string[] = [...modelsTable([])];
const faces: { model: Known; graph: Graph }[] = [];
for (const model of known.filter(({ name }) => wanted?.includes(name) ?? true)) {
  note(`${model.name} …`);
  let row: string;
  try {
    const graph = await graphOf(model);
    if (typeof graph === 'string') {
      rows.push({ model: model.name, notRun: graph });
      row = `| ${model.name} | ${graph} |`;
    } else {
      if (model.kind === 'face') faces.push({ model, graph });
      const measured = await measure(model, graph);
      rows.push(measured);
      row = modelRow(measured);
      await remember(model.name, { measured });
    }
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    rows.push({ model: model.name, failed: reason });
    row = `| ${model.name} | failed: ${reason} |`;
    process.exitCode = 1;
  }
  lines.push(row);
  if (!given.json) note(row);
}

lines.push('');
if (given.images === undefined || given.pairs === undefined)
  lines.push('Accuracy on faces: not run: no pictures given (--images DIR --pairs CSV)');
else {
  const pairs: readonly FacePair[] = value(await readPairs(given.pairs, given.images, Number(given.limit ?? Number.POSITIVE_INFINITY)));
  const aligned = value(await alignPictures([...new Set(pairs.flatMap((pair) => pair.files))], given.frames, note));
  for (const { model, graph } of faces) {
    note(`faces: ${model.name} …`);
    const figures = await evaluateFaceModel(graph, model.pixels ?? half, aligned, pairs, {
      calibrate: model.calibrate ?? CALIBRATE,
      bits: model.bits,
    });
    if (figures.ok) await remember(model.name, { faces: figures.value });
    rows.push({ model: model.name, faces: figures.ok ? figures.value : errorSentence(figures.error) });
    const own = figures.ok ? describeFigures(model.name, figures.value) : [`${model.name}: ${errorSentence(figures.error)}`];
    if (!given.json) note(own.join('\n'));
    lines.push(...own);
  }
}
if (given.write) await writeDocument(known.map(({ name }) => name));
console.log(given.json ? JSON.stringify({ models: rows }, null, 2) : lines.join('\n'));
