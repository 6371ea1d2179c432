import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { err, ok, type Result } from '../../src/base/index.ts';
import type { FinderBackend, FinderFiles, WebGpuState } from '../../src/client/index.ts';
import { DETECTOR_SIDE, MESH_SIDE } from '../../src/face/index.ts';
import type { Finder } from './pictures.ts';
import { answersRightly } from './probe.ts';

/** A backend whose first run takes longer than this has no use here: it compiles for seconds, or is a GPU made of software. */
const FIRST_RUN_MS = 4_000;

/** In this order: WebAssembly before WebGL, whose shaders take seconds to compile for networks that WebAssembly runs in 20 ms. */
const BACKENDS: readonly FinderBackend[] = ['webgpu', 'wasm', 'webgl', 'cpu'];

async function load(backend: FinderBackend): Promise<void> {
  if (backend === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  else if (backend === 'webgl') await import('@tensorflow/tfjs-backend-webgl');
  else if (backend === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  else await (await import('./wasm.ts')).registerWasm();
}

interface Graph {
  readonly modelTopology: object;
  readonly weightsManifest: readonly { readonly weights: tf.io.WeightsManifestEntry[] }[];
}

async function open(graph: Uint8Array, weights: Uint8Array<ArrayBuffer>): Promise<GraphModel> {
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(graph)) as Graph;
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  return loadGraphModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData: weights.slice().buffer }));
}

/**
 * The two networks on the first backend that passes its known-answer test and runs them in time. `gpu`: of the graphics
 * processor's own test. Errors: bundle/malformed, device/unsupported.
 */
export async function openFinder(files: FinderFiles, gpu: WebGpuState): Promise<Result<Finder>> {
  const began = performance.now();
  let right = false;
  for (const backend of BACKENDS) {
    if (backend === 'webgpu' && gpu !== 'right') continue;
    try {
      await load(backend);
      if (!(await tf.setBackend(backend)) || !(await answersRightly())) continue;
      right = true;
      const finder = await ready(files);
      if (finder !== undefined) return ok({ ...finder, backend, ms: performance.now() - began });
    } catch {
      // The next one.
    }
  }
  return right ? err('bundle/malformed', { what: 'the face finder' }) : err('device/unsupported', { what: 'WebAssembly or WebGL' });
}

async function ready(files: FinderFiles): Promise<Pick<Finder, 'detect' | 'trace'> | undefined> {
  const detector = await open(files.detectorGraph, files.detectorWeights);
  const mesh = await open(files.meshGraph, files.meshWeights);
  const detect = (square: Uint8Array) => run(detector, square, DETECTOR_SIDE, 127.5, 127.5);
  const trace = (square: Uint8Array) => run(mesh, square, MESH_SIDE, 0, 255);
  const began = performance.now();
  await detect(new Uint8Array(3 * DETECTOR_SIDE * DETECTOR_SIDE));
  await trace(new Uint8Array(3 * MESH_SIDE * MESH_SIDE));
  if (performance.now() - began <= FIRST_RUN_MS || tf.getBackend() === 'cpu') return { detect, trace };
  detector.dispose();
  mesh.dispose();
  return undefined;
}

async function run(model: GraphModel, square: Uint8Array, side: number, mean: number, std: number): Promise<Float32Array[]> {
  const input = Float32Array.from(square, (value) => (value - mean) / std);
  const outputs = tf.tidy(() => [model.execute(tf.tensor4d(input, [1, side, side, 3]))].flat());
  try {
    return await Promise.all(outputs.map(async (output) => Float32Array.from(await output.data())));
  } finally {
    tf.dispose(outputs);
  }
}
