import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');
const cli = createRequire(import.meta.url).resolve('circom2/cli.js');

export type Optimisation = '--O1' | '--O2';
/** The faster to prove (README.md has the figures): it eliminates linear constraints, and so halves the domain. */
export const OPTIMISATION: Optimisation = '--O2';

export interface Compiled {
  readonly r1cs: Uint8Array;
  /** The witness generator. */
  readonly wasm: Uint8Array;
  /** Lines `label,wire,component,name`; wire -1 was optimised away. */
  readonly sym: string;
}

/**
 * Compiles the hand-written circuit with this generated part. Deterministic for one compiler version: the paths are relative to the
 * project's root and do not reach the output.
 */
export const compile = (generated: string, optimisation: Optimisation): Promise<Compiled> =>
  run('credit-score', { 'generated.circom': generated }, optimisation);

/** Compiles a main component of a test's own, beside the gadgets. */
export const compileMain = (source: string, optimisation: Optimisation): Promise<Compiled> =>
  run('main', { 'main.circom': `pragma circom 2.2.0;\n${source}\n` }, optimisation);

/** In a folder of its own under .cache, which is gone afterwards. */
async function run(name: string, sources: Readonly<Record<string, string>>, optimisation: Optimisation): Promise<Compiled> {
  const work = join(root, '.cache/circuit', `${process.pid}-${Math.random().toString(36).slice(2)}`);
  await mkdir(work, { recursive: true });
  try {
    for (const file of ['credit-score.circom', 'gadgets.circom']) await cp(join(here, file), join(work, file));
    for (const [file, text] of Object.entries(sources)) await writeFile(join(work, file), text);
    const args = [
      cli,
      relative(root, join(work, `${name}.circom`)),
      '--r1cs',
      '--wasm',
      '--sym',
      optimisation,
      '-l',
      'node_modules',
      '-o',
      relative(root, work),
    ];
    await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 2 ** 24 });
    return {
      r1cs: await readFile(join(work, `${name}.r1cs`)),
      wasm: await readFile(join(work, `${name}_js/${name}.wasm`)),
      sym: await readFile(join(work, `${name}.sym`), 'utf8'),
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
