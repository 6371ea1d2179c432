import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { env } from '@tensorflow/tfjs-core';

/** Registers tfjs' WebAssembly backend with the files that the bundler emitted. */
export async function registerWasm(): Promise<void> {
  // Its threads start from a script in a blob, and these networks take 20 ms on one.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const at = (path: string): string => new URL(path, self.location.href).href;
  setWasmPaths({
    'tfjs-backend-wasm.wasm': at(plain),
    'tfjs-backend-wasm-simd.wasm': at(simd),
    // Never asked for, but a place is wanted for it.
    'tfjs-backend-wasm-threaded-simd.wasm': at(simd),
  });
}
