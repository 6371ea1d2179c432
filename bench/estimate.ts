// npm run bench:estimate -- FOLDER=INPUT …
// What compile predicts of `tacit prove` against what the command takes, for compiled folders and an input file of each. Prints seconds
// by the clock, the least of three, and the quotient: another program on the machine makes it larger. Exits 1 where no proof is made.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBundle } from '../src/cli/models/bundle.ts';
import { commandSeconds } from '../src/model/index.ts';
import { proofCost } from '../src/model/quantize/cost.ts';

const program = fileURLToPath(new URL('../src/cli/tacit.mjs', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'tacit-estimate-'));

/** Seconds by the clock. */
function measure(folder: string, input: string): number {
  const began = performance.now();
  const words = ['prove', folder, '--input', input, '--out', join(place, 'proof.json'), '--quiet'];
  const done = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return (performance.now() - began) / 1000;
}

try {
  for (const pair of process.argv.slice(2)) {
    const [folder = '', input = ''] = pair.split('=');
    const bundle = await readBundle(folder);
    if (!bundle.ok) throw new Error(`${folder}: ${bundle.error.code}`);
    const predicted = commandSeconds(proofCost(bundle.value.network));
    const clock = Math.min(...[1, 2, 3].map(() => measure(folder, input)));
    console.log(`${folder}: predicted ${predicted} s, ${clock.toFixed(2)} s by the clock, ${(clock / predicted).toFixed(2)} times`);
  }
} finally {
  rmSync(place, { recursive: true });
}
