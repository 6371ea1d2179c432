// npm run face:compile [-- --check]: makes embedding.bin, antispoof.bin and parameters.json from the models and pictures of the lock;
// with --check compares them with the committed ones instead. Deterministic: everything is done in doubles and integers of
// a fixed order. Some minutes.
import { readFile, writeFile } from 'node:fs/promises';
import { invariant, type Result, sha256Hex } from '../../../src/base/index.ts';
import {
  encodeIntGraph,
  type Graph,
  type IntGraph,
  importTfjs,
  importTflite,
  quantize,
  runIntegers,
  type Tensor,
} from '../../../src/model/index.ts';
import { obtainModel } from '../../models/index.ts';
import { CROP, faceGraph, LIMIT, MARGIN } from '../index.ts';
import { antispoofInput, cropInput } from './inputs.ts';
import { calibrationFrames } from './samples.ts';
import { widened } from './widen.ts';

/** A picture passes when the network gives it at least this probability of being live (card.md says what that costs). */
const LEAST_PROBABILITY = 0.3;

const get = <T>(result: Result<T>): T => {
  invariant(result.ok, result.ok ? '' : `${result.error.code} ${JSON.stringify(result.error.params ?? {})}`);
  return result.value;
};
const files = async (id: string): Promise<Uint8Array[]> =>
  Promise.all(get(await obtainModel(id)).map(async (file) => new Uint8Array(await readFile(file))));
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** The graph without its last softmax: two logits. */
export function logitsOf(graph: Graph): Graph {
  const last = graph.nodes.at(-1);
  invariant(last?.op === 'Softmax', 'the anti-spoof network ends in a softmax');
  return { ...graph, nodes: graph.nodes.slice(0, -1), outputs: [last.inputs[0] as string] };
}

function compile(graph: Graph, inputs: readonly Float64Array[], scale: number, range: { min: number; max: number }): IntGraph {
  const [name] = graph.inputs;
  invariant(name !== undefined, 'a network has an input');
  const shape = graph.types.get(name)?.shape ?? [];
  const samples = inputs.map((data) => new Map([[name, { dtype: 'float32', shape, data } satisfies Tensor]]));
  const coding = new Map([[name, { scale, range }]]);
  // What is committed was measured as it is (card.md): its scales stay those that the frames themselves ask for.
  const { network, report } = get(
    quantize(graph, samples, { bits: 8, shift: 10, target: 1, foresee: false, saturate: true, inputs: coding }),
  );
  say(
    `${report.outputs.map((o) => `cosine ${o.cosine.toFixed(5)} error ${o.relativeError.toFixed(4)}`).join()}, margin ${report.smallestMarginBits} bits`,
  );
  return network;
}

const frames = await calibrationFrames();
say(`${frames.length} frames`);
const [tflite] = await files('mobilefacenet-192');
const [json, weights] = await files('liveness');
invariant(tflite !== undefined && json !== undefined && weights !== undefined, 'the models are here');
// The table without a ReLU is cut in two limbs, so that wider costs next to nothing; it is also the one that pictures of others left.
const embedding = widened(
  compile(
    get(importTflite(tflite, { batch: 1 })),
    frames.map((frame) => Float64Array.from(cropInput(frame), (x) => x / 256)),
    1 / 256,
    { min: -255, max: 255 },
  ),
  2,
  (table) => table.columns.length === 1,
);
const antispoof = widened(
  compile(
    logitsOf(get(importTfjs(json, weights, { batch: 1 }))),
    frames.map((frame) => Float64Array.from(antispoofInput(frame), (x) => Math.fround(x / 255))),
    1 / 255,
    { min: 0, max: 255 },
  ),
  2,
);

/** The least shift that brings all values, twice over, into ±limit. */
const shiftFor = (most: number): number => Math.max(0, Math.ceil(Math.log2((2 * most) / LIMIT)));
let [mostTemplate, mostScore] = [1, 1];
const plain = { embedding, antispoof, embeddingShift: 0, scoreShift: 0, leastScore: 0 };
for (const frame of frames) {
  const [vector] = runIntegers(embedding, [cropInput(frame)]);
  const [logits] = runIntegers(antispoof, [antispoofInput(frame)]);
  mostTemplate = Math.max(mostTemplate, ...(vector ?? []).map(Math.abs));
  mostScore = Math.max(mostScore, Math.abs((logits?.[0] ?? 0) - (logits?.[1] ?? 0)));
}
const [embeddingShift, scoreShift] = [shiftFor(mostTemplate), shiftFor(mostScore)];
const scoreScale = antispoof.tensors[antispoof.outputs[0] as number]?.scale;
invariant(typeof scoreScale === 'number', 'logits have one scale');
const leastScore = Math.ceil(Math.log(LEAST_PROBABILITY / (1 - LEAST_PROBABILITY)) / (scoreScale * 2 ** scoreShift));
const networks = { ...plain, embeddingShift, scoreShift, leastScore };
// Spliced behind the frame both must still hold: ranges are proven again.
for (const withScore of [true, false]) faceGraph(networks, MARGIN, withScore);
const bytes = { 'embedding.bin': encodeIntGraph(embedding), 'antispoof.bin': encodeIntGraph(antispoof) };
const parameters = {
  format: 'tacit-face-networks',
  v: 1,
  embedding: sha256Hex(bytes['embedding.bin']),
  antispoof: sha256Hex(bytes['antispoof.bin']),
  embeddingShift,
  scoreShift,
  leastScore,
  crop: CROP,
  margin: MARGIN,
};
const made: Record<string, Uint8Array> = { ...bytes, 'parameters.json': Buffer.from(`${JSON.stringify(parameters, null, 2)}\n`) };
say(
  `largest template value ${mostTemplate}, largest score ${mostScore}, a unit of score is ${(scoreScale * 2 ** scoreShift).toFixed(4)} of logit`,
);
for (const [name, content] of Object.entries(made)) {
  const file = new URL(`../${name}`, import.meta.url);
  if (process.argv.includes('--check')) {
    const same = sha256Hex(new Uint8Array(await readFile(file))) === sha256Hex(content);
    say(`${name}: ${same ? 'as committed' : 'DIFFERS'}`);
    if (!same) process.exitCode = 1;
  } else {
    await writeFile(file, content);
    say(`${name}: ${content.length} bytes`);
  }
}
