import { transfer } from 'comlink';
import { ok, type Result } from '../base/index.ts';
import type { CaptureApi, FinderBackend, Look, Shot } from './contract.ts';
import { type Caches, loadFiles, type PublishedFile } from './faceFiles.ts';
import { createHost, type WorkerLike } from './host.ts';
import type { Http } from './http.ts';
import type { DownloadProgress } from './types.ts';

export interface CaptureOptions {
  readonly http: Http;
  readonly spawn: () => WorkerLike;
  readonly caches: Caches | undefined;
  /** What the build says about the face models. */
  readonly files: () => Promise<Readonly<Record<keyof typeof roles, PublishedFile>>>;
}

const roles = { detectorGraph: 1, detectorWeights: 1, meshGraph: 1, meshWeights: 1, embedder: 1 } as const;

export interface Likeness {
  /** Cosine of the float network's embeddings, -1 to 1. */
  readonly similarity: number;
  readonly backend: 'webgpu' | 'wasm';
  readonly ms: number;
}

/** One stay at the camera. Its pictures live in its worker and end with it. Every call: worker/died, device/memory, job/cancelled. */
export interface CaptureSession {
  /**
   * Loads what finds faces and makes it ready; the embedding network follows by itself. Errors: bundle/*, device/unsupported.
   */
  open(options?: {
    readonly onProgress?: (progress: DownloadProgress) => void;
    readonly signal?: AbortSignal;
  }): Promise<Result<{ readonly backend: FinderBackend; readonly ms: number }>>;
  /** The picture is moved to the worker and closed there. `now`: milliseconds, monotonic. */
  look(picture: ImageBitmap, now: number): Promise<Result<Look>>;
  /** Takes a picture, or a file with one. Errors: photo/*. */
  shoot(picture: ImageBitmap | Blob): Promise<Result<Shot>>;
  /** Waits for the embedding network where it is still loading. Errors: bundle/*. */
  compare(a: number, b: number): Promise<Result<Likeness>>;
  /** How alike a picture is to an enrolled template. Errors: bundle/*. */
  resemble(id: number, template: readonly number[]): Promise<Result<Likeness>>;
  /** The exact frame of a picture, for the prover's worker. */
  frame(id: number): Promise<Result<Uint8Array<ArrayBuffer>>>;
  forget(id: number): Promise<void>;
  /** Ends the worker and with it every pixel. */
  close(): void;
}

/** Not ended while pictures may be in it: the session's `close` does that. */
const IDLE_MS = 30 * 60_000;

export function openCapture({ http, spawn, caches, files }: CaptureOptions): CaptureSession {
  const host = createHost<CaptureApi>({ spawn, idleMs: IDLE_MS });
  const stop = new AbortController();
  let embedder: Promise<Result<void>> | undefined;

  async function loadEmbedder(): Promise<Result<void>> {
    const { embedder: file } = await files();
    const loaded = await loadFiles({ embedder: file }, { http, caches, signal: stop.signal });
    if (!loaded.ok) return loaded;
    const model = loaded.value.embedder;
    return host.run((api) => api.openEmbedder(transfer(model, [model.buffer])), stop.signal);
  }

  /** Once; a failed load is tried again when it is asked for again. */
  const embedderReady = async (): Promise<Result<void>> => {
    embedder ??= loadEmbedder();
    const ready = await embedder;
    if (!ready.ok) embedder = undefined;
    return ready;
  };

  return {
    async open({ onProgress, signal } = {}) {
      const joined = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
      const { embedder: _, ...finder } = await files();
      const loaded = await loadFiles(finder, { http, caches, signal: joined, onProgress });
      if (!loaded.ok) return loaded;
      const opened = await host.run((api) => api.open(loaded.value), joined);
      if (opened.ok) void embedderReady();
      return opened;
    },
    look: (picture, now) => host.run((api) => api.look(transfer(picture, [picture]), now), stop.signal),
    shoot: (picture) => host.run((api) => api.shoot(picture instanceof Blob ? picture : transfer(picture, [picture])), stop.signal),
    async compare(a, b) {
      const ready = await embedderReady();
      return ready.ok ? host.run((api) => api.compare(a, b), stop.signal) : ready;
    },
    async resemble(id, template) {
      const ready = await embedderReady();
      return ready.ok ? host.run((api) => api.resemble(id, template), stop.signal) : ready;
    },
    frame: (id) => host.run((api) => api.frame(id), stop.signal),
    async forget(id) {
      await host.run(async (api) => ok(await api.forget(id)), stop.signal);
    },
    close() {
      stop.abort();
      host.close();
    },
  };
}
