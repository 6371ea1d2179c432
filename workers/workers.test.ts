import { describe, expect, it } from 'vitest';
import { ok } from '../src/base/index.ts';
import { knownAnswer, testGpu } from './inference/gpu.ts';
import { outcomeOf } from './inference/preview.ts';
import type { LoadedRuntime } from './inference/runtime.ts';
import { agree, openSessions } from './inference/sessions.ts';
import { benchmark } from './prover/benchmark.ts';
import { HEAVY_CACHE, isHeavyAsset, keepByHash, MACHINE_PATHS } from './service/heavy.ts';
import { guarded } from './shared/guarded.ts';

describe('what a worker throws', () => {
  it('becomes plain data without its text', async () => {
    expect(await guarded(async () => ok(1))).toEqual(ok(1));
    const thrown = async (error: unknown) =>
      guarded(async () => {
        throw error;
      });
    expect(await thrown(new RangeError('WebAssembly.Memory(): could not allocate memory'))).toEqual({
      ok: false,
      error: { code: 'device/memory' },
    });
    expect(await thrown(new RangeError('Array buffer allocation failed'))).toEqual({ ok: false, error: { code: 'device/memory' } });
    expect(await thrown(new Error('income is 180'))).toEqual({ ok: false, error: { code: 'internal/error' } });
    expect(await thrown('text')).toEqual({ ok: false, error: { code: 'internal/error' } });
  });
});

describe('the benchmark', () => {
  it('runs its module, whose answer is known, within its time', () => {
    const began = performance.now();
    expect(benchmark(100, () => performance.now())).toBeGreaterThan(10);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

/** A GPU that computes rightly on the CPU, then lets `spoil` change what is read back. */
function gpu(spoil: (answer: Float32Array) => void, adapter = true): GPU {
  const buffers: Float32Array[] = [];
  const device = {
    createBuffer: ({ size }: { size: number }) => {
      const data = new Float32Array(size / 4);
      buffers.push(data);
      return { mapAsync: async () => undefined, getMappedRange: () => data.buffer };
    },
    queue: {
      writeBuffer: (_buffer: unknown, _at: number, data: Float32Array) => buffers.at(-1)?.set(data),
      submit() {
        const [out, read, a, b] = buffers as [Float32Array, Float32Array, Float32Array, Float32Array];
        out.set(knownAnswer(a, b));
        read.set(out);
        spoil(read);
      },
    },
    createComputePipelineAsync: async () => ({ getBindGroupLayout: () => 0 }),
    createShaderModule: () => 0,
    createBindGroup: () => 0,
    createCommandEncoder: () => ({
      beginComputePass: () => ({ setPipeline() {}, setBindGroup() {}, dispatchWorkgroups() {}, end() {} }),
      copyBufferToBuffer() {},
      finish: () => 0,
    }),
    destroy() {},
  };
  return { requestAdapter: async () => (adapter ? { requestDevice: async () => device } : null) } as never;
}

describe('the GPU', () => {
  it('is used only when it gives the known answer', async () => {
    expect(await testGpu(undefined)).toBe('absent');
    expect(await testGpu(gpu(() => undefined, false))).toBe('absent');
    expect(await testGpu(gpu(() => undefined))).toBe('right');
    const oneOff = (answer: Float32Array) => {
      answer[4000] = (answer[4000] ?? 0) + 0.5;
    };
    expect(await testGpu(gpu(oneOff))).toBe('wrong-answer');
    expect(await testGpu(gpu((answer) => answer.fill(0)))).toBe('wrong-answer');
    const lost = () => {
      throw new Error('device lost');
    };
    expect(await testGpu(gpu(lost))).toBe('failed');
    expect(await testGpu({ requestAdapter: () => new Promise(() => undefined) } as never)).toBe('failed');
  });

  it('is asked something whose answer a lazy or transposing GPU would miss', async () => {
    let answer = new Float32Array();
    await testGpu(
      gpu((read) => {
        answer = read.slice();
      }),
    );
    const values = [...answer];
    expect(new Set(values).size).toBeGreaterThan(50);
    expect(values.filter((value) => value > 0).length).toBeGreaterThan(500);
    expect(values.filter((value) => value === 0).length).toBeGreaterThan(800);
    const transposed = values.map((_, at) => values[(at % 64) * 64 + Math.floor(at / 64)]);
    expect(transposed.filter((value, at) => value !== values[at]).length).toBeGreaterThan(1000);
  });
});

/** A runtime whose model adds its inputs; `gpuError` is added by the GPU from its second session's run on. */
function runtime(backends: LoadedRuntime['backends'], gpuError: (run: number) => number): LoadedRuntime {
  let runs = 0;
  class Tensor {
    readonly data: Float32Array;
    readonly dims: readonly number[];
    constructor(_type: string, data: Float32Array, dims: readonly number[]) {
      this.data = data;
      this.dims = dims;
    }
  }
  const create = async (_model: Uint8Array, { executionProviders: [backend] }: { executionProviders: string[] }) => ({
    inputNames: ['input'],
    outputNames: ['logit'],
    async run({ input }: { input: Tensor }) {
      const [rows = 0, width = 0] = input.dims;
      if (width !== 3) throw new Error('shape');
      const extra = backend === 'webgpu' ? gpuError(runs++) : 0;
      const sums = Array.from(
        { length: rows },
        (_, r) => input.data.subarray(r * width, (r + 1) * width).reduce((sum, x) => sum + x, 0) + extra,
      );
      return { logit: { data: Float32Array.from(sums) } };
    },
  });
  return { ort: { Tensor, InferenceSession: { create }, env: {} } as never, backends };
}

describe('a preview', () => {
  const both = ['webgpu', 'wasm'] as const;
  const model = new Uint8Array();

  it('runs on the GPU only as long as it agrees with WebAssembly', async () => {
    const right = await openSessions(
      runtime(both, () => 1e-5),
      model,
      3,
    );
    expect(await right.run([1, 2, 3])).toMatchObject({ backend: 'webgpu' });
    const wrong = await openSessions(
      runtime(both, () => 0.1),
      model,
      3,
    );
    expect(await wrong.run([1, 2, 3])).toEqual({ logit: 6, backend: 'wasm' });
    const later = await openSessions(
      runtime(both, (run) => (run > 1 ? 5 : 0)),
      model,
      3,
    );
    expect((await later.run([1, 2, 3]))?.backend).toBe('webgpu');
    expect(await later.run([1, 2, 3])).toEqual({ logit: 6, backend: 'wasm' });
    expect(await later.run([1, 1, 1])).toEqual({ logit: 3, backend: 'wasm' });
    const nan = await openSessions(
      runtime(both, () => Number.NaN),
      model,
      3,
    );
    expect((await nan.run([1, 2, 3]))?.backend).toBe('wasm');
  });

  it('runs without a GPU, and gives nothing for a model of another shape', async () => {
    const plain = await openSessions(
      runtime(['wasm'], () => 9),
      model,
      3,
    );
    expect(await plain.run([1, 2, 3])).toEqual({ logit: 6, backend: 'wasm' });
    expect(await plain.run([1, 2])).toBeUndefined();
    expect(await plain.run([1, 2, Number.POSITIVE_INFINITY])).toBeUndefined();
  });

  it('is careful near the threshold', () => {
    expect(agree([], [])).toBe(false);
    expect(agree([1], [1, 2])).toBe(false);
    const model = { margin: 10 };
    expect([111, 110, 100, 90, 89].map((score) => outcomeOf(score, 100, model))).toEqual(['pass', 'close', 'close', 'close', 'fail']);
  });
});

/** One cache in memory. */
function cacheStorage(full = false) {
  const kept = new Map<string, Response>();
  const cache = {
    match: async (url: string) => kept.get(url)?.clone(),
    put: async (url: string, response: Response) => {
      if (full) throw new DOMException('full', 'QuotaExceededError');
      kept.set(url, response);
    },
    keys: async () => [...kept.keys()].map((url) => ({ url })),
    delete: async (url: string) => kept.delete(url),
  };
  const names: string[] = [];
  const open = async (name: string) => {
    names.push(name);
    return cache;
  };
  return { kept, names, storage: { open } as never };
}

describe('the service worker', () => {
  it('keeps only runtimes named by their hash, and no page lies on a machine’s path', () => {
    expect(isHeavyAsset('/assets/ort-wasm-simd-threaded.jspi-CZzFqCHi.wasm')).toBe(true);
    for (const path of ['/assets/index-CZzFqCHi.js', '/bundles/x-CZzFqCHi.wasm', '/assets/a.wasm', '/v1/requests'])
      expect(isHeavyAsset(path)).toBe(false);
    for (const path of ['/v1/requests/1', '/bundles/index.json', '/.well-known/jwks.json', '/healthz', '/v1'])
      expect(MACHINE_PATHS.test(path)).toBe(true);
    for (const path of ['/', '/r/12', '/wallet', '/v1x']) expect(MACHINE_PATHS.test(path)).toBe(false);
  });

  it('fetches a runtime once, replaces the former build of it, and never keeps an error', async () => {
    const { kept, names, storage } = cacheStorage();
    let fetched = 0;
    const fetch = async () => {
      fetched++;
      return new Response(`body ${fetched}`);
    };
    const url = (hash: string, name = 'ort') => new Request(`http://localhost/assets/${name}-${hash}.wasm`);
    expect(await (await keepByHash(url('AAAAAAAA'), storage, fetch)).text()).toBe('body 1');
    expect(await (await keepByHash(url('AAAAAAAA'), storage, fetch)).text()).toBe('body 1');
    await keepByHash(url('AAAAAAAA', 'other'), storage, fetch);
    await keepByHash(url('BBBBBBBB'), storage, fetch);
    expect([...kept.keys()].map((key) => new URL(key).pathname)).toEqual(['/assets/other-AAAAAAAA.wasm', '/assets/ort-BBBBBBBB.wasm']);
    expect(new Set(names)).toEqual(new Set([HEAVY_CACHE]));
    await keepByHash(url('CCCCCCCC'), storage, async () => new Response('gone', { status: 404 }));
    expect(kept.size).toBe(2);
  });

  it('goes on without keeping when there is no room', async () => {
    const { storage } = cacheStorage(true);
    const response = await keepByHash(new Request('http://localhost/assets/ort-AAAAAAAA.wasm'), storage, async () => new Response('body'));
    expect(await response.text()).toBe('body');
  });
});
