// Kernels against the reference, tensor by tensor: what the tests in Node and the page in Chromium share.
import {
  type ConformanceCase,
  encodeInput,
  evaluateIntegers,
  type Graph,
  type IntGraph,
  openCase,
  quantize,
  runIntegers,
  type Tensor,
} from '../../../../src/model/index.ts';
import { noise, randomInput, randomNetwork } from '../../../../src/model/testing/random.test-util.ts';
import { IntegerNetwork, type KernelModule } from '../index.ts';

/** What comparing came to: `skipped` says why a model has no integer network; a difference is named. */
export interface Compared {
  tensors: number;
  refused: number;
  wrong: string[];
  skipped: string[];
}
export const nothing = (): Compared => ({ tensors: 0, refused: 0, wrong: [], skipped: [] });

/** Runs both on one input; every tensor, or the refusal, must be the same. */
async function compareOn(
  kernels: KernelModule,
  name: string,
  network: IntGraph,
  inputs: readonly Int32Array[],
  into: Compared,
): Promise<void> {
  const created = await IntegerNetwork.create(kernels, network);
  if (!created.ok) {
    into.wrong.push(`${name}: ${created.error.code}`);
    return;
  }
  const expected = evaluateIntegers(network, inputs);
  if (!expected.ok) {
    const ours = created.value.run(inputs);
    if (ours.ok || JSON.stringify(ours.error) !== JSON.stringify(expected.error)) into.wrong.push(`${name}: another refusal`);
    into.refused++;
    return;
  }
  const theirs = new Map<number, Int32Array>();
  runIntegers(network, inputs, { visit: (id, values) => theirs.set(id, values.slice()) });
  const before = into.tensors;
  const ours = created.value.run(inputs, (id, values) => {
    into.tensors++;
    const other = theirs.get(id);
    if (other?.length !== values.length || values.some((value, i) => value !== other[i])) into.wrong.push(`${name}: tensor ${id}`);
  });
  if (!ours.ok || into.tensors - before !== theirs.size) into.wrong.push(`${name}: tensors are missing`);
}

/** Integers in the ranges of the inputs: any, or for odd seeds the ends alone, which lead furthest. */
function anyInputs(network: IntGraph, seed: number): Int32Array[] {
  const next = noise(seed);
  return network.inputs.map((id) => {
    const tensor = network.tensors[id];
    const { min, max } = tensor?.range ?? { min: 0, max: 0 };
    return Int32Array.from({ length: tensor?.shape.reduce((a, b) => a * b, 1) ?? 0 }, () => {
      const at = next();
      if (seed % 2 === 1) return at > 0 ? max : min;
      return Math.round(min + ((at + 1) / 2) * (max - min));
    });
  });
}

/** A random network of seed, on one input. */
export async function compareRandom(kernels: KernelModule, seed: number, into: Compared): Promise<void> {
  const graph = randomNetwork(seed * 7919, seed % 10, 3 + (seed % 11));
  const made = quantize(graph, [randomInput(graph, seed), randomInput(graph, seed + 1)], {
    bits: ([4, 8, 12] as const)[seed % 3] ?? 8,
    total: seed % 2 === 0,
    target: 1e9,
  });
  if (!made.ok) into.skipped.push(`random ${seed}: ${made.error.code}`);
  else await compareOn(kernels, `random ${seed}`, made.value.network, anyInputs(made.value.network, seed), into);
}

const floats = (graph: Graph, inputs: ReadonlyMap<string, Tensor>): boolean =>
  graph.inputs.length > 0 && graph.inputs.every((name) => inputs.get(name)?.dtype === 'float32');

/** A backend case as a network, calibrated on the case's own input: on that input, and on any in range; half of them total. */
export async function compareCase(kernels: KernelModule, name: string, given: ConformanceCase, into: Compared): Promise<void> {
  const { opened } = openCase(given);
  if (!opened.ok || !floats(opened.value.graph, opened.value.inputs)) {
    into.skipped.push(`${name}: ${opened.ok ? 'no float inputs' : opened.error.code}`);
    return;
  }
  const { graph, inputs } = opened.value;
  const made = quantize(graph, [inputs], { bits: 8, total: name.length % 2 === 0, target: 1e9 });
  if (!made.ok) {
    into.skipped.push(`${name}: ${made.error.code} ${String(made.error.params?.reason ?? '')}`);
    return;
  }
  const { network } = made.value;
  const own = graph.inputs.map((input, index) =>
    encodeInput(inputs.get(input) as Tensor, network.tensors[network.inputs[index] as number]?.scale ?? 1),
  );
  await compareOn(kernels, name, network, own, into);
  await compareOn(kernels, name, network, anyInputs(network, 5), into);
}
