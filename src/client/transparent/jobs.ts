import { proxy } from 'comlink';
import { ok, type Result } from '../../base/index.ts';
import { createHost, type WorkerLike } from '../host.ts';
import { startJob } from '../job.ts';
import { memoryBudget } from '../probe.ts';
import { createProgressMeter } from '../progress.ts';
import { keepAwake } from '../wake.ts';
import type { TransparentApi, TransparentJobs, TransparentReport, TransparentStage } from './types.ts';

/** Kernels and the last program stay this long for another proof; then all memory goes back. */
const IDLE_MS = 120_000;
const TICK_MS = 250;
/** Before anything is known about a program. */
const FIRST_GUESS_MS = 3_000;
/** The prover works in one piece and answers nothing meanwhile: silence counts as death only after so many times its estimate. */
const PATIENCE = 8;

/** `deviceMemory`: GiB as the browser tells it; default this browser's. */
export function createTransparentJobs(
  spawn: () => WorkerLike,
  deviceMemory: () => number | undefined = () => (globalThis.navigator as { deviceMemory?: number } | undefined)?.deviceMemory,
): TransparentJobs {
  const host = createHost<TransparentApi>({ spawn, idleMs: IDLE_MS });
  /** Milliseconds of the last proof of a program on this device, by its size in memory: better than any rule of thumb. */
  const measured = new Map<number, number>();

  return {
    prepare: (kind, about, { signal } = {}) =>
      startJob(signal, (stop) =>
        host.run(
          async (api) => {
            const plan = await (api.prepare(kind, about) as ReturnType<TransparentApi['prepare']>);
            if (!plan.ok) return plan;
            const estimateMs = measured.get(plan.value.memoryBytes) ?? plan.value.estimateMs;
            return ok({ ...plan.value, estimateMs, budget: memoryBudget(deviceMemory()) });
          },
          stop,
          () => 60_000,
        ),
      ),

    prove: (kind, task, { onProgress, signal } = {}) =>
      startJob(signal, async (stop) => {
        const release = keepAwake();
        const meter = createProgressMeter<TransparentStage>('read', FIRST_GUESS_MS, () => performance.now());
        let estimateMs = FIRST_GUESS_MS;
        const report = () => stop.aborted || onProgress?.(meter.read());
        const onReport = proxy(({ stage, fraction, estimateMs: now }: TransparentReport) => {
          if (now !== undefined) estimateMs = now;
          meter.work(stage, fraction, now);
          report();
        });
        const ticking = setInterval(report, TICK_MS);
        try {
          const proved = (await host.run(
            (api) => api.prove(kind, task, memoryBudget(deviceMemory()), onReport) as Promise<Result<never>>,
            stop,
            () => Math.max(20_000, PATIENCE * estimateMs),
          )) as Awaited<ReturnType<TransparentApi['prove']>>;
          if (proved.ok) {
            const { times, memoryBytes } = proved.value;
            measured.set(memoryBytes, Object.values(times).reduce((sum, ms) => sum + ms, 0) - times.read);
          }
          return proved as never;
        } finally {
          clearInterval(ticking);
          release();
        }
      }),

    verifyModel: (network, text, { signal } = {}) =>
      startJob(signal, (stop) =>
        host.run(
          (api) => api.verifyModel(network, text) as ReturnType<TransparentApi['verifyModel']>,
          stop,
          () => 60_000,
        ),
      ),

    close: () => host.close(),
  };
}
