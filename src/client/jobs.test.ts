import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { err, ok, type Result } from '../base/index.ts';
import { openFiles } from '../vault/index.ts';
import { codeOf, credential, must, proof, request } from '../vault/testing/samples.ts';
import { createBundleLoader } from './bundles.ts';
import type { InferenceApi, ProverApi, ProverTask } from './contract.ts';
import { createJobs, type RunningJobs } from './jobs.ts';
import { type Network, network, serveBundle, testBundle } from './testing/fakes.ts';
import { type FakeWorkers, fakeWorkers } from './testing/workers.ts';
import { type DownloadProgress, type ProofProgress, type Proved, previewArtefacts, proofArtefacts } from './types.ts';

const published = testBundle();
const { manifest } = published;
const proved: Proved = { proof, nullifier: '0a'.repeat(32), times: { witness: 1, prove: 2, check: 3 } };
const task = { manifest, request: request(), credential: credential().credential, holder: credential().holder };
const pause = (ms: number) => new Promise((turn) => setTimeout(turn, ms));

let net: Network;
let jobs: RunningJobs;
let prover: FakeWorkers;
let inference: FakeWorkers;
let held = 0;
let got: ProverTask | undefined;
let answer: () => Promise<Result<Proved>>;
let onBegin: () => void = () => undefined;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  net = network();
  serveBundle(net, published);
  answer = async () => ok(proved);
  held = 0;
  const proverApi: ProverApi = {
    ping: () => undefined,
    benchmark: async () => 1_500,
    async prove(given, onProgress) {
      got = given;
      onBegin();
      onProgress({ stage: 'witness', fraction: 0 });
      onProgress({ stage: 'prove', fraction: 0.5 });
      await pause(10);
      return answer();
    },
  };
  const inferenceApi: InferenceApi = {
    ping: () => undefined,
    gpu: async () => 'wrong-answer',
    preview: async ({ files }) => ok({ outcome: 'pass', score: files.preview.length, backend: 'wasm', runMs: 1, loadMs: 1 }),
  };
  prover = fakeWorkers(proverApi);
  inference = fakeWorkers(inferenceApi);
  const bundles = createBundleLoader(net.http, must(await openFiles()));
  const keepOpen = () => {
    held++;
    return () => {
      held--;
    };
  };
  jobs = createJobs({ bundles, vault: { keepOpen }, spawn: { prover: prover.spawn, inference: inference.spawn } });
});
afterEach(() => jobs.close());

describe('jobs', () => {
  it('prove: fetch what is missing, hand checked files over, report stages in order, keep the wallet open meanwhile', async () => {
    const seen: ProofProgress[] = [];
    answer = async () => {
      expect(held).toBe(1);
      return ok(proved);
    };
    expect(await jobs.startProof(task, { onProgress: (progress) => seen.push(progress) }).result).toEqual(ok(proved));
    expect(held).toBe(0);
    expect([...new Set(seen.map(({ stage }) => stage))]).toEqual(['download', 'witness', 'prove']);
    expect(seen.map(({ fraction }) => fraction)).toEqual(seen.map(({ fraction }) => fraction).sort((a, b) => a - b));
    expect(got?.files.zkey.length).toBe(manifest.artefacts.zkey.bytes);
    expect(got?.holder).toEqual(task.holder);
    const again: ProofProgress[] = [];
    must(await jobs.startProof(task, { onProgress: (progress) => again.push(progress) }).result);
    expect(again.map(({ stage }) => stage)).not.toContain('download');
  });

  it('stop for good when cancelled: by the job, by a signal, before they begin', async () => {
    answer = () => new Promise(() => undefined);
    const stop = new AbortController();
    for (const cancel of [(job: { cancel(): void }) => job.cancel(), () => stop.abort()]) {
      const began = new Promise<void>((begin) => {
        onBegin = begin;
      });
      const job = jobs.startProof(task, { signal: stop.signal });
      await began;
      const ended = prover.counts.ended;
      cancel(job);
      expect(codeOf(await job.result)).toBe('job/cancelled');
      expect(prover.counts.ended).toBe(ended + 1);
      expect(held).toBe(0);
    }
    expect(codeOf(await jobs.startProof(task, { signal: stop.signal }).result)).toBe('job/cancelled');
    answer = async () => ok(proved);
    expect(codeOf(await jobs.startProof(task).result)).toBe('ok');
  });

  it('pass on what the worker or the download says', async () => {
    for (const code of ['policy/not-met', 'proof/self-check', 'device/memory'] as const) {
      answer = async () => err(code);
      expect(codeOf(await jobs.startProof(task).result)).toBe(code);
    }
    answer = () => {
      prover.crash();
      return new Promise(() => undefined);
    };
    expect(codeOf(await jobs.startProof(task).result)).toBe('worker/died');
    net.routes.clear();
    const other = testBundle(new Uint8Array(9));
    expect(codeOf(await jobs.startProof({ ...task, manifest: other.manifest }).result)).toBe('bundle/download');
    expect(codeOf(await jobs.startPreview({ ...task, manifest: other.manifest }).result)).toBe('bundle/download');
  });

  it('preview: nothing of the holder, and the same fetches whatever comes of it, so that nobody can tell a fail by what was not fetched', async () => {
    expect(must(await jobs.startPreview(task).result)).toMatchObject({ outcome: 'pass', score: manifest.artefacts.preview.bytes });
    const before = net.seen.length;
    expect(before).toBe(new Set([...previewArtefacts, ...proofArtefacts]).size);
    must(await jobs.startProof(task).result);
    expect(net.seen.length).toBe(before);
  });

  it('preview: tells the bytes of the first download, files of the proof included, and of no later one', async () => {
    const seen: DownloadProgress[] = [];
    must(await jobs.startPreview(task, { onProgress: (progress) => seen.push(progress) }).result);
    const total = [...new Set([...previewArtefacts, ...proofArtefacts])].reduce((sum, name) => sum + manifest.artefacts[name].bytes, 0);
    expect(seen[0]).toEqual({ bytes: 0, total });
    expect(seen.at(-1)).toEqual({ bytes: total, total });
    expect(seen.map(({ bytes }) => bytes)).toEqual(seen.map(({ bytes }) => bytes).sort((a, b) => a - b));
    const again: DownloadProgress[] = [];
    must(await jobs.startPreview(task, { onProgress: (progress) => again.push(progress) }).result);
    expect(again).toEqual([]);
  });

  it('check the device once, without a download', async () => {
    const [first, second] = await Promise.all([jobs.probe(), jobs.probe()]);
    expect(second).toBe(first);
    // Node has no Worker, which the check says; a browser has one (e2e).
    expect(must(first).problem).toEqual({ code: 'device/unsupported', params: { what: 'background workers' } });
    expect(net.ledger.entries()).toEqual([]);
    globalThis.Worker = class {} as never;
    jobs.close();
    const able = createJobs({
      bundles: undefined as never,
      vault: { keepOpen: () => () => undefined },
      spawn: { prover: prover.spawn, inference: inference.spawn },
    });
    const report = must(await able.probe());
    Reflect.deleteProperty(globalThis, 'Worker');
    able.close();
    expect(report).toMatchObject({ problem: undefined, webgpu: 'wrong-answer', simd: true, threads: true, crossOriginIsolated: false });
    expect(report.proofMs).toBeGreaterThan(100);
  });
});
