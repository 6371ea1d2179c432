import { proxy, transfer } from 'comlink';
import { err, ok, type Result } from '../base/index.ts';
import type { AnyManifest } from '../protocol/index.ts';
import type { Vault } from '../vault/index.ts';
import type { InferenceApi, ProverApi } from './contract.ts';
import { createHost, type WorkerLike } from './host.ts';
import { startJob } from './job.ts';
import { gpuOr, hasSimd, hasThreads, missingParts, proofEstimate } from './probe.ts';
import { createProgressMeter } from './progress.ts';
import type { CreditProver } from './transparent/credit.ts';
import {
  type BundleLoader,
  type DeviceReport,
  type DownloadProgress,
  type Jobs,
  type NameIn,
  neededArtefacts,
  type ProofProgress,
  type ProofStage,
  previewArtefacts,
  proofArtefacts,
} from './types.ts';
import { keepAwake } from './wake.ts';

export interface JobsOptions {
  readonly bundles: BundleLoader;
  readonly vault: Pick<Vault, 'keepOpen'>;
  /** What answers requests for the transparent system. */
  readonly credit: CreditProver;
  readonly spawn: { readonly prover: () => WorkerLike; readonly inference: () => WorkerLike };
}

export interface RunningJobs extends Jobs {
  close(): void;
}

const BENCHMARK_MS = 400;
/** The prover holds parts of the witness until it ends, so it does not stay for long. */
const PROVER_IDLE_MS = 20_000;
const INFERENCE_IDLE_MS = 120_000;
const TICK_MS = 250;

export function createJobs({ bundles, vault, credit, spawn }: JobsOptions): RunningJobs {
  const prover = createHost<ProverApi>({ spawn: spawn.prover, idleMs: PROVER_IDLE_MS });
  const inference = createHost<InferenceApi>({ spawn: spawn.inference, idleMs: INFERENCE_IDLE_MS });
  let probed: Promise<Result<DeviceReport>> | undefined;
  /** Milliseconds of the last proof made here: better than any estimate. */
  let measuredMs: number | undefined;

  async function probe(): Promise<Result<DeviceReport>> {
    const problem = missingParts();
    const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
    const [gpu, rate] =
      problem === undefined
        ? await Promise.all([
            inference.run(async (api) => ok(await api.gpu())),
            prover.run(async (api) => ok(await api.benchmark(BENCHMARK_MS))),
          ])
        : [err('device/unsupported'), err('device/unsupported')];
    if (problem === undefined && !rate.ok) return rate;
    return ok({
      problem,
      cores,
      memory: (globalThis.navigator as { deviceMemory?: number } | undefined)?.deviceMemory,
      crossOriginIsolated: globalThis.crossOriginIsolated === true,
      simd: hasSimd(),
      threads: hasThreads(),
      webgpu: gpuOr(gpu),
      proofMs: rate.ok ? proofEstimate(rate.value, cores) : 0,
    });
  }

  /** Checked bytes of `names`, each on a buffer of its own that can be moved to a worker. */
  async function readAll<M extends AnyManifest, N extends NameIn<M>>(
    manifest: M,
    names: readonly N[],
  ): Promise<Result<Record<N, Uint8Array<ArrayBuffer>>>> {
    const files: Partial<Record<N, Uint8Array<ArrayBuffer>>> = {};
    for (const name of names) {
      const bytes = await bundles.read(manifest, name);
      if (!bytes.ok) return bytes;
      files[name] = bytes.value;
    }
    return ok(files as Record<N, Uint8Array<ArrayBuffer>>);
  }

  return {
    async probe() {
      probed ??= probe();
      const report = await probed;
      if (!report.ok) probed = undefined;
      return report;
    },

    startPreview: ({ manifest, request, credential, holder }, { onProgress, signal } = {}) =>
      startJob(signal, async (stop) => {
        // The proof's files too, before the result is known: fetched only after a pass, their absence would tell of a fail.
        const names = neededArtefacts(manifest);
        const missing = await bundles.missing(manifest, names);
        if (!missing.ok) return missing;
        const onBytes = (progress: DownloadProgress) => stop.aborted || onProgress?.(progress);
        const present = await bundles.ensure(manifest, names, { signal: stop, ...(missing.value > 0 && { onProgress: onBytes }) });
        if (!present.ok) return present;
        const ready =
          manifest.system === 'transparent' ? await credit.prepare({ manifest, request, credential, holder }, stop) : ok(undefined);
        if (!ready.ok) return ready;
        const files = await readAll(manifest, previewArtefacts);
        if (!files.ok) return files;
        const task = { manifest, request, credential, files: files.value };
        return inference.run((api) => api.preview(transfer(task, buffers(files.value))), stop);
      }),

    startProof: ({ manifest, request, credential, holder }, { onProgress, signal } = {}) =>
      startJob(signal, async (stop) => {
        const release = [vault.keepOpen(), keepAwake()];
        if (manifest.system === 'transparent') {
          const told = (progress: ProofProgress) => stop.aborted || onProgress?.(progress);
          return credit.prove({ manifest, request, credential, holder }, stop, told).finally(() => {
            for (const each of release) each();
          });
        }
        const known = await probed;
        const meter = createProgressMeter<ProofStage>('witness', measuredMs ?? (known?.ok === true ? known.value.proofMs : 5_000), () =>
          performance.now(),
        );
        const report = () => stop.aborted || onProgress?.(meter.read());
        const ticking = setInterval(report, TICK_MS);
        try {
          const missing = await bundles.missing(manifest, proofArtefacts);
          if (!missing.ok) return missing;
          const onBytes = ({ bytes, total }: { bytes: number; total: number }) => {
            meter.download(bytes, total);
            report();
          };
          const present = await bundles.ensure(manifest, proofArtefacts, {
            signal: stop,
            ...(missing.value > 0 && { onProgress: onBytes }),
          });
          if (!present.ok) return present;
          const files = await readAll(manifest, proofArtefacts);
          if (!files.ok) return files;
          const task = { manifest, request, credential, holder, files: files.value };
          const onWork = proxy(({ stage, fraction }: Parameters<Parameters<ProverApi['prove']>[1]>[0]) => {
            meter.work(stage, fraction);
            report();
          });
          const proved = await prover.run((api) => api.prove(transfer(task, buffers(files.value)), onWork), stop);
          if (proved.ok) measuredMs = proved.value.times.witness + proved.value.times.prove + proved.value.times.check;
          return proved;
        } finally {
          clearInterval(ticking);
          for (const each of release) each();
        }
      }),

    close() {
      prover.close();
      inference.close();
    },
  };
}

const buffers = (files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): ArrayBuffer[] =>
  Object.values(files).map(({ buffer }) => buffer);
