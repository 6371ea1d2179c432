// One Node process for one program and thread setting, so that its memory is its own: transparentNode.ts NAME RUNS THREADS, with the
// task (node:v8) on standard input, so that nothing of how it was made counts → one line of JSON.
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import { measure, type Task } from './transparentRun.ts';

const [name = '', runs = '5', threads = '1'] = process.argv.slice(2);
const task: Task = deserialize(readFileSync(0));
const bytes = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(path, import.meta.url)));
const measured = await measure({
  task,
  threads: Number(threads),
  runs: Number(runs),
  wasm: bytes(`../workers/kernel/kernel${Number(threads) > 1 ? '.threads' : ''}.wasm`),
  integerWasm: bytes('../.cache/kernel/integer.wasm'),
  random: (into) => void randomFillSync(into),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
});
const processMb = Math.round(process.resourceUsage().maxRSS / 1000);
console.log(JSON.stringify({ program: name, runtime: `Node ${process.versions.node}`, ...measured, processMb }));
process.exit(0);
