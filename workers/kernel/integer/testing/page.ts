// What chromium.mjs runs in a page: kernels against the reference on random networks and on backend cases, and the time of one
// network.
import { decodeIntGraph } from '../../../../src/model/index.ts';
import { IntegerNetwork, loadIntegerKernels } from '../index.ts';
import { type Compared, compareCase, compareRandom, nothing } from './compare.ts';

interface TextCase {
  readonly name: string;
  readonly model: string;
  readonly inputs: readonly string[];
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
  checkRandom: async (wasm: string, networks: number): Promise<Compared> => {
    const compared = nothing();
    const kernels = await loadIntegerKernels(decode(wasm));
    for (let seed = 1; seed <= networks; seed++) await compareRandom(kernels, seed, compared);
    return compared;
  },
  checkCases: async (wasm: string, cases: readonly TextCase[]): Promise<Compared> => {
    const compared = nothing();
    const kernels = await loadIntegerKernels(decode(wasm));
    for (const { name, model, inputs } of cases)
      await compareCase(kernels, name, { model: decode(model), inputs: inputs.map(decode), outputs: [] }, compared);
    return compared;
  },
  timeNetwork: (wasm: string, bytes: string, runs: number) => time(decode(wasm), decode(bytes), runs),
});
