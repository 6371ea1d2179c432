// Writes src/app/licences.json: every package of which something is in the built app, with its licence. Bundles the page and its
// workers without writing them and asks the bundler what went in. `--check` only compares, for CI.
//
//   node src/app/scripts/licences.mjs [--check]
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '../../..');
const target = join(root, 'src/app/licences.json');
const workers = readdirSync(join(root, 'workers'))
  .filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
  .map((name) => join('workers', name));
if (workers.length < 3) throw new Error(`only ${workers.length} worker entries found`);

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/app/main.ts', ...workers],
  bundle: true,
  write: false,
  outdir: 'nowhere',
  metafile: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  loader: { '.woff2': 'file', '.wasm': 'file' },
  // What browsers never reach: Node's own modules, behind checks of the platform.
  external: ['fs', 'os', 'crypto', 'path', 'url', 'module', 'worker_threads', 'node:*', 'readline', 'constants', 'stream', 'util', 'vm'],
  logLevel: 'error',
});

const used = new Set();
for (const output of Object.values(metafile.outputs)) {
  for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
    const at = path.lastIndexOf('node_modules/');
    if (at < 0 || (bytesInOutput === 0 && !path.endsWith('.woff2'))) continue;
    const [first, second] = path.slice(at + 'node_modules/'.length).split('/');
    used.add(path.slice(0, at + 'node_modules/'.length) + (first.startsWith('@') ? `${first}/${second}` : first));
  }
}
if (used.size < 15) throw new Error(`only ${used.size} packages found: is this the whole app?`);

function licenceText(folder) {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|-|$)/i.test(name));
  return file === undefined ? undefined : readFileSync(join(folder, file), 'utf8').trim();
}

const packages = [...used].map((folder) => {
  const path = join(root, folder);
  const { name, version, license, author, homepage } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${name} does not say its licence`);
  const by = typeof author === 'object' ? author?.name : author;
  const text = licenceText(path) ?? [`Licence: ${license}`, by && `By ${by}`, homepage].filter(Boolean).join('\n');
  return { name, version, licence: license, text };
});
const notice = join(root, 'circuits/credit-score/data/NOTICE.md');
const data = existsSync(notice)
  ? [{ name: 'credit_data (the model was trained on it)', version: '', licence: 'MIT', text: readFileSync(notice, 'utf8').trim() }]
  : [];
const json = `${JSON.stringify([...data, ...packages.sort((a, b) => (a.name < b.name ? -1 : 1))], null, 2)}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== json) {
    console.error('src/app/licences.json is not that of this build. Run: node src/app/scripts/licences.mjs');
    process.exit(1);
  }
} else {
  writeFileSync(target, json);
}
console.log(`${packages.length} packages: ${[...new Set(packages.map(({ licence }) => licence))].sort().join(', ')}`);
