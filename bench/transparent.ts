// Prints the stages, memory, bytes and bits of transparent proofs of a family of networks, on the fast kernels, in Node, one thread.
// node workers/kernel/build.mjs && node --import tsx bench/transparent.ts [--json] [--runs N] [name ...]
// `cpuMs` is processor time of the process, for machines that are busy with other work.
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Hash32 } from '../src/base/index.ts';
import { planProgram, proofLength } from '../src/protocol/transparent/index.ts';
import { proveTransparent, type Stage } from '../src/prove/transparent/index.ts';
import { verifyTransparent } from '../src/verify/transparent/index.ts';
import { loadKernels } from '../workers/kernel/index.ts';
import { measured } from './statements.ts';

const args = process.argv.slice(2);
const runs = args.includes('--runs') ? Number(args[args.indexOf('--runs') + 1]) : 5;
const wanted = Object.keys(measured).filter((name) => !args.some((a) => a in measured) || args.includes(name));
const kernels = await loadKernels(readFileSync(new URL('../workers/kernel/kernel.wasm', import.meta.url)));
const zeros = '00'.repeat(32) as Hash32;
const median = (xs: readonly number[]): number => [...xs].sort((a, b) => a - b)[Math.floor(xs.length / 2)] ?? 0;
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const report: object[] = [];
for (const name of wanted) {
  const made = measured[name]?.();
  if (made === undefined) continue;
  const planned = performance.now();
  const plan = planProgram(made.program);
  const planMs = performance.now() - planned;
  const totals: number[] = [];
  const cpus: number[] = [];
  const verifies: number[] = [];
  const verifyCpus: number[] = [];
  const peaks: number[] = [];
  const stages = new Map<string, number[]>();
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    const cpuStart = cpu();
    let last: Stage | 'forward' | undefined;
    let since = cpuStart;
    const step = (stage?: Stage | 'forward'): void => {
      const now = cpu();
      if (last !== undefined) stages.set(last, [...(stages.get(last) ?? []), now - since]);
      last = stage;
      since = now;
    };
    step('forward');
    const witness = made.witness();
    if (!witness.ok) throw new Error(JSON.stringify(witness.error));
    const statement = { model: zeros, nonce: zeros, publics: witness.value.publics };
    const proof = proveTransparent({
      plan,
      statement,
      witness: witness.value,
      kernels,
      random: (b) => void randomFillSync(b),
      onStage: step,
    });
    step();
    totals.push(performance.now() - start);
    cpus.push(cpu() - cpuStart);
    peaks.push(kernels.peak());
    if (!proof.ok) throw new Error(JSON.stringify(proof.error));
    const before = performance.now();
    const cpuBefore = cpu();
    const checked = verifyTransparent({ plan, statement, proof: proof.value, kernels });
    verifies.push(performance.now() - before);
    verifyCpus.push(cpu() - cpuBefore);
    if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  }
  const round = (x: number): number => Math.round(10 * x) / 10;
  const line = {
    program: name,
    runtime: `node ${process.version}`,
    threads: 1,
    activations: made.activations,
    planMs: round(planMs),
    coldMs: round(totals[0] ?? 0),
    proveMs: round(median(totals)),
    minMs: round(Math.min(...totals)),
    maxMs: round(Math.max(...totals)),
    cpuMs: round(median(cpus)),
    stages: Object.fromEntries([...stages].map(([stage, times]) => [stage, round(median(times))])),
    peakMb: round(Math.max(...peaks) / 1e6),
    proofBytes: proofLength(plan),
    verifyMs: round(median(verifies)),
    verifyCpuMs: round(median(verifyCpus)),
    soundnessBits: plan.soundness,
    cells: plan.cells,
    programBytes: plan.programBytes,
    parameters: plan.parameters,
  };
  report.push(line);
  if (!args.includes('--json')) console.log(JSON.stringify(line));
}
if (args.includes('--json')) console.log(JSON.stringify({ programs: report }, null, 2));
