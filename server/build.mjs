// SPDX-License-Identifier: Apache-2.0
// Bundles the verifier, the demo partner and the program that runs both into dist/, with the list of every file that went in
// (dist/meta.json), which licences.mjs walks. libsql stays outside: it brings a binary.
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = join(here, 'dist');
rmSync(out, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: join(here, '..'),
  entryPoints: [
    { in: 'server/src/main.ts', out: 'server' },
    { in: 'server/src/faces/thread.ts', out: 'faces' },
    { in: 'server/demo/partner/main.ts', out: 'partner' },
    { in: 'server/demo/start.ts', out: 'demo' },
  ],
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['libsql'],
  // pino is CommonJS and requires Node's modules at run time.
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  metafile: true,
  logLevel: 'warning',
});
cpSync(join(here, 'demo/partner/assets'), join(out, 'assets'), { recursive: true });
writeFileSync(join(out, 'meta.json'), JSON.stringify(metafile));
