// `npm run size`: bundles the verify room alone, as a verifier would ship it, and says how large it is. Fails when it grew past its
// budget, or when the prover, a network or a framework got in.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from './lib.mjs';

const BUDGET = 64 * 1024; // gzip bytes
const FOREIGN = /node_modules\/(snarkjs|ffjavascript|circom|react|onnxruntime|@tensorflow|comlink|idb)|src\/(prove|app|client|vault|cli)\//;

const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/verify/index.ts'],
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  write: false,
  metafile: true,
  logLevel: 'error',
});
const code = outputFiles[0].contents;
const size = gzipSync(code, { level: 9 }).length;
const parts = new Map();
for (const [path, { bytesInOutput }] of Object.entries(Object.values(metafile.outputs)[0].inputs)) {
  const part = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'Tacit';
  parts.set(part, (parts.get(part) ?? 0) + bytesInOutput);
}
const foreign = Object.keys(metafile.inputs).filter((path) => FOREIGN.test(path));
console.log(`verify: ${code.length} bytes, ${size} bytes gzip (budget ${BUDGET})`);
for (const [part, bytes] of [...parts].sort((a, b) => b[1] - a[1])) console.log(`  ${part} ${bytes}`);
for (const path of foreign) console.error(`${path} does not belong in verify`);
if (size > BUDGET || foreign.length > 0) process.exitCode = 1;
