import type { Result } from '../../base/index.ts';

/** A compiled model: the exact integer network, and the float network it was made from. */
export interface ModelFiles {
  /** network.bin: its SHA-256 is the model's name. */
  readonly network: Uint8Array<ArrayBuffer>;
  /** ONNX, only for comparing: it is in no proof. */
  readonly float?: Uint8Array<ArrayBuffer>;
}

export interface OpenedModel {
  /** SHA-256 of the network, lower-case hex. */
  readonly model: string;
  readonly inputShape: readonly number[];
  /** What one step of the input stands for where all of it has one scale. */
  readonly outputShapes: readonly (readonly number[])[];
}

/** One output, row-major. */
export interface ModelOutput {
  readonly shape: readonly number[];
  /** What is proven. */
  readonly integers: readonly number[];
  /** The real numbers that the integers stand for. */
  readonly values: readonly number[];
  /** What one step of each integer stands for. */
  readonly steps: readonly number[];
  /** What the float network says; absent where there is none. */
  readonly float: readonly number[] | undefined;
}

/** Compiled models, run as they are proven and as they were trained. Nothing of an input leaves the worker it is run in. */
export interface Models {
  /** The shipped digit net, checked against its hash. Errors: bundle/download, bundle/hash-mismatch, bundle/missing (offline). */
  digits(): Promise<Result<ModelFiles>>;
  /** Makes a model the one that `run` runs. Errors: those of the importers and of decodeIntGraph, model/input. */
  open(files: ModelFiles): Promise<Result<OpenedModel>>;
  /** Errors: model/input, model/out-of-range, worker/died, device/memory. */
  run(input: Float64Array<ArrayBuffer>): Promise<Result<readonly ModelOutput[]>>;
  close(): void;
}

/** What the worker answers; plain data over Comlink. */
export interface ModelsApi {
  ping(): void;
  open(files: ModelFiles): Promise<Result<OpenedModel>>;
  run(input: Float64Array<ArrayBuffer>): Promise<Result<readonly ModelOutput[]>>;
}
