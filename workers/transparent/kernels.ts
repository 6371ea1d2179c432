import { err, ok, type Result } from '../../src/base/index.ts';
import { type FastKernels, openKernels } from '../kernel/index.ts';

/** More threads than this wait for each other more than they work. */
const MAX_THREADS = 4;

let loaded: Promise<Result<FastKernels>> | undefined;

/**
 * Helper threads share memory, which a page may do only where it is cross-origin isolated. WebKitGTK (2.50) calls a page isolated and has
 * no SharedArrayBuffer all the same.
 */
const threadsHere = (): number =>
  globalThis.crossOriginIsolated && typeof SharedArrayBuffer === 'function' ? Math.min(MAX_THREADS, navigator.hardwareConcurrency) : 1;

async function open(threads: number): Promise<Result<FastKernels>> {
  const { default: url } = await (threads > 1
    ? import('../../.cache/kernel/proof.threads.wasm?url')
    : import('../../.cache/kernel/proof.wasm?url'));
  let wasm: ArrayBuffer;
  try {
    const answer = await fetch(url);
    if (!answer.ok) return err('bundle/download', { file: 'proof.wasm' });
    wasm = await answer.arrayBuffer();
  } catch {
    return err('bundle/download', { file: 'proof.wasm' });
  }
  try {
    return ok(await openKernels({ wasm, threads }));
  } catch (thrown) {
    // Compiled, but not on this device: its WebAssembly knows no SIMD.
    if (thrown instanceof WebAssembly.CompileError) return err('device/unsupported', { what: 'WebAssembly SIMD' });
    // Shared memory is reserved at its largest from the start; where that is refused, memory that grows may still be had.
    if (thrown instanceof RangeError && threads > 1) return open(1);
    throw thrown;
  }
}

/** The compiled kernels, once a worker. Errors: bundle/download, device/unsupported, device/memory (thrown, see guarded). */
export async function proofKernels(): Promise<Result<FastKernels>> {
  loaded ??= open(threadsHere());
  const kernels = await loaded.catch((thrown: unknown) => {
    loaded = undefined;
    throw thrown;
  });
  if (!kernels.ok) loaded = undefined; // a broken download must not stay for the worker's life
  return kernels;
}
