// node workers/kernel/integer/chromium.mjs [network.bin]: the kernels' conformance in Chromium, and how long a compiled
// network takes there. Exits 1 if one tensor differs.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
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
  const counts = await page.evaluate(([bytes, networks]) => globalThis.checkKernels(bytes, networks), [wasm, 60]);
  console.log(
    `Chromium ${browser.version()}: ${counts.tensors} tensors compared, ${counts.wrong} differ, ${counts.refused} inputs refused alike`,
  );
  if (counts.wrong > 0 || counts.tensors < 500) process.exitCode = 1;
  const file = process.argv[2];
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
