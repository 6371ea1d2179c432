// `npm run bench`: every statement in Node and in Chromium, with one thread and with two, several runs each, on this machine. Prints
// tables, or with --json the figures alone: {machine, files, programs, groth16, fits, peers, notRun}. Nothing is asserted: a slow
// machine is slow, not wrong.
//   --models DIR   also the models that are no part of the project (bionet_v3.onnx, mobileface_v2.onnx)
//   --only A,B     these programs alone ("groth16" is the credit statement on snarkjs)
//   --only-node    without Chromium
//   --peers        also snarkjs + circom on the same MLP and LeNet-5 (minutes: it makes its own keys)
//   --runs N       at least 5
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { cases } from './cases.ts';
import { benchChromium, benchTransparentChromium } from './chromium.ts';
import { benchFiles } from './files.ts';
import { family } from './networks.ts';
import { benchPeers, peerTable } from './peers.ts';
import { fits, fitTable, median, type Program, type Transparent, table, transparentTable } from './report.ts';
import type { Task } from './transparentRun.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    models: { type: 'string' },
    only: { type: 'string' },
    peers: { type: 'boolean', default: false },
    'only-node': { type: 'boolean', default: false },
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
for (const { name } of ready)
  for (const threads of THREADS) {
    note(`Node, ${name}, ${threads} thread${threads === 1 ? '' : 's'} …`);
    const args = ['--import', 'tsx', 'bench/transparentNode.ts', name, String(runs), String(threads)];
    const out = execFileSync(process.execPath, values.models === undefined ? args : [...args, values.models], { encoding: 'utf8' });
    programs.push(JSON.parse(out.trim().split('\n').at(-1) ?? ''));
  }
if (!values['only-node'] && ready.length > 0) programs.push(...(await benchTransparentChromium(ready, THREADS, runs, note)));
const peers = values.peers ? await benchPeers(programs, note) : [];
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
  date: new Date().toISOString().slice(0, 10),
  // Above the number of cores the machine was busy with other work, and every time is too long.
  load: Math.round(10 * (loadavg()[0] ?? 0)) / 10,
};
const files = await benchFiles();

const fitted = fits(programs, family);

if (values.json) console.log(JSON.stringify({ machine, files, programs, groth16, fits: fitted, peers, notRun }, null, 2));
else {
  console.log(
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, ${machine.date}, load ${machine.load}; medians of ${runs} (min to max)\n`,
  );
  if (programs.length > 0) console.log(transparentTable(programs));
  for (const { program, why } of notRun) console.log(`\n${program}: ${why}`);
  if (fitted.length > 0) console.log(`\nOver ${family[0]} to ${family.at(-1)}:\n\n${fitTable(fitted)}`);
  if (peers.length > 0) console.log(`\n${peerTable(peers)}`);
  if (groth16.length > 0) {
    console.log(`\nThe credit statement on Groth16:\n\n${table(groth16)}`);
    console.log(`\nProving key ${files.zkeyBytes} bytes, witness generator ${files.wasmBytes} bytes, ${files.constraints} constraints.`);
  }
  const browser = groth16.find((program) => program.runtime.startsWith('Chromium') && program.state === 'warm');
  if (browser)
    console.log(
      `In Chromium a proof takes ${(median(browser.proveMs) / 1000).toFixed(2)} s, median, forward pass, witness and self-check included.`,
    );
}
