import { err, ok, type Result } from '../../src/base/index.ts';
import { type KernelModule, loadIntegerKernels } from '../kernel/integer/index.ts';

/** The compiled forward pass of integer networks. Errors: bundle/download, device/unsupported. */
export async function integerKernels(): Promise<Result<KernelModule>> {
  const { default: url } = await import('../../.cache/kernel/integer.wasm?url');
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const answer = await fetch(url);
    if (!answer.ok) return err('bundle/download', { file: 'integer.wasm' });
    bytes = new Uint8Array(await answer.arrayBuffer());
  } catch {
    return err('bundle/download', { file: 'integer.wasm' });
  }
  try {
    return ok(await loadIntegerKernels(bytes));
  } catch (thrown) {
    if (thrown instanceof WebAssembly.CompileError) return err('device/unsupported', { what: 'WebAssembly SIMD' });
    throw thrown;
  }
}
