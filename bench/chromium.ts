import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { build, preview } from 'vite';
import { bundlesDir, freshInput, openBundle } from './files.ts';
import type { Measured } from './page/main.ts';
import type { Program } from './report.ts';

const here = fileURLToPath(new URL('./page', import.meta.url));
const outDir = fileURLToPath(new URL('../.cache/bench', import.meta.url));
// The policy the verifier serves the app with: what is measured is what a person gets.
const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'",
};

/** MiB of the renderer processes below `parent`, shared pages in proportion (Linux's Pss): the page and its workers live there. */
function renderersMb(parent: number): number {
  const below = new Set([parent]);
  let kilobytes = 0;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (const pid of pids.map(Number).sort((a, b) => a - b)) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      if (!below.has(Number(/PPid:\s+(\d+)/.exec(status)?.[1]))) continue;
      below.add(pid);
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) continue;
      kilobytes += Number(/Pss:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // The process ended while it was read.
    }
  }
  return Math.round(kilobytes / 1024);
}

export async function benchChromium(runs: number): Promise<Program[]> {
  await build({
    configFile: false,
    root: here,
    logLevel: 'warn',
    publicDir: false,
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
  const server = await preview({
    configFile: false,
    root: here,
    logLevel: 'warn',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1', headers },
    plugins: [serveBundles()],
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('the preview server has no port');
  // A server of its own process, so that its process id is known.
  const launched = await chromium.launchServer({
    executablePath: process.env.TACIT_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', `--crash-dumps-dir=${outDir}`],
  });
  const parent = launched.process().pid ?? 0;
  const browser = await chromium.connect(launched.wsEndpoint());
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${address.port}/`);
    await page.waitForFunction(() => 'bench' in globalThis);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    const idleMb = renderersMb(parent);
    let peakMb = idleMb;
    const sampler = setInterval(() => {
      peakMb = Math.max(peakMb, renderersMb(parent));
    }, 40);
    const cold = await measure(page);
    const warm: Measured[] = [];
    for (let run = 0; run < runs; run++) warm.push(await measure(page));
    clearInterval(sampler);
    const program = (state: 'cold' | 'warm', samples: readonly Measured[]): Program => ({
      program: 'credit-score (Groth16)',
      runtime: `Chromium ${browser.version().split('.')[0]}`,
      threads: cores,
      state,
      previewMs: samples.map((sample) => sample.previewMs),
      proveMs: samples.map((sample) => sample.wholeMs),
      stages: { witness: samples.map((sample) => sample.times.witness), prove: samples.map((sample) => sample.times.prove) },
      verifyMs: samples.map((sample) => sample.times.check),
      peakMb,
      idleMb,
      proofBytes: samples[0]?.proofBytes ?? 0,
    });
    return [program('cold', [cold]), program('warm', warm)];
  } finally {
    await browser.close();
    await launched.close();
    await server.close();
  }
}

/** Made here, proven there: the request and the credential are fresh for every run. */
async function measure(page: Page): Promise<Measured> {
  const bundle = await openBundle();
  const input = await freshInput(bundle);
  return page.evaluate((task) => (globalThis as unknown as { bench: (task: unknown) => Promise<Measured> }).bench(task), {
    ...input,
    manifest: bundle.manifest,
  });
}

function serveBundles() {
  return {
    name: 'bench:bundles',
    configurePreviewServer(server: import('vite').PreviewServer) {
      server.middlewares.use((request, response, next) => {
        const path = /^\/bundles\/((?:[0-9a-f]{64}\/)?[0-9a-z.]+)$/.exec(request.url ?? '')?.[1];
        if (path === undefined) return next();
        const body = readFileSync(join(bundlesDir, path));
        response.writeHead(200, {
          ...headers,
          'content-type': 'application/octet-stream',
          'content-length': body.length,
          'cross-origin-resource-policy': 'same-origin',
        });
        response.end(body);
      });
    },
  };
}
