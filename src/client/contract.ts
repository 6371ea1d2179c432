import type { Result } from '../base/index.ts';
import type { BundleManifest, Credential, HolderSecret, ProofRequest } from '../protocol/index.ts';
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
  readonly manifest: BundleManifest;
  readonly request: ProofRequest;
  readonly credential: Credential;
  readonly files: Files<typeof previewArtefacts>;
}

export interface InferenceApi extends Alive {
  /** Known-answer test of the GPU, without any download. */
  gpu(): Promise<WebGpuState>;
  preview(job: PreviewJob): Promise<Result<Preview>>;
}
