import { err, ok, type Result } from '../../src/base/index.ts';
import type { Kernels } from '../../src/field/index.ts';
import { loadKernels } from '../kernel/index.ts';

let loaded: Promise<Result<Kernels>> | undefined;

async function load(): Promise<Result<Kernels>> {
  const { default: url } = await import('../../.cache/kernel/proof.wasm?url');
  let bytes: ArrayBuffer;
  try {
    const answer = await fetch(url);
    if (!answer.ok) return err('bundle/download', { file: 'proof.wasm' });
    bytes = await answer.arrayBuffer();
  } catch {
    return err('bundle/download', { file: 'proof.wasm' });
  }
  try {
    return ok(await loadKernels(bytes));
  } catch (thrown) {
    // Compiled, but not on this device: its WebAssembly knows no SIMD.
    if (thrown instanceof WebAssembly.CompileError) return err('device/unsupported', { what: 'WebAssembly SIMD' });
    throw thrown;
  }
}

/** The compiled kernels, once a worker. Errors: bundle/download, device/unsupported, device/memory (thrown, see guarded). */
export async function proofKernels(): Promise<Result<Kernels>> {
  loaded ??= load();
  const kernels = await loaded.catch((thrown: unknown) => {
    loaded = undefined;
    throw thrown;
  });
  if (!kernels.ok) loaded = undefined; // a broken download must not stay for the worker's life
  return kernels;
}
