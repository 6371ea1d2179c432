// The inference thread: the float preview of a model, on the GPU where it answers rightly, else in WebAssembly. Tells nobody but the page.
import { expose } from 'comlink';
import type { InferenceApi } from '../src/client/index.ts';
import { testGpu } from './inference/gpu.ts';
import { guarded } from './shared/guarded.ts';

let gpu: ReturnType<typeof testGpu> | undefined;
const gpuState = () => {
  gpu ??= testGpu(navigator.gpu);
  return gpu;
};

const api: InferenceApi = {
  ping: () => undefined,
  gpu: gpuState,
  // The runtime is megabytes: loaded when the first preview is asked for, and only the build this device can use.
  preview: (job) =>
    guarded(async () => {
      const { preview } = await import('./inference/preview.ts');
      return preview(job, { gpu: await gpuState(), now: () => performance.now() });
    }),
};

expose(api);
