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
  loader: { '.woff2': 'file', '.wasm': 'file', '.bin': 'file', '.onnx': 'file' },
  // What browsers never reach: Node's own modules, behind checks of the platform.
  external: [
    'fs',
    'os',
    'crypto',
    'path',
    'url',
    'module',
    'worker_threads',
    'node:*',
    'readline',
    'constants',
    'stream',
    'util',
    'vm',
    'virtual:*',
    // Our own code, which a build makes first.
    '*/kernel/proof.wasm?url',
  ],
  logLevel: 'error',
});

const used = new Set();
for (const output of Object.values(metafile.outputs)) {
  for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
    const at = path.lastIndexOf('node_modules/');
    if (at < 0 || path.startsWith('(disabled)') || (bytesInOutput === 0 && !path.endsWith('.woff2'))) continue;
    const [first, second] = path.slice(at + 'node_modules/'.length).split('/');
    used.add(path.slice(0, at + 'node_modules/'.length) + (first.startsWith('@') ? `${first}/${second}` : first));
  }
}
if (used.size < 15) throw new Error(`only ${used.size} packages found: is this the whole app?`);

// These ship as one file with what they depend on already inside, which no bundler can see.
const prebuilt = ['snarkjs', 'ffjavascript', 'onnxruntime-web'];
for (const folder of [...used].filter((path) => prebuilt.includes(path.split('node_modules/').at(-1)))) {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    const own = join(folder, 'node_modules', name);
    used.add(existsSync(join(root, own)) ? own : join('node_modules', name));
  }
}

const mit = (holder) => `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

function licenceText(folder) {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|-|$)/i.test(name));
  return file === undefined ? undefined : readFileSync(join(folder, file), 'utf8').trim();
}

const packages = [...used].map((folder) => {
  const path = join(root, folder);
  const { name, version, license, author, homepage } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${name} does not say its licence`);
  const by = typeof author === 'object' ? author?.name : author;
  const named = name.startsWith('onnxruntime') ? 'Microsoft Corporation' : (by ?? `the authors of ${name}`);
  const whole = /^GPL-3\.0/.test(license) ? readFileSync(join(root, 'LICENSE'), 'utf8').trim() : undefined;
  const short = license === 'MIT' ? mit(named) : [`Licence: ${license}`, by && `By ${by}`].filter(Boolean).join('\n');
  const text = licenceText(path) ?? whole ?? [short, homepage].filter(Boolean).join('\n\n');
  return { name, version, licence: license, text };
});
const notice = join(root, 'circuits/credit-score/data/NOTICE.md');
const data = existsSync(notice)
  ? [{ name: 'credit_data (the model was trained on it)', version: '', licence: 'MIT', text: readFileSync(notice, 'utf8').trim() }]
  : [];
// The networks that look at faces are files beside the code, from packages of which nothing else is used.
const lock = JSON.parse(readFileSync(join(root, 'circuits/models.lock.json'), 'utf8')).models;
const models = ['blazeface-front', 'facemesh', 'mobilefacenet-192'].map((id) => {
  const model = lock.find((entry) => entry.id === id);
  if (model === undefined) throw new Error(`no model ${id} in the lock`);
  return {
    name: `${id} (face model)`,
    version: model.version,
    licence: model.licence,
    text: `From ${model.package} ${model.version}.\n\n${model.about}`,
  };
});
const all = [...data, ...models, ...packages.sort((a, b) => (a.name < b.name ? -1 : 1))];
// One text serves many packages: the GPL alone would be in it eight times.
const texts = [...new Set(all.map(({ text }) => text))];
const json = `${JSON.stringify({ texts, packages: all.map((entry) => ({ ...entry, text: texts.indexOf(entry.text) })) }, null, 1)}\n`;

if (process.argv.includes('--check')) {
  // Compared by value: a formatter may have laid the file out anew.
  if (JSON.stringify(JSON.parse(readFileSync(target, 'utf8'))) !== JSON.stringify(JSON.parse(json))) {
    console.error('src/app/licences.json is not that of this build. Run: node src/app/scripts/licences.mjs');
    process.exit(1);
  }
} else {
  writeFileSync(target, json);
}
console.log(`${packages.length} packages: ${[...new Set(packages.map(({ licence }) => licence))].sort().join(', ')}`);
