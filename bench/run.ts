// `npm run bench`: the credit-score statement in Node and in Chromium, several runs each, on this machine. Prints a table, or with
// --json the figures alone: {machine, programs: [...]}. Nothing is asserted: a slow machine is slow, not wrong.
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benchChromium } from './chromium.ts';
import { benchFiles } from './files.ts';
import { median, type Program, table } from './report.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '7' },
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

const programs: Program[] = [node(1), node(2)];
if (!values['only-node']) {
  note('Chromium …');
  programs.push(...(await benchChromium(runs)));
}
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
  date: new Date().toISOString().slice(0, 10),
};
const files = await benchFiles();

if (values.json) console.log(JSON.stringify({ machine, files, programs }, null, 2));
else {
  console.log(
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, ${machine.date}; medians of ${runs} (min to max)\n`,
  );
  console.log(table(programs));
  console.log(`\nProving key ${files.zkeyBytes} bytes, witness generator ${files.wasmBytes} bytes, ${files.constraints} constraints.`);
  const browser = programs.find((program) => program.runtime.startsWith('Chromium') && program.state === 'warm');
  if (browser)
    console.log(
      `In Chromium a proof takes ${(median(browser.proveMs) / 1000).toFixed(2)} s, median, forward pass, witness and self-check included.`,
    );
}
