// client: what the app talks to. The verifier's API, published files, the device check, jobs in the workers, the outbox, and
// the ledger of every byte sent. The single home of comlink (with workers/). Imports base, protocol, vault and the statements;
// app and embed may import it, and workers/ the types of contract.ts.

export { type ClientOptions, createClient } from './client.ts';
export type { InferenceApi, PreviewJob, ProverApi, ProverProgress, ProverTask } from './contract.ts';
export type { WorkerLike } from './host.ts';
export { mayPass } from './http.ts';
export { createLedger } from './ledger.ts';
export * from './transparent/types.ts';
export * from './types.ts';
export { type AppUpdate, watchForUpdates } from './update.ts';
