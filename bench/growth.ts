// `npm run bench:growth -- [N]`: the digit net proven N times (25 unless said) by the command line in one process, whose resident memory
// is printed, garbage collected: after the first proof, and after every fifth.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Io, run } from '../src/cli/index.ts';

const count = Number(process.argv[2] ?? 25);
const network = fileURLToPath(new URL('../circuits/digit-net', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'tacit-growth-'));
const input = join(folder, 'input.json');
await writeFile(input, JSON.stringify(Array.from({ length: 784 }, (_, i) => (i % 28 > 12 && i % 28 < 16 ? 1 : 0))));
let said = '';
const io: Io = {
  out: (text) => {
    said = text;
  },
  err: () => {},
  tty: false,
  env: {},
  now: () => Math.floor(Date.now() / 1000),
};
const mb = (bytes: number): number => Math.round(bytes / 1e6);
for (let i = 1; i <= count; i++) {
  const exit = await run(['prove', network, '--input', input, '--out', join(folder, 'proof.json'), '--quiet', '--json'], io);
  if (exit !== 0) throw new Error(said);
  if (i > 1 && i % 5 !== 0) continue;
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  console.log(JSON.stringify({ proofs: i, rssMb: mb(rss), heapMb: mb(heapUsed), arraysMb: mb(arrayBuffers) }));
}
await rm(folder, { recursive: true });
process.exit(0);
