// What is measured: random networks of bench/networks.ts, the digit net, real models as exact integer networks, and the credit
// statement. Real models that are not there are named, not measured.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockedGraph } from '../src/cli/models/locked.ts';
import { floatTensor, onlyInput, readModel } from '../src/cli/models/read.ts';
import { encodeIntGraph, type Graph, quantize, type Tensor } from '../src/model/index.ts';
import { must } from './files.ts';
import { family } from './networks.ts';
import type { Task } from './transparentRun.ts';

export interface Case {
  readonly name: string;
  /** The work, or why there is none. */
  load(): Promise<Task | string>;
}

const cache = fileURLToPath(new URL('../.cache/bench-models/', import.meta.url));

/** Noise in [-1, 1] instead of pictures: tables as wide as pictures make them, and nothing to download. */
function noise(shape: readonly number[], seed: number): Tensor {
  let state = Math.imul(seed + 1, 2654435761) >>> 0;
  const data = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return floatTensor(shape, data);
}

/** Quantised once and kept: 8-bit activations (or as many as asked for), a shift of two bits more. */
async function networkOf(name: string, bits: number, read: () => Promise<Graph>): Promise<Uint8Array> {
  const file = join(cache, `${name}.bin`);
  if (existsSync(file)) return new Uint8Array(readFileSync(file));
  const graph = await read();
  const { name: input, shape } = must(onlyInput(graph));
  const samples = Array.from({ length: 4 }, (_, i) => new Map([[input, noise(shape, i)]]));
  const made = must(quantize(graph, samples, { bits, shift: bits + 2, target: 1e9 }));
  const bytes = encodeIntGraph(made.network);
  mkdirSync(cache, { recursive: true });
  writeFileSync(file, bytes);
  return bytes;
}

const network = (bytes: Uint8Array): Task => ({ kind: 'network', bytes });

export function cases(models: string | undefined): readonly Case[] {
  const made = (name: string): Case => ({
    name,
    load: async () => ({ kind: 'made', name }),
  });
  const given = (name: string, file: string, bits: number): Case => ({
    name,
    load: async () => {
      if (models === undefined || !existsSync(join(models, file))) return `not run: file absent (${file}, --models DIR)`;
      return network(await networkOf(file, bits, async () => must(await readModel(join(models, file)))));
    },
  });
  const digits = fileURLToPath(new URL('../circuits/digit-net/network.bin', import.meta.url));
  return [
    { name: 'credit-score (transparent)', load: async () => ({ kind: 'credit' }) },
    made('mlp 784-128-10'),
    made('lenet5'),
    { name: 'digit net', load: async () => network(new Uint8Array(readFileSync(digits))) },
    given('BioNet v3', 'bionet_v3.onnx', 8),
    given('MobileFace V2', 'mobileface_v2.onnx', 8),
    {
      name: 'mobilefacenet-192',
      load: async () => network(await networkOf('mobilefacenet-192', 8, async () => must(await lockedGraph('mobilefacenet-192')))),
    },
    ...family.map(made),
  ];
}
