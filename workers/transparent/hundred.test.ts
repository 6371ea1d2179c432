// One worker, one proof after another: what a proof takes is given back before the next one begins.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, it, vi } from 'vitest';
import { proofKernels as nodeKernels } from '../../src/cli/models/kernels.ts';
import { encodeIntGraph, quantize } from '../../src/model/index.ts';
import { randomInput, randomNetwork } from '../../src/model/testing/random.test-util.ts';
import type { FastKernels } from '../kernel/index.ts';
import { prove } from './prove.ts';

const PROOFS = 100;
/** By when everything that a program or the runtime keeps for good is there. */
const WARM = 20;

let kernels: FastKernels | undefined;
// As in a worker: opened once, for all proofs.
vi.mock('./kernels.ts', () => ({
  proofKernels: async () => {
    const made = kernels === undefined ? await nodeKernels(() => undefined) : { ok: true as const, value: kernels };
    if (made.ok) kernels = made.value as FastKernels;
    return made;
  },
}));
afterAll(() => kernels?.close());

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const wasm = (): number => (kernels as unknown as { memory: WebAssembly.Memory }).memory.buffer.byteLength;
/** Bytes of JavaScript that are still reachable, and of buffers beside its heap, which are given back a turn later. */
async function held(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((turn) => setTimeout(turn, 20));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

it(`${PROOFS} proofs in a row take no more memory than the first ones`, async () => {
  const graph = randomNetwork(3, 4, 6);
  const samples = Array.from({ length: 4 }, (_, i) => randomInput(graph, 3 + i));
  const made = quantize(graph, samples, { target: 10 });
  if (!made.ok) throw new Error(made.error.code);
  const network = new Uint8Array(encodeIntGraph(made.value.network));
  const real = [...(samples[0]?.get('x')?.data ?? [])];
  const one = async (): Promise<number> => {
    const options = { budget: 2 ** 30, onProgress: () => undefined, now: () => performance.now() };
    const result = await prove('model', { network, input: Float64Array.from(real) }, options);
    if (!result.ok) throw new Error(result.error.code);
    return result.value.memoryBytes;
  };
  await one();
  const pages = wasm();
  for (let i = 1; i < WARM; i++) await one();
  const before = await held();
  for (let i = WARM; i < PROOFS; i++) await one();
  expect(wasm()).toBe(pages);
  // The runtime's own code still grows a little; the short vectors of one proof, kept once, were 60 kB.
  expect(((await held()) - before) / (PROOFS - WARM)).toBeLessThan(25_000);
}, 240_000);
