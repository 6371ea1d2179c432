import type * as Ort from 'onnxruntime-web/wasm';

// onnxruntime-web comes in builds that differ by megabytes, and a device needs one: `jspi` (WebGPU and WebAssembly, where
// WebAssembly can wait for promises) or `wasm`. Measured, brotli: jspi 3.0 MB, wasm 2.7 MB; the build that does both everywhere
// (asyncify) is 4.6 MB.

export type Backend = 'webgpu' | 'wasm';
type Runtime = Pick<typeof Ort, 'env' | 'InferenceSession' | 'Tensor'>;

export interface LoadedRuntime {
  readonly ort: Runtime;
  /** What this build can run on. */
  readonly backends: readonly Backend[];
}

/** WebAssembly JavaScript Promise Integration. */
const hasJspi = (): boolean => 'Suspending' in WebAssembly;

async function load(backend: Backend): Promise<LoadedRuntime> {
  const [ort, wasm] =
    backend === 'webgpu'
      ? await Promise.all([import('onnxruntime-web/jspi'), import('onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url')])
      : await Promise.all([import('onnxruntime-web/wasm'), import('onnxruntime-web/ort-wasm-simd-threaded.wasm?url')]);
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm.default, self.location.href).href };
  // These models are far too small for threads, and without them the runtime starts no worker of its own.
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return { ort, backends: backend === 'webgpu' ? ['webgpu', 'wasm'] : ['wasm'] };
}

let loaded: Promise<LoadedRuntime> | undefined;

/** Loads one build, once. `gpuIsRight`: the GPU passed its known-answer test. */
export function loadRuntime(gpuIsRight: boolean): Promise<LoadedRuntime> {
  loaded ??= load(gpuIsRight && hasJspi() ? 'webgpu' : 'wasm').catch((error: unknown) => {
    loaded = undefined; // a broken download must not stay for the worker's life
    throw error;
  });
  return loaded;
}
