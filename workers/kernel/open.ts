import { invariant } from '../../src/base/index.ts';
import { MAX_THREADS } from '../../src/field/index.ts';
import { Crew, type HelperJob, type StartHelper } from './crew.ts';
import type { Exports } from './exports.ts';
import { FastKernels } from './fast.ts';

/**
 * The most pages of 64 KiB that memory may grow to: 2 GiB, beyond which a pointer is negative to JavaScript. Shared memory is reserved
 * whole, so a machine that refuses so much is asked for half.
 */
const PAGES = [32767, 16384] as const;

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
  const link = async (shared: boolean) => {
    const { memory, pages } = reserve(shared);
    const instance = await WebAssembly.instantiate(module, { env: { memory, abort: () => invariant(false, 'kernel: abort') } });
    return { memory, pages, exports: instance.exports as unknown as Exports };
  };
  const single = await link(false).catch((thrown) => {
    if (thrown instanceof WebAssembly.LinkError) return undefined;
    throw thrown;
  });
  if (single !== undefined) return new FastKernels(single.exports, single.memory, single.pages);
  // A build for threads: its memory has to be shared, even with one thread.
  const { memory, pages, exports } = await link(true);
  const crew = threads > 1 ? await Crew.start(module, memory, Math.min(threads, MAX_THREADS) - 1, startHelper) : undefined;
  return new FastKernels(exports, memory, pages, crew);
}

function reserve(shared: boolean): { readonly memory: WebAssembly.Memory; readonly pages: number } {
  const [most, less] = PAGES;
  const memoryOf = (maximum: number) => ({ memory: new WebAssembly.Memory({ initial: 16, maximum, shared }), pages: maximum });
  try {
    return memoryOf(most);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    return memoryOf(less);
  }
}

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
