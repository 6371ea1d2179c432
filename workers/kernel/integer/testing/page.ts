// What chromium.mjs runs in a page: kernels against the reference on random networks, and the time of one network.
import { decodeIntGraph, evaluateIntegers, quantize, runIntegers } from '../../../../src/model/index.ts';
import { noise, randomInput, randomNetwork } from '../../../../src/model/testing/random.test-util.ts';
import { IntegerNetwork, loadIntegerKernels } from '../index.ts';

async function check(wasm: Uint8Array, networks: number): Promise<{ tensors: number; wrong: number; refused: number }> {
  const kernels = await loadIntegerKernels(wasm);
  const counts = { tensors: 0, wrong: 0, refused: 0 };
  for (let seed = 1; seed <= networks; seed++) {
    const graph = randomNetwork(seed * 7919, seed % 10, 3 + (seed % 11));
    const made = quantize(graph, [randomInput(graph, seed)], {
      bits: ([4, 8, 12] as const)[seed % 3] ?? 8,
      total: seed % 2 === 0,
      target: 1e9,
    });
    if (!made.ok) continue;
    const { network } = made.value;
    const input = network.tensors[network.inputs[0] ?? 0];
    const created = await IntegerNetwork.create(kernels, network);
    if (!created.ok || input === undefined) throw new Error('a small network does not fit');
    const next = noise(seed);
    const x = Int32Array.from({ length: input.shape.reduce((a, b) => a * b, 1) }, () => Math.round(next() * input.range.max));
    const expected = evaluateIntegers(network, [x]);
    if (!expected.ok) {
      const ours = created.value.run([x]);
      if (ours.ok || ours.error.code !== expected.error.code) counts.wrong++;
      counts.refused++;
      continue;
    }
    const theirs = new Map<number, Int32Array>();
    runIntegers(network, [x], { visit: (id, values) => theirs.set(id, values.slice()) });
    created.value.run([x], (id, values) => {
      counts.tensors++;
      if (values.some((value, i) => value !== theirs.get(id)?.[i])) counts.wrong++;
    });
  }
  return counts;
}

async function time(wasm: Uint8Array, bytes: Uint8Array, runs: number): Promise<{ milliseconds: number[]; workBytes: number }> {
  const network = decodeIntGraph(bytes);
  if (!network.ok) throw new Error(JSON.stringify(network.error));
  const created = await IntegerNetwork.create(await loadIntegerKernels(wasm), network.value);
  if (!created.ok) throw new Error(JSON.stringify(created.error));
  const input = network.value.tensors[network.value.inputs[0] ?? 0];
  // A grey picture: what is timed is a run to its end, whatever the input.
  const x = new Int32Array(input?.shape.reduce((a, b) => a * b, 1) ?? 0).fill(1);
  const milliseconds: number[] = [];
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    const result = created.value.run([x]);
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    milliseconds.push(Math.round(performance.now() - started));
  }
  return { milliseconds, workBytes: created.value.workBytes };
}

const decode = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
Object.assign(globalThis, {
  checkKernels: (wasm: string, networks: number) => check(decode(wasm), networks),
  timeNetwork: (wasm: string, bytes: string, runs: number) => time(decode(wasm), decode(bytes), runs),
});
