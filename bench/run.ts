// `npm run bench`: every statement in Node and in Chromium, with one thread and with two, several runs each, on this machine. Prints
// tables, or with --json the figures alone: {machine, files, programs, groth16, fits, peers, notRun}. Nothing is asserted: a slow
// machine is slow, not wrong.
//   --models DIR   also the models that are no part of the project (bionet_v3.onnx, mobileface_v2.onnx)
//   --only A,B     these programs alone ("groth16" is the credit statement on snarkjs)
//   --only-node    without Chromium
//   --peers        also snarkjs + circom on the same MLP and LeNet-5 (minutes: it makes its own keys)
//   --runs N       at least 5
//   --from FILE    keeps what such a run with --json found; what is measured now replaces its own rows (--only none: nothing is)
//   --write        also writes docs/benchmarks.md
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { serialize } from 'node:v8';
import { cases } from './cases.ts';
import { benchChromium, benchTransparentChromium } from './chromium.ts';
import { benchFiles } from './files.ts';
import { family } from './networks.ts';
import { benchPeers } from './peers.ts';
import { fits, type Program, page, type Results, type Transparent } from './report.ts';
import type { Task } from './transparentRun.ts';

const LEGEND = `# Benchmarks

\`npm run bench -- --peers --write\` writes this page; \`--models DIR\` adds networks that are no part of the project. Zero knowledge is on
everywhere, the forward pass is part of the time, and a worker is warm except where it says *first*.

*prove ms*: from the input to the bytes of the proof. *read ms*: once a worker, the network read and its program worked out, which the
app does while the person is still looking. *first ms*: the first proof after that. *processor ms*: of all threads together. *kernels MB*:
what the prover's memory grew to; beside it what was said before it began. *process MB*: the whole process, in Chromium all of its
renderers. *bits*: proven soundness, computed from the parameters. MobileFace V2 and mobilefacenet-192 have 8-bit activations here and BioNet v3
has 11-bit ones, calibrated on 32 frames of faces; a 33rd is proven. The rows say time and size, not accuracy
([models.md](models.md#figures)); face-enrol and face-match run the networks of the [card](../circuits/face/card.md).

`;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    models: { type: 'string' },
    only: { type: 'string' },
    peers: { type: 'boolean', default: false },
    'only-node': { type: 'boolean', default: false },
    from: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const runs = Math.max(5, Number(values.runs));
const note = (text: string) => process.stderr.write(`${text}\n`);

const node = (threads: 1 | 2): Program => {
  note(`Node, ${threads} thread${threads === 1 ? '' : 's'} …`);
  const out = execFileSync(process.execPath, ['--import', 'tsx', 'bench/node.ts', String(runs), String(threads)], { encoding: 'utf8' });
  return JSON.parse(out.trim().split('\n').at(-1) ?? '');
};

const wanted = values.only?.split(',');
const asked = (name: string): boolean => wanted === undefined || wanted.includes(name);
const names = ['groth16', 'none', ...cases(values.models).map(({ name }) => name)];
const unknown = wanted?.filter((name) => !names.includes(name)) ?? [];
if (unknown.length > 0) {
  note(`No such program: ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
  process.exit(2);
}
const groth16: Program[] = asked('groth16') ? [node(1), node(2)] : [];
if (asked('groth16') && !values['only-node']) {
  note('Chromium …');
  groth16.push(...(await benchChromium(runs)));
}

const THREADS = [1, 2];
const programs: Transparent[] = [];
const notRun: { readonly program: string; readonly why: string }[] = [];
const ready: { readonly name: string; readonly task: Task }[] = [];
for (const { name, load } of cases(values.models)) {
  if (!asked(name)) continue;
  const task = await load();
  if (typeof task === 'string') notRun.push({ program: name, why: task });
  else ready.push({ name, task });
}
for (const { name, task } of ready)
  for (const threads of THREADS) {
    note(`Node, ${name}, ${threads} thread${threads === 1 ? '' : 's'} …`);
    const args = ['--import', 'tsx', 'bench/transparentNode.ts', name, String(runs), String(threads)];
    const out = execFileSync(process.execPath, args, { input: serialize(task), encoding: 'utf8' });
    programs.push(JSON.parse(out.trim().split('\n').at(-1) ?? ''));
  }
if (!values['only-node'] && ready.length > 0) programs.push(...(await benchTransparentChromium(ready, THREADS, runs, note)));
const before: Partial<Results> = values.from === undefined ? {} : JSON.parse(readFileSync(values.from, 'utf8'));
/** What was found before and not again, then what is new, in the order of the cases. */
function joined<T extends { readonly program: string; readonly runtime?: string }>(
  old: readonly T[] | undefined,
  found: readonly T[],
): T[] {
  const order = cases(values.models).map(({ name }) => name);
  const place = ({ program }: T): number => order.indexOf(program);
  const kept = (old ?? []).filter((row) => !found.some((each) => each.program === row.program && each.runtime === row.runtime));
  return [...kept, ...found].sort((a, b) => place(a) - place(b));
}
const all = joined(before.programs, programs);
let peers = before.peers ?? [];
if (values.peers) {
  try {
    peers = await benchPeers(all, note);
  } catch (thrown) {
    // What was measured before is not lost with them.
    notRun.push({ program: 'snarkjs and circom', why: `not run: ${thrown instanceof Error ? thrown.message.split('\n')[0] : thrown}` });
  }
}
const measured = programs.length + groth16.length > 0;
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
  date: new Date().toISOString().slice(0, 10),
  load: Math.round(10 * (loadavg()[0] ?? 0)) / 10,
};
const results: Results = {
  machine: measured ? machine : (before.machine ?? machine),
  runs: Math.min(runs, before.runs ?? runs),
  files: await benchFiles(),
  programs: all,
  groth16: groth16.length > 0 ? groth16 : (before.groth16 ?? []),
  fits: fits(all, family),
  peers,
  notRun: joined(
    before.notRun?.filter(({ program }) => !all.some((row) => row.program === program)),
    notRun,
  ),
};

console.log(values.json ? JSON.stringify(results, null, 2) : page(results, family));
if (values.write) {
  writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), `${LEGEND}${page(results, family)}\n`);
}
