// testing: for the tests of the command line alone. A folder of its own with a bundle whose trapdoor is known (verify/testing) and the
// real model and schema in it, and `tacit` run in this process or as one of its own.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CanonicalValue } from '../../base/index.ts';
import type { ArtefactName } from '../../protocol/index.ts';
import { simulatedBundle } from '../../verify/testing/index.ts';
import { run } from '../index.ts';

const statementFile = async (name: string): Promise<CanonicalValue> =>
  JSON.parse(await readFile(new URL(`../../../circuits/credit-score/${name}`, import.meta.url), 'utf8'));

export type Sandbox = Awaited<ReturnType<typeof makeSandbox>>;

/** A temporary folder `dir` with the bundles in `bundles`; `done` removes it. */
export async function makeSandbox(change?: Parameters<typeof simulatedBundle>[1]) {
  const dir = await mkdtemp(join(tmpdir(), 'tacit-cli-'));
  const statement = {
    model: await statementFile('model.json'),
    schema: await statementFile('schema.json'),
    card: { policy: { threshold: 0 } },
  };
  const bundle = simulatedBundle('cli', change, statement);
  const bundles = join(dir, 'bundles');
  const folder = join(bundles, bundle.hash);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(bundle.manifest));
  for (const [name, bytes] of Object.entries(bundle.files))
    await writeFile(join(folder, bundle.manifest.artefacts[name as ArtefactName].file), bytes);
  const entry = { statement: 'credit-score', system: 'groth16', bundle: bundle.hash };
  await writeFile(join(bundles, 'index.json'), JSON.stringify({ format: 'tacit-bundles', v: 1, bundles: [entry] }));
  const file = async (name: string, value: unknown): Promise<string> => {
    const path = join(dir, name);
    await writeFile(path, typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value));
    return path;
  };
  return { dir, bundles, folder, bundle, file, done: () => rm(dir, { recursive: true }) };
}

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Unix seconds at which {@link tacit} runs. */
export const NOW = 1_800_000_100;

/** Runs `tacit` in this process, at a fixed time. */
export async function tacit(bundles: string, ...args: string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    tty: false,
    env: { TACIT_BUNDLES: bundles },
    now: () => NOW,
  };
  const exit = await run(args, io);
  return { exit, out, err };
}

/** Runs the real program. */
export async function tacitProcess(cwd: string, env: Record<string, string>, ...args: string[]): Promise<Ran> {
  const program = new URL('../tacit.mjs', import.meta.url).pathname;
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args], { cwd, env: { ...process.env, ...env } });
    return { exit: 0, out: stdout, err: stderr };
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string };
    return { exit: code, out: stdout, err: stderr };
  }
}
