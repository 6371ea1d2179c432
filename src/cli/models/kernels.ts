import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type FastKernels, openKernels } from '../../../workers/kernel/index.ts';
import { IntegerNetwork, type KernelModule, kernelEngine, loadIntegerKernels } from '../../../workers/kernel/integer/index.ts';
import { err, ok, type Result } from '../../base/index.ts';
import type { IntGraph, LinearEngine } from '../../model/index.ts';

const wasm = new URL('../../../.cache/kernel/integer.wasm', import.meta.url);
const proofWasm = new URL('../../../.cache/kernel/proof.wasm', import.meta.url);
const threadsWasm = new URL('../../../.cache/kernel/proof.threads.wasm', import.meta.url);
const proofSources = new URL('../../../workers/kernel/', import.meta.url);

/** More threads than this wait for each other more than they work. */
const MAX_THREADS = 4;

/** The kernels of the forward pass, built on first use. Error: device/unsupported. */
async function integerKernels(): Promise<Result<KernelModule>> {
  if (!existsSync(wasm)) {
    const build = (await import(new URL('../../../workers/kernel/integer/build.mjs', import.meta.url).href)) as {
      buildIntegerKernels: () => Promise<string>;
    };
    await build.buildIntegerKernels();
  }
  return existsSync(wasm)
    ? ok(await loadIntegerKernels(new Uint8Array(await readFile(wasm))))
    : err('device/unsupported', { what: 'the kernels' });
}

/** The network on SIMD kernels. Errors: device/unsupported, device/memory. */
export async function kernelNetwork(network: IntGraph): Promise<Result<IntegerNetwork>> {
  const kernels = await integerKernels();
  return kernels.ok ? IntegerNetwork.create(kernels.value, network) : kernels;
}

/** What computes the linear nodes of a network that is being made; the same values as the reference. Error: device/unsupported. */
export async function linearEngine(): Promise<Result<LinearEngine>> {
  const kernels = await integerKernels();
  return kernels.ok ? ok(kernelEngine(kernels.value)) : kernels;
}

/** Whether the proof kernels are missing, or older than a file they are made of. */
async function proofKernelsStale(): Promise<boolean> {
  const built = await stat(threadsWasm).catch(() => undefined);
  if (built === undefined) return true;
  const assembly = new URL('assembly/', proofSources);
  const own = (await readdir(assembly)).filter((name) => name.endsWith('.ts')).map((name) => new URL(name, assembly));
  const sources = [...own, ...['build.mjs', 'generate.mjs'].map((name) => new URL(name, proofSources))];
  const times = await Promise.all(sources.map(async (source) => (await stat(source)).mtimeMs));
  return times.some((time) => time > built.mtimeMs);
}

/**
 * What `use` makes of the kernels of the transparent prover, which are opened for it and closed after it: their memory and their threads
 * are nobody else's, and a process that proves often must not keep them. Errors: device/unsupported, those of `use`.
 */
export async function withProofKernels<T>(
  say: (text: string) => void,
  use: (kernels: FastKernels) => Promise<Result<T>> | Result<T>,
): Promise<Result<T>> {
  const kernels = await proofKernels(say);
  if (!kernels.ok) return kernels;
  try {
    return await use(kernels.value);
  } finally {
    kernels.value.close();
  }
}

/**
 * The kernels of the transparent prover, for the caller to close; built into .cache when they are missing or stale (some seconds, once); `say` hears of it.
 * A build goes to a file of its own and then takes its place, so that two programs may build at once. Error: device/unsupported.
 */
export async function proofKernels(say: (text: string) => void): Promise<Result<FastKernels>> {
  if (await proofKernelsStale()) {
    say('Building the proof kernels, once …\n');
    const target = fileURLToPath(proofWasm);
    const draft = `${target}.${process.pid}.tmp`;
    try {
      await mkdir(dirname(target), { recursive: true });
      await promisify(execFile)(process.execPath, [fileURLToPath(new URL('build.mjs', proofSources)), draft]);
      await rename(`${draft}.threads.wasm`, fileURLToPath(threadsWasm));
      await rename(draft, target);
    } catch {
      for (const left of [draft, `${draft}.threads.wasm`]) await rm(left, { force: true });
      return err('device/unsupported', { what: 'the compiled kernels (node workers/kernel/build.mjs says why)' });
    }
  }
  return ok(
    await openKernels({ wasm: new Uint8Array(await readFile(threadsWasm)), threads: Math.min(MAX_THREADS, availableParallelism()) }),
  );
}
