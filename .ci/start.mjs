// `npm start`: installs what is missing, builds what changed, checks the proof bundles against their hashes, then runs
// the verifier (which serves the app) and the demo partner until Ctrl-C.
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { cache, fail, install, npm, once, root, run, start } from './lib.mjs';

const began = Date.now();
const port = Number(process.env.TACIT_PORT ?? 8787);
const partnerPort = Number(process.env.TACIT_PARTNER_PORT ?? 8788);
const dataDir = process.env.TACIT_DATA_DIR ?? join(cache, 'demo');

install();

once('bundles', ['public/bundles', 'src/base', 'src/protocol', 'src/bundles'], () => {
  console.log('Checking the development keys against their hashes …');
  if (!run(process.execPath, ['--import', 'tsx', 'src/bundles/check.ts', 'public/bundles'])) {
    fail('The committed proof bundles are damaged. Restore them with: git checkout -- public/bundles');
  }
});
once('models', ['circuits/models.lock.json', 'circuits/models'], () => {
  console.log('Fetching the published models …');
  if (npm(['run', 'models', '--silent'], { quiet: true })) return true;
  console.warn('They are fetched again at the next start; until then only what needs none of them works.');
  return false;
});
once('app', ['src', 'workers', 'circuits', 'public', 'index.html', 'vite.config.ts', 'package-lock.json'], () => {
  console.log('Building the app (once; the first time it fetches the published face models, about 155 MB) …');
  if (!npm(['run', 'build', '--silent'], { quiet: true })) fail('The app could not be built; the reason stands above.');
});
once('server', ['src', 'circuits', 'server', 'package-lock.json'], () => {
  console.log('Building the verifier …');
  if (!npm(['run', 'build', '--silent', '-w', 'server'], { quiet: true }))
    fail('The verifier could not be built; the reason stands above.');
});
if (!existsSync(join(root, 'dist/app/index.html'))) fail('dist/app is gone. Delete .cache/stamps and run npm start again.');

for (const wanted of [port, partnerPort]) {
  if (!(await isFree(wanted))) fail(`Port ${wanted} is in use. Stop what uses it, or set TACIT_PORT and TACIT_PARTNER_PORT to free ports.`);
}
mkdirSync(dataDir, { recursive: true, mode: 0o700 });

const origin = `http://localhost:${port}`;
const env = {
  TACIT_PORT: String(port),
  TACIT_PARTNER_PORT: String(partnerPort),
  TACIT_DATA_DIR: dataDir,
};
const children = [];
for (const program of ['server/dist/demo.mjs']) {
  const child = start(process.execPath, [program], { env });
  child.on('exit', (code) => stop(code === 0 || stopping ? 0 : 1));
  children.push(child);
}

let stopping = false;
function stop(code) {
  if (stopping) return;
  stopping = true;
  const left = children.filter((child) => child.exitCode === null && child.signalCode === null);
  for (const child of left) child.kill('SIGTERM');
  setTimeout(() => process.exit(code), 3000).unref();
  Promise.all(left.map((child) => new Promise((done) => child.once('exit', done)))).then(() => process.exit(code));
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(0));

const deadline = Date.now() + 30_000;
while (!(await answers(`${origin}/healthz`)) || !(await answers(`http://localhost:${partnerPort}/healthz`))) {
  if (stopping) break;
  if (Date.now() > deadline) {
    console.error('The verifier did not start within 30 seconds; its messages stand above.');
    stop(1);
    break;
  }
  await new Promise((wake) => setTimeout(wake, 100));
}
if (!stopping) {
  console.log(`\nTacit is ready (${((Date.now() - began) / 1000).toFixed(1)} s). Open\n\n    ${origin}\n\nCtrl-C stops everything.`);
}

function isFree(wanted) {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once('error', () => answer(false));
    probe.listen(wanted, 'localhost', () => probe.close(() => answer(true)));
  });
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
