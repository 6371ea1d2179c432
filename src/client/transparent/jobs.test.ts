import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { err, ok, type Result } from '../../base/index.ts';
import { codeOf } from '../../vault/testing/samples.ts';
import { memoryBudget } from '../probe.ts';
import { type FakeWorkers, fakeWorkers } from '../testing/workers.ts';
import { createTransparentJobs } from './jobs.ts';
import { type TransparentApi, type TransparentJobs, type TransparentProgress, type TransparentStage, transparentStages } from './types.ts';

const task = { network: new Uint8Array(9), input: new Float64Array(3) };
const times = Object.fromEntries(transparentStages.map((stage) => [stage, 10])) as Record<TransparentStage, number>;
const proved = { made: { file: {}, opening: {} }, proofBytes: 1, memoryBytes: 7, soundness: 101, times };
const pause = (ms: number) => new Promise((turn) => setTimeout(turn, ms));

let workers: FakeWorkers;
let jobs: TransparentJobs;
let budget = 0;
let answer: () => Promise<Result<never>>;
let atStage: (stage: TransparentStage) => void = () => undefined;
beforeEach(() => {
  answer = async () => ok(proved as never);
  atStage = () => undefined;
  const api: TransparentApi = {
    ping: () => undefined,
    prepare: async () => ok({ memoryBytes: 7, proofBytes: 1, soundness: 101, estimateMs: 4_000 }),
    verifyModel: async (network, text) => (text === 'wrong' ? err('proof/invalid') : ok({ took: network.length } as never)),
    async prove(_kind, _task, given, onProgress) {
      budget = given;
      for (const [i, stage] of transparentStages.entries()) {
        onProgress({ stage, fraction: i / 10, ...(i === 1 ? { estimateMs: 500 } : {}) });
        await pause(5);
        atStage(stage);
      }
      return answer();
    },
  };
  workers = fakeWorkers(api);
  jobs = createTransparentJobs(workers.spawn, () => 4);
});
afterEach(() => jobs.close());

describe('transparent jobs', () => {
  it('prove in a worker within this device’s memory, and tell the stages in order and the time left', async () => {
    const seen: TransparentProgress[] = [];
    const result = await jobs.prove('model', task, { onProgress: (progress) => seen.push(progress) }).result;
    expect(result).toEqual(ok(proved));
    expect(budget).toBe(2 ** 30);
    expect([...new Set(seen.map(({ stage }) => stage))]).toEqual(transparentStages);
    expect(seen.map(({ fraction }) => fraction)).toEqual(seen.map(({ fraction }) => fraction).sort((a, b) => a - b));
    expect(seen.every(({ msLeft }) => msLeft !== undefined)).toBe(true);
  });

  it('know what a proof will take, by what the last one of its program took', async () => {
    const before = await jobs.prepare('model', task).result;
    expect(before).toEqual(ok({ memoryBytes: 7, budget: 2 ** 30, proofBytes: 1, soundness: 101, estimateMs: 4_000 }));
    await jobs.prove('model', task).result;
    const after = await jobs.prepare('model', task).result;
    expect(after.ok && after.value.estimateMs).toBe(10 * (transparentStages.length - 1));
  });

  it.each(transparentStages)('cancelled in the stage “%s”, the worker is ended and the next job gets a new one', async (stage) => {
    const job = jobs.prove('model', task);
    atStage = (now) => now === stage && job.cancel();
    expect(codeOf(await job.result)).toBe('job/cancelled');
    expect(workers.counts).toEqual({ made: 1, ended: 1 });
    atStage = () => undefined;
    expect(codeOf(await jobs.prove('model', task).result)).toBe('ok');
    expect(workers.counts.made).toBe(2);
  });

  it('notice a worker that dies, and end one that has no memory left', async () => {
    atStage = (stage) => stage === 'commit' && workers.crash();
    answer = () => new Promise(() => undefined);
    expect(codeOf(await jobs.prove('model', task).result)).toBe('worker/died');
    atStage = () => undefined;
    answer = async () => err('device/memory');
    expect(codeOf(await jobs.prove('model', task).result)).toBe('device/memory');
    expect(workers.counts).toEqual({ made: 2, ended: 2 });
    answer = async () => err('prove/memory', { needed: 900, limit: 512 });
    expect(await jobs.prove('model', task).result).toEqual(err('prove/memory', { needed: 900, limit: 512 }));
    expect(workers.counts).toEqual({ made: 3, ended: 2 });
  });

  it('check a file in the worker', async () => {
    expect(await jobs.verifyModel(task.network, 'right').result).toEqual(ok({ took: 9 }));
    expect(codeOf(await jobs.verifyModel(task.network, 'wrong').result)).toBe('proof/invalid');
  });

  it('give a proof a quarter of what the device has, within bounds', () => {
    const gib = (n: number | undefined) => memoryBudget(n) / 2 ** 30;
    expect([undefined, 0.25, 1, 2, 4, 8].map(gib)).toEqual([0.5, 0.25, 0.25, 0.5, 1, 1.875]);
  });
});
