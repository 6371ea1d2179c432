// Prints the stages, memory, bytes and bits of transparent proofs of a family of networks, on the fast kernels, in Node.
// node --import tsx bench/transparent.ts [--json] [--runs N] [name ...]
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Hash32 } from '../src/base/index.ts';
import { fromSigned } from '../src/field/index.ts';
import {
  axesOf,
  bias,
  conv2d,
  dense,
  formOf,
  functionTable,
  type Program,
  ProgramBuilder,
  pad,
  publicValues,
  rangeTable,
  requantize,
  sum,
  type Tensor,
  type Virtual,
  type Witness,
} from '../src/program/index.ts';
import { seeded, valuesOf } from '../src/program/testing/samples.ts';
import { planProgram, proofLength } from '../src/protocol/transparent/index.ts';
import { proveTransparent, type Stage } from '../src/prove/transparent/index.ts';
import { verifyTransparent } from '../src/verify/transparent/index.ts';
import { loadKernels } from '../workers/kernel/index.ts';

const UINT8 = rangeTable('uint8', { min: 0, max: 255 });
const shift = 8;
const f = requantize(shift, { min: 0, max: 127 });
const RELU = functionTable('relu', { min: -(2 ** 15), max: 2 ** 15 - 1 }, f);

/** Builds a network layer by layer with random weights and an honest witness. */
class Net {
  readonly next = seeded(7);
  readonly b: ProgramBuilder;
  readonly blocks: Uint32Array[] = [];
  readonly one: Uint32Array;
  activations = 0;
  constructor(
    name: string,
    readonly outputs: number,
  ) {
    this.b = new ProgramBuilder(
      name,
      Array.from({ length: outputs }, (_, i) => `y${i}`),
    );
    this.one = new Uint32Array(2 ** this.b.publicBits);
    this.one[0] = 1;
  }
  weights = (count: number, fanIn: number): number[] => {
    const scale = Math.max(1, Math.min(127, Math.floor(20000 / (fanIn * 30))));
    return Array.from({ length: count }, () => (this.next() % (2 * scale + 1)) - scale);
  };
  input(sizes: readonly number[]): Tensor {
    const x = this.b.block('x', sizes, { min: 0, max: 255 });
    this.b.ranged(x, UINT8);
    this.blocks.push(
      pad(
        x.axes,
        Array.from({ length: sizes.reduce((a, c) => a * c, 1) }, () => this.next() % 128),
      ),
    );
    return x;
  }
  relu(v: Virtual): Tensor {
    const h = this.b.apply(`h${this.blocks.length}`, v, RELU);
    this.blocks.push(pad(h.axes, valuesOf(v, this.blocks, this.one).map(f)));
    this.activations += v.axes.reduce((a, { size }) => a * size, 1);
    return h;
  }
  dense(x: Tensor, n: number): Virtual {
    const inputs = x.axes.reduce((a, { size }) => a * size, 1);
    return sum(dense(x, this.weights(inputs * n, inputs), n), bias(axesOf([n]), this.weights(n, 100), this.b.publicBits));
  }
  conv(x: Tensor, n: number, k: number, p: number, stride = 1): Virtual {
    const c = x.axes[0]?.size ?? 1;
    const v = conv2d(x, {
      weights: this.weights(n * c * k * k, c * k * k),
      outputs: n,
      kernel: [k, k],
      stride: [stride, stride],
      padding: [p, p, p, p],
      groups: 1,
    });
    return sum(v, bias(v.axes, this.weights(n, 100), this.b.publicBits));
  }
  finish(v: Virtual): { program: Program; witness: Witness; activations: number } {
    this.b.zero(formOf(sum(v, publicValues(this.outputs, 0, this.b.publicBits, -1))));
    const publics = valuesOf(v, this.blocks, this.one).map(fromSigned);
    return { program: this.b.finish(), witness: { blocks: this.blocks, publics }, activations: this.activations };
  }
}

const programs: Record<string, () => { program: Program; witness: Witness; activations: number }> = {
  'mlp 784-128-10': () => {
    const n = new Net('mlp 784-128-10', 10);
    return n.finish(n.dense(n.relu(n.dense(n.input([784]), 128)), 10));
  },
  lenet5: () => {
    // Stride 2 instead of pooling; as many activations as LeNet-5 has.
    const n = new Net('lenet5', 10);
    const c1 = n.relu(n.conv(n.input([1, 28, 28]), 6, 5, 2));
    const c2 = n.relu(n.conv(c1, 16, 6, 0, 2));
    return n.finish(n.dense(n.relu(n.dense(n.relu(n.dense(c2, 120)), 84)), 10));
  },
  'conv 64k': () => {
    const n = new Net('conv 64k', 10);
    let x = n.input([4, 32, 32]);
    for (let i = 0; i < 4; i++) x = n.relu(n.conv(x, 16, 3, 1));
    return n.finish(n.dense(x, 10));
  },
  'conv 256k': () => {
    const n = new Net('conv 256k', 10);
    let x = n.input([4, 64, 64]);
    for (let i = 0; i < 4; i++) x = n.relu(n.conv(x, 16, 3, 1));
    return n.finish(n.dense(x, 10));
  },
  'conv 1M': () => {
    const n = new Net('conv 1M', 10);
    let x = n.input([4, 128, 128]);
    for (let i = 0; i < 4; i++) x = n.relu(n.conv(x, 16, 3, 1));
    return n.finish(n.dense(x, 10));
  },
};

const args = process.argv.slice(2);
const runs = args.includes('--runs') ? Number(args[args.indexOf('--runs') + 1]) : 5;
const wanted = Object.keys(programs).filter((name) => !args.some((a) => a in programs) || args.includes(name));
const kernels = await loadKernels(readFileSync(new URL('../workers/kernel/kernel.wasm', import.meta.url)));
const zeros = '00'.repeat(32) as Hash32;
const median = (xs: number[]): number => xs.sort((a, b) => a - b)[Math.floor(xs.length / 2)] ?? 0;
const report = [];
for (const name of wanted) {
  const made = programs[name]?.();
  if (made === undefined) continue;
  const { program, witness, activations } = made;
  const planned = performance.now();
  const plan = planProgram(program);
  const planMs = performance.now() - planned;
  const statement = { model: zeros, nonce: zeros, publics: witness.publics };
  const totals: number[] = [];
  const verifies: number[] = [];
  const peaks: number[] = [];
  const stages = new Map<string, number[]>();
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    let last: Stage | undefined;
    let since = start;
    const step = (stage?: Stage): void => {
      const now = performance.now();
      if (last !== undefined) stages.set(last, [...(stages.get(last) ?? []), now - since]);
      last = stage;
      since = now;
    };
    const proof = proveTransparent({ plan, statement, witness, kernels, random: (b) => void randomFillSync(b), onStage: step });
    step();
    totals.push(performance.now() - start);
    if (!proof.ok) throw new Error(JSON.stringify(proof.error));
    const peak = kernels.peak();
    peaks.push(peak);
    const before = performance.now();
    const checked = verifyTransparent({ plan, statement, proof: proof.value, kernels });
    verifies.push(performance.now() - before);
    if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  }
  const first = totals[0] ?? 0;
  report.push({
    program: name,
    runtime: `node ${process.version}`,
    threads: 1,
    activations,
    planMs: Math.round(planMs),
    coldMs: Math.round(first),
    proveMs: Math.round(median(totals)),
    minMs: Math.round(Math.min(...totals)),
    maxMs: Math.round(Math.max(...totals)),
    stages: Object.fromEntries([...stages].map(([stage, times]) => [stage, Math.round(median(times))])),
    peakMb: Math.round(Math.max(...peaks) / 1e5) / 10,
    proofBytes: proofLength(plan),
    verifyMs: Math.round(median(verifies)),
    soundnessBits: plan.soundness,
    parameters: plan.parameters,
    cells: plan.cells,
  });
  if (!args.includes('--json')) console.log(JSON.stringify(report.at(-1)));
}
if (args.includes('--json')) console.log(JSON.stringify({ programs: report }, null, 2));
