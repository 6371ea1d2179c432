// The addresses of the worker entries, written so that the bundler finds them.

export const spawnProver = (): Worker =>
  new Worker(new URL('../../workers/prover.ts', import.meta.url), { type: 'module', name: 'prover' });

export const spawnInference = (): Worker =>
  new Worker(new URL('../../workers/inference.ts', import.meta.url), { type: 'module', name: 'inference' });

export const spawnCapture = (): Worker =>
  new Worker(new URL('../../workers/capture.ts', import.meta.url), { type: 'module', name: 'capture' });

export const spawnTransparent = (): Worker =>
  new Worker(new URL('../../workers/transparent.ts', import.meta.url), { type: 'module', name: 'transparent' });

export const spawnModels = (): Worker =>
  new Worker(new URL('../../workers/models.ts', import.meta.url), { type: 'module', name: 'models' });
