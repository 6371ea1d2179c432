// client: what the app talks to. The verifier's API, published files, the device check, jobs in the workers, the outbox, and
// the ledger of every byte sent. The single home of comlink (with workers/). Imports base, protocol, vault and the statements;
// app and embed may import it, and workers/ the types of contract.ts.

export type { CaptureSession, Likeness } from './capture.ts';
export { type ClientOptions, createClient } from './client.ts';
export type {
  CaptureApi,
  FinderBackend,
  FinderFiles,
  InferenceApi,
  Look,
  PreviewJob,
  ProverApi,
  ProverProgress,
  ProverTask,
  Shot,
} from './contract.ts';
export * from './faces/types.ts';
export type { WorkerLike } from './host.ts';
export { mayPass } from './http.ts';
export { createLedger } from './ledger.ts';
export * from './models/types.ts';
export * from './transparent/types.ts';
export * from './types.ts';
export { type AppUpdate, watchForUpdates } from './update.ts';
