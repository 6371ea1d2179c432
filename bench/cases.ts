// What is measured: random networks of bench/networks.ts, the digit net, real models as exact integer networks, and the credit
// statement. Real models that are not there are named, not measured.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockedGraph } from '../src/cli/models/locked.ts';
import { onlyInput, readModel } from '../src/cli/models/read.ts';
import { encodeIntGraph, type Graph, quantize } from '../src/model/index.ts';
import { faceTask } from './face.ts';
import { must } from './must.ts';
import { family } from './networks.ts';
import { noise } from './noise.ts';
import type { Task } from './transparentRun.ts';

export interface Case {
  readonly name: string;
  /** The work, or why there is none. */
  load(): Promise<Task | string>;
}

const cache = fileURLToPath(new URL('../.cache/bench-models/', import.meta.url));

/** Activations of 8 bits, requantised by a shift of two bits more. */
const BITS = 8;

/** Quantised once and kept. `least`: the least value that the network takes for a pixel. */
async function networkOf(name: string, least: 0 | -1, read: () => Promise<Graph>): Promise<Uint8Array> {
  const file = join(cache, `${name} from ${least}.bin`);
  if (existsSync(file)) return new Uint8Array(readFileSync(file));
  const graph = await read();
  const { name: input, shape } = must(onlyInput(graph));
  const samples = Array.from({ length: 4 }, (_, i) => new Map([[input, noise(shape, least, i)]]));
  const made = must(quantize(graph, samples, { bits: BITS, shift: BITS + 2, target: 1e9 }));
  const bytes = encodeIntGraph(made.network);
  mkdirSync(cache, { recursive: true });
  writeFileSync(file, bytes);
  return bytes;
}

const network = (bytes: Uint8Array, least?: 0 | -1): Task => ({ kind: 'network', bytes, least });

export function cases(models: string | undefined): readonly Case[] {
  const made = (name: string): Case => ({
    name,
    load: async () => ({ kind: 'made', name }),
  });
  const given = (name: string, file: string, least: 0 | -1): Case => ({
    name,
    load: async () => {
      if (models === undefined || !existsSync(join(models, file))) return `not run: file absent (${file}, --models DIR)`;
      return network(await networkOf(file, least, async () => must(await readModel(join(models, file)))), least);
    },
  });
  const digits = fileURLToPath(new URL('../circuits/digit-net/network.bin', import.meta.url));
  return [
    { name: 'credit-score (transparent)', load: async () => ({ kind: 'credit' }) },
    made('mlp 784-128-10'),
    made('lenet5'),
    { name: 'digit net', load: async () => network(new Uint8Array(readFileSync(digits))) },
    given('BioNet v3', 'bionet_v3.onnx', 0),
    given('MobileFace V2', 'mobileface_v2.onnx', -1),
    {
      name: 'mobilefacenet-192',
      load: async () => network(await networkOf('mobilefacenet-192', -1, async () => must(await lockedGraph('mobilefacenet-192'))), -1),
    },
    { name: 'face-enrol', load: () => faceTask('enrol') },
    { name: 'face-match', load: () => faceTask('match') },
    ...family.map(made),
  ];
}
