import type { Result } from '../base/index.ts';
import type { Guidance, Measures } from '../face/index.ts';
import type { AnyManifest, BundleManifest, Credential, HolderSecret, ProofRequest } from '../protocol/index.ts';
import type { Preview, Proved, previewArtefacts, proofArtefacts, WebGpuState } from './types.ts';

// What crosses between the page and the workers: plain data only. workers/ implements these, client/ calls them over Comlink.

type Files<Names extends readonly string[]> = Readonly<Record<Names[number], Uint8Array<ArrayBuffer>>>;

/** Every worker answers at once, however busy: silence means that it is gone. */
export interface Alive {
  ping(): void;
}

export interface ProverTask {
  readonly manifest: BundleManifest;
  readonly request: ProofRequest;
  readonly credential: Credential;
  readonly holder: HolderSecret;
  /** Checked against the manifest's hashes by the loader; moved, not copied. */
  readonly files: Files<typeof proofArtefacts>;
}

export interface ProverProgress {
  readonly stage: 'witness' | 'prove' | 'check';
  /** 0 to 1 of the worker's whole work. */
  readonly fraction: number;
}

export interface ProverApi extends Alive {
  /** 64-bit multiplications a second on one thread, in millions; takes at most `ms` milliseconds. */
  benchmark(ms: number): Promise<number>;
  prove(task: ProverTask, onProgress: (progress: ProverProgress) => void): Promise<Result<Proved>>;
}

export interface PreviewJob {
  readonly manifest: AnyManifest;
  readonly request: ProofRequest;
  readonly credential: Credential;
  readonly files: Files<typeof previewArtefacts>;
}

export interface InferenceApi extends Alive {
  /** Known-answer test of the GPU, without any download. */
  gpu(): Promise<WebGpuState>;
  preview(job: PreviewJob): Promise<Result<Preview>>;
}

/** The published files of the two networks that find a face; read by whoever loads them. */
export interface FinderFiles {
  /** TF.js graph models: the JSON and its weights. */
  readonly detectorGraph: Uint8Array<ArrayBuffer>;
  readonly detectorWeights: Uint8Array<ArrayBuffer>;
  readonly meshGraph: Uint8Array<ArrayBuffer>;
  readonly meshWeights: Uint8Array<ArrayBuffer>;
}

/** What a look at the camera told. Numbers and a word, no pixels. */
export interface Look {
  readonly said: Guidance;
  readonly measures: Measures;
  /** Milliseconds the look took in the worker. */
  readonly ms: number;
}

/** A picture that was taken. Its pixels, its frame and its embedding stay in the worker, under `id`, until they are forgotten. */
export interface Shot extends Look {
  readonly id: number;
}

export type FinderBackend = 'webgpu' | 'wasm' | 'webgl' | 'cpu';

export interface CaptureApi extends Alive {
  /** Makes the networks ready on the first backend that gives right answers. Errors: bundle/malformed, device/unsupported. */
  open(files: FinderFiles): Promise<Result<{ readonly backend: FinderBackend; readonly ms: number }>>;
  /** The embedding network (ONNX), ready beside the others. Errors: bundle/malformed. */
  openEmbedder(model: Uint8Array<ArrayBuffer>): Promise<Result<void>>;
  /** A look at one picture of a stream at `now` (milliseconds); the picture is closed. Errors: photo/unreadable. */
  look(picture: ImageBitmap, now: number): Promise<Result<Look>>;
  /** Keeps a picture for later. Errors: photo/unreadable, photo/no-face, photo/several-faces, photo/lifeless. */
  shoot(picture: ImageBitmap | Blob): Promise<Result<Shot>>;
  /** How alike two pictures are to the float network, -1 to 1. Errors: device/unsupported before `openEmbedder`. */
  compare(a: number, b: number): Promise<Result<{ readonly similarity: number; readonly backend: 'webgpu' | 'wasm'; readonly ms: number }>>;
  /** How alike a picture is to an enrolled template, to the float network; the template is not kept. Errors: as compare. */
  resemble(
    id: number,
    template: readonly number[],
  ): Promise<Result<{ readonly similarity: number; readonly backend: 'webgpu' | 'wasm'; readonly ms: number }>>;
  /** The exact frame of a picture, for a proof: red, green and blue, row by row. Errors: photo/unreadable when it is not kept. */
  frame(id: number): Promise<Result<Uint8Array<ArrayBuffer>>>;
  /** Forgets a picture, or all of them. */
  forget(id?: number): void;
}
