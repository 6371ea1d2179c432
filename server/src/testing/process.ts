// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BundleManifest, ProofRequest } from '../../../src/protocol/index.ts';
import { type BundleOptions, writeBundles } from './bundle.ts';
import { requestIn } from './harness.ts';
import { makePartner, type TestPartner } from './partner.ts';

/** Bundled as build.mjs does it, since a process then starts in half a second; inside the project, so that libsql is found. */
const main = fileURLToPath(new URL('../../../.cache/server-test/main.mjs', import.meta.url));
const bundled = build({
  entryPoints: [fileURLToPath(new URL('../main.ts', import.meta.url))],
  outfile: main,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['libsql'],
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
});
/** What requests and tokens name; the processes listen elsewhere, as behind a proxy. */
export const PUBLIC_ORIGIN = 'https://verifier.example';

/** One verifier as an operating-system process. */
export interface Process {
  readonly url: string;
  readonly child: ChildProcess;
  readonly output: () => string;
  post(path: string, body: unknown): Promise<{ status: number; json: Record<string, string> }>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** A folder with bundles, a partner, and any number of verifier processes on one database. */
export interface Site {
  readonly directory: string;
  readonly manifest: BundleManifest;
  readonly partner: TestPartner;
  start(env?: Record<string, string>): Promise<Process>;
  /** Starts a process that is expected to end by itself. */
  run(args: readonly string[], env?: Record<string, string>): Promise<{ code: number | null; output: string }>;
  place(at: Process, change?: Record<string, unknown>): Promise<ProofRequest>;
  close(): Promise<void>;
}

export async function openSite(options: BundleOptions = {}): Promise<Site> {
  const directory = mkdtempSync(join(tmpdir(), 'tacit-site-'));
  mkdirSync(join(directory, 'bundles'));
  const [manifest] = writeBundles(join(directory, 'bundles'), options);
  if (manifest === undefined) throw new Error('no bundle');
  await bundled;
  const partner = await makePartner('harbour', PUBLIC_ORIGIN);
  const config = {
    origin: PUBLIC_ORIGIN,
    listen: { host: '127.0.0.1', port: 0 },
    data: 'data',
    bundles: 'bundles',
    acceptDevelopmentKeys: true,
    demoIssuer: true,
    partners: [{ id: partner.id, name: 'Harbour', origins: [partner.origin], issuer: 'demo', keys: [partner.jwk] }],
  };
  const TACIT_CONFIG = join(directory, 'config.json');
  writeFileSync(TACIT_CONFIG, JSON.stringify(config));
  const running = new Set<Process>();

  const launch = (args: readonly string[], env: Record<string, string>) => {
    const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, TACIT_CONFIG, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    return { child, output: () => output, ended: new Promise<number | null>((done) => child.once('exit', done)) };
  };

  return {
    directory,
    manifest,
    partner,
    start: async (env = {}) => {
      const port = env.TACIT_PORT ?? String(await freePort());
      const { child, output, ended } = launch([], { TACIT_PORT: port, ...env });
      const url = `http://127.0.0.1:${port}`;
      const started: Process = {
        url,
        child,
        output,
        post: async (path, body) => {
          const response = await fetch(`${url}${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          });
          return { status: response.status, json: (await response.json()) as Record<string, string> };
        },
        kill: async (signal) => {
          child.kill(signal);
          const code = await ended;
          running.delete(started);
          return code;
        },
      };
      running.add(started);
      for (let tries = 0; !output().includes('"listening"'); tries++) {
        if (child.exitCode !== null || tries > 300) throw new Error(`the verifier did not start: ${output()}`);
        await new Promise((wake) => setTimeout(wake, 50));
      }
      return started;
    },
    run: async (args, env = {}) => {
      const { output, ended } = launch(args, { TACIT_PORT: '0', ...env });
      return { code: await ended, output: output() };
    },
    place: async (at, change = {}) => {
      const order = await partner.order(Math.floor(Date.now() / 1000), change);
      const { json } = await at.post('/v1/requests', { order });
      if (json.request === undefined) throw new Error(JSON.stringify(json));
      return requestIn(json.request);
    },
    close: async () => {
      await Promise.all([...running].map((process) => process.kill('SIGKILL')));
      rmSync(directory, { recursive: true });
    },
  };
}

const freePort = (): Promise<number> =>
  new Promise((found) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => found(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
