// Builds the kernels: generated source, then AssemblyScript to kernel.wasm (or to the path given) and beside it kernel.threads.wasm,
// the same source over shared memory.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
await import('./generate.mjs');
const asc = join(dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')), 'bin/asc.js');
const target = process.argv[2] ?? join(here, 'kernel.wasm');
const flags = ['-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--importMemory', '--initialMemory', '16'];
const builds = [
  { out: target, more: [] },
  { out: target.replace(/(\.wasm)?$/, '.threads.wasm'), more: ['--enable', 'threads', '--sharedMemory'] },
];
for (const { out, more } of builds)
  execFileSync(process.execPath, [asc, join(here, 'assembly/index.ts'), ...flags, ...more, '--maximumMemory', '32767', '-o', out], {
    stdio: 'inherit',
  });
