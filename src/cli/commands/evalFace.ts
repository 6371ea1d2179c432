<<<<<<< HEAD
import { join } from 'node:path';
import { err, invariant, ok, type Result } from '../../base/index.ts';
import { CANONICAL, cosine, planesOf } from '../../face/index.ts';
import { decodeOutput, encodeInput, type Graph, type IntGraph, quantize } from '../../model/index.ts';
import { readArguments, usage } from '../arguments.ts';
import { type Aligner, makeAligner } from '../face/align.ts';
import { framesOf } from '../face/frames.ts';
import { type ScoredPair, type Verification, verification } from '../face/metrics.ts';
import { floatRunner } from '../face/runtime.ts';
import { evaluateStatement } from '../face/statement.ts';
import { readTextFile } from '../files.ts';
import { kernelNetwork } from '../models/kernels.ts';
import { lockedGraph } from '../models/locked.ts';
import { floatTensor, onlyInput, readBytes, readModel } from '../models/read.ts';
import { readPicture, readPixels } from '../models/samples.ts';
import type { Outcome } from '../outcome.ts';
=======
import { ok, type Result } from '../../base/index.ts';
import type { Graph } from '../../model/index.ts';
import { readArguments, usage } from '../arguments.ts';
import { alignPictures, describeFigures, evaluateFaceModel, readPairs } from '../face/evaluate.ts';
import { lockedGraph } from '../models/locked.ts';
import { readModel } from '../models/read.ts';
import { readPixels } from '../models/samples.ts';
>>>>>>> main
import type { Command } from './command.ts';

const HELP = `tacit eval-face: how well a face model tells persons apart, in float and in integers

Usage
  tacit eval-face --images DIR --pairs CSV [OPTIONS]

The CSV has a line "fold,same,name_a,index_a,name_b,index_b" a pair; pictures are
DIR/NAME/NAME_0001.jpg. Each picture is aligned (BlazeFace, FaceMesh, ArcFace's
template) by models fetched through circuits/models.lock.json.

Options
  --model M          a model file, or an id of the lock (default mobilefacenet-192)
  --mean, --std      what pixels become: (p - mean) / std (default 127.5 and 128)
  --bits N           bits of an activation (default: chosen)
  --calibrate N      pictures to calibrate on, the first ones (default 24)
  --limit N          only the first N pairs of each fold
  --statement        the networks that face-enrol and face-match prove, as they
                     are committed, over the canonical frame; with a table of
                     error rates by threshold
  --frames DIR       with --statement: keep the aligned frames there
  --json             the figures as JSON on stdout
`;

<<<<<<< HEAD
export interface Pair {
  readonly fold: number;
  readonly same: boolean;
  readonly files: readonly [string, string];
}

export async function readPairs(file: string, images: string, limit: number): Promise<Result<Pair[]>> {
  const text = await readTextFile(file, 16 * 2 ** 20);
  if (!text.ok) return text;
  const path = (name: string, index: string): string => join(images, name, `${name}_${index.padStart(4, '0')}.jpg`);
  const seen = new Map<string, number>();
  const pairs = text.value
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line !== '')
    .flatMap((line): Pair[] => {
      const [fold = '', same, a = '', i = '', b = '', j = ''] = line.split(',');
      const count = (seen.get(fold + same) ?? 0) + 1;
      seen.set(fold + same, count);
      return 2 * count > limit ? [] : [{ fold: Number(fold), same: same === '1' || same === 'true', files: [path(a, i), path(b, j)] }];
    }); // prettier-ignore
  const named = pairs.every(({ files, fold }) => Number.isInteger(fold) && files.every((name) => !name.includes('..')));
  return pairs.length > 0 && named ? ok(pairs) : err('input/malformed', { what: 'the list of pairs' });
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

async function embedAll(graph: Graph, network: IntGraph, planes: ReadonlyMap<string, Float64Array>): Promise<Result<Embedded>> {
  const runFloat = await floatRunner(graph);
  const kernels = await kernelNetwork(network);
  if (!kernels.ok) return kernels;
  const [input, output] = [network.tensors[network.inputs[0] as number], network.tensors[network.outputs[0] as number]];
  invariant(input !== undefined && output !== undefined, 'a network has an input and an output');
  const embedded: Embedded = { float: new Map(), integer: new Map(), outOfRange: 0, milliseconds: { float: 0, integer: 0 } };
  for (const [file, data] of planes) {
    const started = performance.now();
    embedded.float.set(file, Float64Array.from((await runFloat(data))[0] ?? []));
    const between = performance.now();
    const results = kernels.value.run([encodeInput(floatTensor(input.shape, data), input.scale)]);
    embedded.milliseconds.float += between - started;
    embedded.milliseconds.integer += performance.now() - between;
    if (results.ok) embedded.integer.set(file, decodeOutput(results.value[0] as Int32Array, output.shape, output.scale));
    else if (results.error.code === 'model/out-of-range') embedded.outOfRange++;
    else return results;
  }
  return ok(embedded);
}

async function alignAll(
  aligner: Aligner,
  files: readonly string[],
  say: (text: string) => void,
): Promise<Result<{ planes: Map<string, Float64Array>; found: number }>> {
  const planes = new Map<string, Float64Array>();
  let found = 0;
  for (const file of files) {
    const bytes = await readBytes(file, 32 * 2 ** 20);
    if (!bytes.ok) return bytes;
    const picture = readPicture(bytes.value);
    if (!picture.ok) return picture;
    const aligned = await aligner.align(picture.value);
    if (!aligned.ok) return aligned;
    planes.set(file, Float64Array.from(planesOf(aligned.value.frame, CANONICAL.size)));
    if (aligned.value.seen.faces.length > 0) found++;
    if (planes.size % 200 === 0) say(`aligned ${planes.size} of ${files.length}\n`);
  }
  return ok({ planes, found });
}

export const row = (name: string, v: Verification): string =>
  `${name.padEnd(8)} accuracy ${(100 * v.accuracy).toFixed(2)} %  AUC ${v.auc.toFixed(4)}  TAR@FAR1e-2 ${(100 * v.tarAtFar1e2).toFixed(2)} %  TAR@FAR1e-3 ${(100 * v.tarAtFar1e3).toFixed(2)} %  thresholds ${v.thresholdAtFar1e2.toFixed(3)} / ${v.thresholdAtFar1e3.toFixed(3)}`;
=======
/** A model file, or an id of the lock. */
const namedGraph = (named: string): Promise<Result<Graph>> =>
  /\.(?:onnx|tflite|json)$/.test(named) ? readModel(named) : lockedGraph(named);
>>>>>>> main

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

async function statement(pairs: readonly Pair[], folder: string | undefined, say: (line: string) => void): Promise<Result<Outcome>> {
  const files = [...new Set(pairs.flatMap((pair) => pair.files))];
  const frames = await framesOf(files, folder, say);
  if (!frames.ok) return frames;
  const evaluated = await evaluateStatement(frames.value, pairs, say);
  if (!evaluated.ok) return evaluated;
  const found = [...frames.value.values()].filter((frame) => frame.found).length;
  const { float, integer, outOfRange, agreement, clamped, thresholds, milliseconds } = evaluated.value;
  const lines = [
    `the statements’ networks: ${files.length} pictures (a face found in ${found}), ${pairs.length} pairs`,
    row('float', float),
    row('integer', integer),
    `out of range: ${outOfRange} of ${files.length}; values clamped: ${clamped}; mean cosine of float and integer ${agreement.toFixed(5)}; ${milliseconds.integer.toFixed(1)} ms a picture`,
    'threshold  cosine  false accepts  false rejects',
    ...thresholds.map(
      (at) =>
        `${String(at.threshold).padStart(9)}  ${at.cosine.toFixed(4)}  ${percent(at.far).padStart(13)}  ${percent(at.frr).padStart(13)}`,
    ),
  ];
  const json = { pictures: files.length, facesFound: found, pairs: pairs.length, ...evaluated.value };
  return ok({ exit: 0, json, text: lines.join('\n') });
}

export const command: Command = {
  name: 'eval-face',
  summary: 'how well a face model tells persons apart, float and integer',
  help: HELP,
  run: async (args, io) => {
    const read = readArguments(args, {
      images: { type: 'string' },
      pairs: { type: 'string' },
      model: { type: 'string' },
      mean: { type: 'string' },
      std: { type: 'string' },
      bits: { type: 'string' },
      calibrate: { type: 'string' },
      limit: { type: 'string' },
      statement: { type: 'boolean' },
      frames: { type: 'string' },
      json: { type: 'boolean' },
    }); // prettier-ignore
    if (!read.ok) return read;
    const { positionals, text, flag } = read.value;
    const [images, list] = [text('images'), text('pairs')];
    if (positionals.length > 0 || images === undefined || list === undefined) return usage('eval-face takes --images DIR and --pairs CSV');
    const [calibrate, limit, bits] = [
      Number(text('calibrate') ?? 24),
      Number(text('limit') ?? Number.POSITIVE_INFINITY),
      text('bits') === undefined ? undefined : Number(text('bits')),
    ];
    if (!(calibrate >= 1) || !(limit >= 2) || (bits !== undefined && !Number.isInteger(bits)))
      return usage('--calibrate, --limit and --bits take numbers');
    const pixels = readPixels(text('mean'), text('std'));
    if (!pixels.ok) return pixels;
    const pairs = await readPairs(list, images, limit);
    if (!pairs.ok) return pairs;
    if (flag('statement')) return statement(pairs.value, text('frames'), (line) => io.err(line));
    const named = text('model') ?? 'mobilefacenet-192';
    const graph = await namedGraph(named);
    if (!graph.ok) return graph;
    const aligned = await alignPictures([...new Set(pairs.value.flatMap((pair) => pair.files))], (line) => io.err(line));
    if (!aligned.ok) return aligned;
    const options = { calibrate, ...(bits === undefined ? {} : { bits }) };
    const figures = await evaluateFaceModel(graph.value, pixels.value, aligned.value, pairs.value, options);
    if (!figures.ok) return figures;
    return ok({ exit: 0, json: { model: named, ...figures.value }, text: describeFigures(named, figures.value).join('\n') });
  },
};
