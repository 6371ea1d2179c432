// Proves one program several times and measures it: the same in Node and in a browser's worker.

import type { Hash32 } from '../src/base/index.ts';
import { decodeIntGraph, type IntGraph, tensorSize } from '../src/model/index.ts';
import { modelStatement, type Witness } from '../src/program/index.ts';
import { planProgram } from '../src/protocol/transparent/index.ts';
import { proverBytes, proveTransparent } from '../src/prove/transparent/index.ts';
import { verifyTransparent } from '../src/verify/transparent/index.ts';
import { type FastKernels, openKernels } from '../workers/kernel/index.ts';
import { IntegerNetwork, loadIntegerKernels } from '../workers/kernel/integer/index.ts';
import { type FaceTask, prepareFace } from './faceStatement.ts';
import { must } from './must.ts';
import { programs } from './networks.ts';
import { credit } from './statements.ts';

/** Plain data, so that a worker can be handed it. */
export type Task =
  /** A random network of bench/networks.ts. */
  | { readonly kind: 'made'; readonly name: string }
  /**
   * `input`: the integers to prove, for a network whose tables reach only as far as inputs of its own kind (else any integers in range).
   * Numbers of no typed array, since a page reads them as JSON.
   */
  | { readonly kind: 'network'; readonly bytes: Uint8Array; readonly input?: readonly number[] }
  /** The credit statement of bench/statements.ts. */
  | { readonly kind: 'credit' }
  | FaceTask;

export interface Job {
  readonly task: Task;
  readonly threads: number;
  /** Proofs after the first, cold one. */
  readonly runs: number;
  /** kernel.wasm (or kernel.threads.wasm for more threads) and integer.wasm. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly integerWasm: Uint8Array<ArrayBuffer>;
  readonly random: (into: Uint8Array) => void;
  /** Milliseconds of processor time of this process so far, where the runtime tells. */
  readonly cpu?: () => number;
}

/** Times in milliseconds, medians over the warm runs; memory of the kernels in MB (10^6 bytes). */
export interface Measured {
  readonly threads: number;
  readonly activations: number;
  readonly coldMs: number;
  readonly proveMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly cpuMs?: number;
  readonly stages: Readonly<Record<string, number>>;
  readonly peakMb: number;
  readonly predictedPeakMb: number;
  readonly proofBytes: number;
  readonly verifyMs: number;
  readonly soundnessBits: number;
  readonly activationsPerSecond: number;
  /** Compiling and planning the program, once a program. */
  readonly prepareMs: number;
}

export const median = (samples: readonly number[]): number => {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};
const round = (x: number): number => Math.round(10 * x) / 10;

/** Values that a table was looked up for. */
const activationsOf = (graph: IntGraph): number =>
  graph.nodes.reduce((sum, node) => sum + (node.kind === 'lookup' ? tensorSize(graph.tensors[node.input]?.shape ?? []) : 0), 0);

function graphOf(task: Exclude<Task, { readonly kind: 'credit' | 'face' }>): IntGraph {
  if (task.kind === 'made') {
    const made = programs[task.name]?.();
    if (made === undefined) throw new Error(`no network ${task.name}`);
    return made.graph;
  }
  const decoded = decodeIntGraph(task.bytes);
  if (!decoded.ok) throw new Error(decoded.error.code);
  return decoded.value;
}

/** A program with the way to a fresh witness of it. */
async function prepare(task: Task, integerWasm: Uint8Array) {
  const zeros = '00'.repeat(32) as Hash32;
  if (task.kind === 'credit') {
    const { program, activations, witness } = credit();
    return { plan: planProgram(program), model: zeros, nonce: zeros, activations, witness: () => must(witness()) };
  }
  const integers = await loadIntegerKernels(integerWasm);
  if (task.kind === 'face') {
    const { plan, model, graph, witness } = await prepareFace(task, integers);
    return { plan, model, nonce: zeros, activations: activationsOf(graph), witness };
  }
  const graph = graphOf(task);
  const network = must(await IntegerNetwork.create(integers, graph));
  const { program, witness } = modelStatement('bench', graph);
  const given = task.kind === 'network' ? task.input : undefined;
  const inputs = graph.inputs.map((id) => {
    if (given !== undefined) return Int32Array.from(given);
    const { shape, range } = graph.tensors[id] ?? { shape: [], range: { min: 0, max: 0 } };
    return Int32Array.from({ length: tensorSize(shape) }, (_, i) => range.min + ((i * 7919) % (range.max - range.min + 1)));
  });
  const make = (): Witness => must(witness(inputs, [], (list, visit) => network.run(list, visit)));
  return { plan: planProgram(program), model: zeros, nonce: zeros, activations: activationsOf(graph), witness: make };
}

export async function measure({ task, threads, runs, wasm, integerWasm, random, cpu }: Job): Promise<Measured> {
  const began = performance.now();
  const { plan, model, nonce, activations, witness } = await prepare(task, integerWasm);
  const prepareMs = performance.now() - began;
  const kernels: FastKernels = await openKernels({ wasm, threads });
  const totals: number[] = [];
  const cpus: number[] = [];
  const verifies: number[] = [];
  const stages = new Map<string, number[]>();
  let peak = 0;
  let proofBytes = 0;
  for (let run = 0; run <= runs; run++) {
    const start = performance.now();
    const cpuStart = cpu?.() ?? 0;
    let last = 'forward';
    let since = start;
    const step = (next: string): void => {
      const now = performance.now();
      if (run > 0) stages.set(last, [...(stages.get(last) ?? []), now - since]);
      [last, since] = [next, now];
    };
    const made = witness();
    const statement = { model, nonce, publics: made.publics };
    const proof = proveTransparent({ plan, statement, witness: made, kernels, random, consume: true, onStage: step });
    step('');
    totals.push(performance.now() - start);
    cpus.push((cpu?.() ?? 0) - cpuStart);
    if (!proof.ok) throw new Error(proof.error.code);
    peak = Math.max(peak, kernels.peak());
    proofBytes = proof.value.length;
    const before = performance.now();
    const checked = verifyTransparent({ plan, statement, proof: proof.value, kernels });
    verifies.push(performance.now() - before);
    if (!checked.ok) throw new Error(checked.error.code);
  }
  const got = kernels.threads;
  kernels.close();
  const warm = totals.slice(1);
  return {
    threads: got,
    activations,
    coldMs: round(totals[0] ?? Number.NaN),
    proveMs: round(median(warm)),
    minMs: round(Math.min(...warm)),
    maxMs: round(Math.max(...warm)),
    ...(cpu === undefined ? {} : { cpuMs: round(median(cpus.slice(1))) }),
    stages: Object.fromEntries([...stages].map(([stage, times]) => [stage, round(median(times))])),
    peakMb: round(peak / 1e6),
    predictedPeakMb: round(proverBytes(plan) / 1e6),
    proofBytes,
    verifyMs: round(median(verifies.slice(1))),
    soundnessBits: plan.soundness,
    activationsPerSecond: Math.round((1000 * activations) / median(warm)),
    prepareMs: round(prepareMs),
  };
}
