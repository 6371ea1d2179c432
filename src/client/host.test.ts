import { afterEach, describe, expect, it, vi } from 'vitest';
import { err, ok } from '../base/index.ts';
import { codeOf } from '../vault/testing/samples.ts';
import { createHost, type Host } from './host.ts';
import { type FakeWorkers, fakeWorkers } from './testing/workers.ts';

const pause = (ms: number) => new Promise((turn) => setTimeout(turn, ms));
interface Api {
  ping(): void;
  add(a: number, b: number): number;
  slow(ms: number): Promise<string>;
  broken(): never;
}
let order: string[] = [];
const api: Api = {
  ping: () => undefined,
  add: (a, b) => a + b,
  async slow(ms) {
    order.push(`begin ${ms}`);
    await pause(ms);
    order.push(`end ${ms}`);
    return 'done';
  },
  broken() {
    throw new Error('secret: 42');
  },
};
let host: Host<Api>;
let workers: FakeWorkers;
const make = (options: { idleMs?: number; beatMs?: number; missedBeats?: number } = {}) => {
  order = [];
  workers = fakeWorkers(api);
  host = createHost<Api>({ spawn: workers.spawn, idleMs: 10_000, ...options });
};
afterEach(() => {
  host.close();
  vi.unstubAllGlobals();
});

describe('a worker’s host', () => {
  it('starts one worker when it is needed, and runs one job after another', async () => {
    make();
    expect(workers.counts.made).toBe(0);
    const jobs = [50, 10].map((ms) => host.run(async (worker) => ok(await worker.slow(ms))));
    expect(await Promise.all(jobs)).toEqual([ok('done'), ok('done')]);
    expect(order).toEqual(['begin 50', 'end 50', 'begin 10', 'end 10']);
    expect(await host.run(async (worker) => ok(await worker.add(2, 3)))).toEqual(ok(5));
    expect(workers.counts).toEqual({ made: 1, ended: 0 });
  });

  it('cancelling ends the worker at once, and the next job gets a new one', async () => {
    make();
    const stop = new AbortController();
    const job = host.run(async (worker) => ok(await worker.slow(5_000)), stop.signal);
    const next = host.run(async (worker) => ok(await worker.add(1, 1)));
    await pause(20);
    const asked = performance.now();
    stop.abort();
    expect(codeOf(await job)).toBe('job/cancelled');
    expect(performance.now() - asked).toBeLessThan(1_000);
    expect(await next).toEqual(ok(2));
    expect(workers.counts).toEqual({ made: 2, ended: 1 });
    expect(codeOf(await host.run(async () => ok(1), AbortSignal.abort()))).toBe('job/cancelled');
    expect(workers.counts.made).toBe(2);
  });

  it('says so when the worker breaks, and starts another', async () => {
    make();
    const job = host.run(async (worker) => ok(await worker.slow(5_000)));
    await pause(20);
    workers.crash();
    expect(codeOf(await job)).toBe('worker/died');
    expect(await host.run(async (worker) => ok(await worker.add(1, 1)))).toEqual(ok(2));
    expect(workers.counts).toEqual({ made: 2, ended: 1 });
  });

  it('notices a worker that is silently gone by its missing answers', async () => {
    make({ beatMs: 10, missedBeats: 5 });
    const alive = host.run(async (worker) => ok(await worker.slow(300)));
    expect(await alive).toEqual(ok('done'));
    const job = host.run(async (worker) => ok(await worker.slow(60_000)));
    await pause(20);
    workers.silence();
    expect(codeOf(await job)).toBe('worker/died');
  });

  it('waits longer for a worker that computes in one piece, as long as it was told to', async () => {
    make({ beatMs: 10, missedBeats: 2 });
    let patience = 60_000;
    const job = host.run(
      async (worker) => ok(await worker.slow(60_000)),
      undefined,
      () => patience,
    );
    await pause(20);
    workers.silence();
    const first = await Promise.race([job, pause(200).then(() => 'waits')]);
    expect(first).toBe('waits');
    patience = 0;
    expect(codeOf(await job)).toBe('worker/died');
  });

  it('asks at once when the page comes back', async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
    vi.stubGlobal('document', page);
    const turned = () => page.dispatchEvent(new Event('visibilitychange'));
    make({ beatMs: 1_000_000, missedBeats: 2 });
    const job = host.run(async (worker) => ok(await worker.slow(60_000)));
    await pause(20);
    workers.silence();
    for (let look = 0; look < 3; look++) turned();
    expect(await Promise.race([job, pause(50).then(() => 'waits')])).toBe('waits');
    page.visibilityState = 'visible';
    for (let look = 0; look < 3; look++) turned();
    expect(codeOf(await job)).toBe('worker/died');
  });

  it('closed at work, cancels what runs and what waits, asks a gone worker nothing, and takes the next job', async () => {
    make({ beatMs: 5 });
    const jobs = [5_000, 10].map((ms) => host.run(async (worker) => ok(await worker.slow(ms))));
    await pause(20);
    host.close();
    const next = host.run(async (worker) => ok(await worker.add(1, 1)));
    expect((await Promise.all(jobs)).map(codeOf)).toEqual(['job/cancelled', 'job/cancelled']);
    expect(await next).toEqual(ok(2));
    expect(order).toEqual(['begin 5000']);
    expect(workers.counts).toEqual({ made: 2, ended: 1 });
    await pause(50);
  });

  it('passes results on, ends a worker that ran out of memory, and lets no thrown text through', async () => {
    make();
    expect(await host.run(async () => err('policy/not-met'))).toEqual(err('policy/not-met'));
    expect(workers.counts.ended).toBe(0);
    expect(await host.run(async (worker) => ok(await worker.broken()))).toEqual(err('internal/error'));
    expect(await host.run(async () => err('device/memory'))).toEqual(err('device/memory'));
    expect(workers.counts).toEqual({ made: 2, ended: 2 });
  });

  it('ends an idle worker', async () => {
    make({ idleMs: 30 });
    await host.run(async (worker) => ok(await worker.add(1, 1)));
    await vi.waitFor(() => expect(workers.counts.ended).toBe(1), { timeout: 20_000 });
  });
});
