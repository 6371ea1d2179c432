// What is measured: random networks of bench/networks.ts, the digit net, real models as exact integer networks, and the credit
// statement. Real models that are not there are named, not measured.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { invariant, sha256Hex } from '../src/base/index.ts';
import { lockedGraph } from '../src/cli/models/locked.ts';
import { onlyInput, readModel } from '../src/cli/models/read.ts';
import type { Pixels } from '../src/cli/models/samples.ts';
import { decodeIntGraph, encodeInput, encodeIntGraph, type Graph, quantize } from '../src/model/index.ts';
import { faceTask } from './face.ts';
import { faceFrames, faceInput, half, unit } from './faceInputs.ts';
import { must } from './must.ts';
import { family } from './networks.ts';
import type { Task } from './transparentRun.ts';

export interface Case {
  readonly name: string;
  /** The work, or why there is none. */
  load(): Promise<Task | string>;
}

const cache = fileURLToPath(new URL('../.cache/bench-models/', import.meta.url));

/** The compiler as it is: what is kept of another is not taken. */
const compiler = (): string => {
  const folder = fileURLToPath(new URL('../src/model/', import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const sources = files.sort().map((file) => readFileSync(join(folder, file), 'utf8'));
  return sources.join('');
};

/**
 * A face network, calibrated on all frames but the last, which is what is proven: no changed copy of another, and it leaves no table (if
 * it did, there would be no witness). Kept by the hash of all that it is made of, since quantising takes up to two minutes.
 */
async function faceNetwork(name: string, { bits, pixels }: { bits: number; pixels: Pixels }, graph: Graph): Promise<Task> {
  const { name: input, shape } = must(onlyInput(graph));
  const tensors = (await faceFrames()).map((frame) => faceInput(frame, shape, pixels));
  const shown = tensors.at(-1);
  invariant(shown !== undefined, 'there are frames');
  const samples = tensors.slice(0, -1).map((tensor) => new Map([[input, tensor]]));
  const options = { bits, target: 1e9, saturate: true };
  const made = sha256Hex(serialize({ graph, samples, options, compiler: compiler() })).slice(0, 12);
  const file = join(cache, `${name}, ${bits} bits, faces, ${made}.bin`);
  if (!existsSync(file)) {
    const { network } = must(quantize(graph, samples, options));
    mkdirSync(cache, { recursive: true });
    writeFileSync(file, encodeIntGraph(network));
  }
  const bytes = new Uint8Array(readFileSync(file));
  const network = must(decodeIntGraph(bytes));
  const scale = network.tensors[network.inputs[0] as number]?.scale;
  invariant(scale !== undefined, 'a network has an input');
  return { kind: 'network', bytes, input: [...encodeInput(shown, scale)] };
}

export function cases(models: string | undefined): readonly Case[] {
  const made = (name: string): Case => ({
    name,
    load: async () => ({ kind: 'made', name }),
  });
  const given = (name: string, file: string, coding: { bits: number; pixels: Pixels }): Case => ({
    name,
    load: async () => {
      if (models === undefined || !existsSync(join(models, file))) return `not run: file absent (${file}, --models DIR)`;
      return faceNetwork(name, coding, must(await readModel(join(models, file), { batch: 1 })));
    },
  });
  const digits = fileURLToPath(new URL('../circuits/digit-net/network.bin', import.meta.url));
  return [
    { name: 'credit-score (transparent)', load: async () => ({ kind: 'credit' }) },
    made('mlp 784-128-10'),
    made('lenet5'),
    { name: 'digit net', load: async () => ({ kind: 'network', bytes: new Uint8Array(readFileSync(digits)) }) },
    given('BioNet v3', 'bionet_v3.onnx', { bits: 11, pixels: unit }),
    given('MobileFace V2', 'mobileface_v2.onnx', { bits: 8, pixels: half }),
    {
      name: 'mobilefacenet-192',
      load: async () => faceNetwork('mobilefacenet-192', { bits: 8, pixels: half }, must(await lockedGraph('mobilefacenet-192'))),
    },
    { name: 'face-enrol', load: () => faceTask('enrol') },
    { name: 'face-match', load: () => faceTask('match') },
    ...family.map(made),
  ];
}
