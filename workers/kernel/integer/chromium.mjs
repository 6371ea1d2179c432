// npm run kernels:chromium [-- network.bin [--time]]: the kernels' conformance in Chromium, on random networks and on the backend
// cases of the ONNX project where they are there, and how long a compiled network takes (--time: that alone). Exits 1 if one tensor differs.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { caseFolders, readCases, suites } from '../../../src/model/testing/suites.test-util.ts';
import { buildIntegerKernels } from './build.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const wasm = readFileSync(await buildIntegerKernels()).toString('base64');
const bundle = await build({
  entryPoints: [join(here, 'testing', 'page.ts')],
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2022',
});
const script = bundle.outputFiles[0]?.text ?? '';
const server = createServer((request, response) => {
  const js = request.url === '/page.js';
  response.writeHead(200, { 'content-type': js ? 'text/javascript' : 'text/html' });
  response.end(js ? script : '<!doctype html><script src="/page.js"></script>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({
  executablePath: process.env.TACIT_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
});
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const file = process.argv[2];
  if (process.argv[3] !== '--time') await conformance(page);
  if (file === undefined) console.log('time: not run: no network.bin given');
  else {
    const { milliseconds, workBytes } = await page.evaluate(
      ([bytes, network]) => globalThis.timeNetwork(bytes, network, 7),
      [wasm, readFileSync(file).toString('base64')],
    );
    console.log(`${file}: ${milliseconds.join(' ')} ms, ${(workBytes / 2 ** 20).toFixed(1)} MiB beside the weights`);
  }
} finally {
  await browser.close();
  server.close();
}

async function conformance(page) {
  const total = { tensors: 0, wrong: [], refused: 0, networks: 0 };
  const add = (counts, of) => {
    total.tensors += counts.tensors;
    total.refused += counts.refused;
    total.networks += of - counts.skipped.length;
    total.wrong.push(...counts.wrong);
  };
  add(await page.evaluate(([bytes, networks]) => globalThis.checkRandom(bytes, networks), [wasm, 60]), 60);
  for (const { name, folder, present } of suites) {
    console.log(name);
    if (!present) continue;
    const text = (bytes) => Buffer.from(bytes).toString('base64');
    const cases = caseFolders(folder).flatMap((path) =>
      readCases(path).map(({ model, inputs }) => ({ name: relative(folder, path), model: text(model), inputs: inputs.map(text) })),
    );
    for (let at = 0; at < cases.length; at += 100) {
      const part = cases.slice(at, at + 100);
      add(await page.evaluate(([bytes, list]) => globalThis.checkCases(bytes, list), [wasm, part]), part.length);
    }
  }
  console.log(
    `Chromium ${browser.version()}: ${total.networks} networks, ${total.tensors} tensors compared, ${total.wrong.length} differ, ${total.refused} inputs refused alike`,
  );
  for (const name of total.wrong.slice(0, 20)) console.error(`differs: ${name}`);
  if (total.wrong.length > 0 || total.tensors < 500) process.exitCode = 1;
}
