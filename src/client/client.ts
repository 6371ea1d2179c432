import type { FileStore, Vault } from '../vault/index.ts';
import { createBundleLoader } from './bundles.ts';
import { openCapture } from './capture.ts';
import { createFaces } from './faces/faces.ts';
import type { WorkerLike } from './host.ts';
import { createHttp } from './http.ts';
import { createJobs } from './jobs.ts';
import { createLedger } from './ledger.ts';
import { createModels } from './models/models.ts';
import { createOutbox } from './outbox.ts';
import { createCreditProver } from './transparent/credit.ts';
import { createTransparentJobs } from './transparent/jobs.ts';
import type { Client } from './types.ts';
import { createVerifierClient } from './verifier.ts';
import { createWallet } from './wallet.ts';
import { spawnCapture, spawnInference, spawnModels, spawnProver, spawnTransparent } from './workers.ts';

export interface ClientOptions {
  readonly vault: Vault;
  readonly files: FileStore;
  /** Default: this page's. It is also the only verifier that is talked to. */
  readonly origin?: string;
  readonly fetch?: typeof fetch;
  /** Milliseconds since 1970; default Date.now. */
  readonly now?: () => number;
  /** Default: the entries of the same names in workers/. */
  readonly spawn?: {
    readonly prover: () => WorkerLike;
    readonly inference: () => WorkerLike;
    readonly transparent?: () => WorkerLike;
    readonly models?: () => WorkerLike;
    readonly capture?: () => WorkerLike;
  };
}

/** Everything the app does beyond the screen. One a page; `close` ends workers and timers (tests, hot reload). */
export function createClient({
  vault,
  files,
  origin = location.origin,
  fetch = (input, init) => globalThis.fetch(input, init),
  now = Date.now,
  spawn = { prover: spawnProver, inference: spawnInference },
}: ClientOptions): Client {
  const ledger = createLedger(now);
  const http = createHttp({ ledger, fetch, now, isOnline: () => globalThis.navigator?.onLine !== false });
  const bundles = createBundleLoader(http, files);
  const verifier = createVerifierClient({ http, bundles, vault, origin });
  const outbox = createOutbox({ vault, verifier, http, now, random: Math.random });
  const models = createModels({ http, spawn: spawn.models ?? spawnModels });
  const transparent = createTransparentJobs(spawn.transparent ?? spawnTransparent);
  const credit = createCreditProver({ http, bundles, jobs: transparent, held: () => vault.credentials.list() });
  const jobs = createJobs({ bundles, vault, spawn, credit });
  const faces = createFaces({
    http,
    vault,
    jobs: transparent,
    caches: globalThis.caches,
    origin,
    published: async () => (await import('virtual:face-files')).faceNetworks,
  });
  return {
    ledger,
    verifier,
    wallet: createWallet({ vault, verifier, bundles, http }),
    bundles,
    jobs,
    transparent,
    models,
    outbox,
    faces,
    capture: () =>
      openCapture({
        http,
        spawn: spawn.capture ?? spawnCapture,
        caches: globalThis.caches,
        files: async () => (await import('virtual:face-files')).faceFiles,
      }),
    now: http.now,
    close() {
      outbox.close();
      faces.close();
      jobs.close();
      transparent.close();
      models.close();
    },
  };
}
