import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { build, preview } from 'vite';
import { proofKernels } from '../src/cli/models/kernels.ts';
import { bundlesDir, freshInput, openBundle } from './files.ts';
import type { Measured } from './page/main.ts';
import type { Program, Transparent } from './report.ts';
import type { Measured as Measurement, Task } from './transparentRun.ts';

const here = fileURLToPath(new URL('./page', import.meta.url));
const outDir = fileURLToPath(new URL('../.cache/bench', import.meta.url));
// The policy the verifier serves the app with: what is measured is what a person gets.
const headers = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'",
};

/** The renderer processes below `parent`: the page and its workers live there. */
function renderers(parent: number): number[] {
  const below = new Set([parent]);
  const found: number[] = [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (const pid of pids.map(Number).sort((a, b) => a - b)) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      if (!below.has(Number(/PPid:\s+(\d+)/.exec(status)?.[1]))) continue;
      below.add(pid);
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) found.push(pid);
    } catch {
      // The process ended while it was read.
    }
  }
  return found;
}

/** MiB of them, shared pages in proportion (Linux's Pss). */
function renderersMb(parent: number): number {
  let kilobytes = 0;
  for (const pid of renderers(parent)) {
    try {
      kilobytes += Number(/Pss:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // The process ended while it was read.
    }
  }
  return Math.round(kilobytes / 1024);
}

/** A slow phone: the renderers run a quarter of the time and are stopped for the rest. Chromium's own throttling leaves workers alone. */
async function slowed<T>(parent: number, work: () => Promise<T>): Promise<T> {
  const pids = renderers(parent);
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    for (const pid of pids) {
      try {
        process.kill(pid, name);
      } catch {
        // It ended.
      }
    }
  };
  let on = true;
  const turns = (async () => {
    while (on) {
      signal('SIGSTOP');
      await new Promise((wake) => setTimeout(wake, 30));
      signal('SIGCONT');
      await new Promise((wake) => setTimeout(wake, 10));
    }
  })();
  try {
    return await work();
  } finally {
    on = false;
    await turns;
  }
}

/** A built page in a browser whose process is known, cross-origin isolated like the app. */
interface Opened {
  readonly page: Page;
  readonly version: string;
  readonly parent: number;
  close(): Promise<void>;
}

/** The face files are not measured here; the app's client only wants to know their names. */
const noFaces = {
  name: 'bench:no-face-files',
  resolveId: (name: string) => (name === 'virtual:face-files' ? '\0virtual:face-files' : undefined),
  load: (name: string) => (name === '\0virtual:face-files' ? 'export const faceFiles = {};' : undefined),
};

async function open(path: string, plugins: import('vite').PluginOption[]): Promise<Opened> {
  // The app's workers take the kernels from where the command line builds them.
  await proofKernels((text) => void process.stderr.write(text));
  await build({
    configFile: false,
    root: here,
    logLevel: 'warn',
    publicDir: false,
    worker: { format: 'es', plugins: () => [noFaces] },
    plugins: [noFaces],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { input: [join(here, 'index.html'), join(here, 'transparent.html')] },
    },
  });
  const server = await preview({
    configFile: false,
    root: here,
    logLevel: 'warn',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1', headers },
    plugins,
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
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${address.port}${path}`);
  return {
    page,
    version: `Chromium ${browser.version().split('.')[0]}`,
    parent,
    close: async () => {
      await browser.close();
      await launched.close();
      await server.close();
    },
  };
}

export async function benchChromium(runs: number): Promise<Program[]> {
  const { page, version, parent, close } = await open('/', [serveBundles()]);
  try {
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
      runtime: version,
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
    await close();
  }
}

function taken(task: Task): { readonly parts: Readonly<Record<string, Uint8Array>>; readonly rest: object } {
  if (task.kind === 'network') return { parts: { bytes: task.bytes }, rest: { ...task, bytes: undefined } };
  if (task.kind !== 'face') return { parts: {}, rest: task };
  const { embedding, antispoof, frame, ...rest } = task;
  return { parts: { embedding, antispoof, frame: Uint8Array.from(frame) }, rest };
}

/** Transparent proofs in Chromium: one fresh page and worker a program and thread setting. */
export async function benchTransparentChromium(
  list: readonly { readonly name: string; readonly task: Task }[],
  threads: readonly number[],
  runs: number,
  note: (text: string) => void,
): Promise<(Transparent & { readonly idleMb: number })[]> {
  const rows: (Transparent & { readonly idleMb: number })[] = [];
  const files = new Map<string, Uint8Array | string>();
  for (const build of ['kernel', 'kernel.threads'])
    files.set(`${build}.wasm`, readFileSync(new URL(`../workers/kernel/${build}.wasm`, import.meta.url)));
  files.set('integer.wasm', readFileSync(new URL('../.cache/kernel/integer.wasm', import.meta.url)));
  for (const { name, task } of list) {
    // What is large goes beside the rest, byte for byte.
    const { parts, rest } = taken(task);
    for (const [part, bytes] of Object.entries(parts)) files.set(`${name}.${part}`, bytes);
    files.set(`${name}.json`, JSON.stringify({ ...rest, parts: Object.keys(parts) }));
  }
  const { page, version, parent, close } = await open('/transparent.html', [serveFiles(files)]);
  try {
    for (const { name } of list)
      for (const count of threads) {
        note(`${version}, ${name}, ${count} thread${count === 1 ? '' : 's'} …`);
        await page.reload();
        await page.waitForFunction(() => 'transparent' in globalThis);
        const run = (times: number): Promise<Measurement> =>
          page.evaluate(
            ([which, wanted, repeated]) =>
              (globalThis as unknown as { transparent: (n: string, t: number, r: number) => Promise<Measurement> }).transparent(
                which,
                wanted,
                repeated,
              ),
            [name, count, times] as const,
          );
        const measured = await run(runs);
        // Memory in a run of its own, in a fresh page: looking at a process this often takes a core from it.
        await page.reload();
        await page.waitForFunction(() => 'transparent' in globalThis);
        const idleMb = renderersMb(parent);
        let processMb = idleMb;
        const sampler = setInterval(() => {
          processMb = Math.max(processMb, renderersMb(parent));
        }, 40);
        await run(1);
        clearInterval(sampler);
        rows.push({ program: name, runtime: version, ...measured, processMb, idleMb });
        if (!name.startsWith('face-')) continue;
        await page.reload();
        await page.waitForFunction(() => 'transparent' in globalThis);
        const slow = await slowed(parent, () => run(runs));
        rows.push({ program: name, runtime: `${version}, a quarter of the time`, ...slow, processMb, idleMb });
      }
  } finally {
    await close();
  }
  return rows;
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

function serveFiles(files: ReadonlyMap<string, Uint8Array | string>) {
  return {
    name: 'bench:files',
    configurePreviewServer(server: import('vite').PreviewServer) {
      server.middlewares.use((request, response, next) => {
        const path = decodeURIComponent((request.url ?? '').replace(/\?.*$/, ''));
        const body = path.startsWith('/bench/') ? files.get(path.slice(7)) : undefined;
        if (body === undefined) return next();
        response.writeHead(200, { ...headers, 'content-type': path.endsWith('.json') ? 'application/json' : 'application/octet-stream' });
        response.end(body);
      });
    },
  };
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
