import { invariant } from '../../src/base/index.ts';
import { Crew, type HelperJob, type StartHelper } from './crew.ts';
import type { Exports } from './exports.ts';
import { FastKernels, MAX_PAGES } from './fast.ts';

export interface OpenKernels {
  /** kernel.wasm, or kernel.threads.wasm where `threads` > 1. */
  readonly wasm: BufferSource;
  /** Threads in all, this one included; 1 by default. More need shared memory (a cross-origin isolated page, or Node). */
  readonly threads?: number;
  /** How a helper thread starts; by default a module worker, in Node a worker thread. */
  readonly startHelper?: StartHelper;
}

/**
 * The kernels with as many threads as are asked for and can be had; results are the same bit for bit with any number. Made once a
 * worker, for any number of jobs; `close` ends the helper threads, which also end with their owner.
 */
export async function openKernels({ wasm, threads = 1, startHelper = startDefault }: OpenKernels): Promise<FastKernels> {
  const module = await WebAssembly.compile(wasm);
  const link = async (shared: boolean): Promise<{ readonly memory: WebAssembly.Memory; readonly exports: Exports }> => {
    const memory = new WebAssembly.Memory({ initial: 16, maximum: MAX_PAGES, shared });
    const instance = await WebAssembly.instantiate(module, { env: { memory, abort: () => invariant(false, 'kernel: abort') } });
    return { memory, exports: instance.exports as unknown as Exports };
  };
  const single = await link(false).catch((thrown) => {
    if (thrown instanceof WebAssembly.LinkError) return undefined;
    throw thrown;
  });
  if (single !== undefined) return new FastKernels(single.exports, single.memory);
  // A build for threads: its memory has to be shared, even with one thread.
  const { memory, exports } = await link(true);
  const crew = threads > 1 ? await Crew.start(module, memory, Math.min(threads, MAX_THREADS) - 1, startHelper) : undefined;
  return new FastKernels(exports, memory, crew);
}

/** Scratch in the module is for so many (assembly/hash.ts). */
const MAX_THREADS = 8;

interface NodeThread {
  unref(): void;
  postMessage(message: HelperJob): void;
  terminate(): unknown;
}

async function startDefault(job: HelperJob): Promise<{ end(): void }> {
  if (typeof Worker === 'undefined') {
    // Node; a name that bundlers for the browser leave alone.
    const node = 'node:worker_threads';
    const threads = (await import(/* @vite-ignore */ node)) as { readonly Worker: new (url: URL) => NodeThread };
    const worker = new threads.Worker(new URL(/* @vite-ignore */ './helperNode.mjs', import.meta.url));
    worker.unref();
    worker.postMessage(job);
    return { end: () => void worker.terminate() };
  }
  const worker = new Worker(new URL('./helper.mjs', import.meta.url), { type: 'module' });
  worker.postMessage(job);
  return { end: () => worker.terminate() };
}

/** The kernels on one thread. */
export const loadKernels = (wasm: BufferSource): Promise<FastKernels> => openKernels({ wasm });
