// Which build of the kernels a worker takes, and what becomes of it where threads, memory or the file are refused.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { proofKernels as built } from '../../src/cli/models/kernels.ts';

const asked: string[] = [];
let answer: (name: string) => Promise<Response>;

beforeAll(async () => {
  const made = await built(() => undefined);
  if (!made.ok) throw new Error(made.error.code);
  made.value.close();
}, 240_000);

beforeEach(() => {
  asked.length = 0;
  answer = async (name) => new Response(await readFile(new URL(`../../.cache/kernel/${name}`, import.meta.url)));
  vi.stubGlobal('fetch', (url: string) => {
    const name = basename(url);
    asked.push(name);
    return answer(name);
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A fresh worker's kernels, where the page is isolated or not. */
async function kernelsOf(isolated: boolean, cores = 2) {
  vi.resetModules();
  vi.stubGlobal('crossOriginIsolated', isolated);
  vi.stubGlobal('navigator', { hardwareConcurrency: cores });
  const { proofKernels } = await import('./kernels.ts');
  return proofKernels;
}
const threadsOf = async (isolated: boolean, cores?: number): Promise<number | string> => {
  const kernels = await (await kernelsOf(isolated, cores))();
  if (!kernels.ok) return kernels.error.code;
  const { threads } = kernels.value;
  kernels.value.close();
  return threads;
};

describe('the kernels of a worker', () => {
  it('have helper threads where the page is isolated, as many as cores and at most four in all', async () => {
    expect([await threadsOf(true), await threadsOf(true, 3), await threadsOf(true, 16)]).toEqual([2, 3, 4]);
    expect(new Set(asked)).toEqual(new Set(['proof.threads.wasm']));
  });

  it('have one thread elsewhere, and on one core', async () => {
    expect([await threadsOf(false), await threadsOf(true, 1)]).toEqual([1, 1]);
    expect(new Set(asked)).toEqual(new Set(['proof.wasm']));
  });

  it('have one thread where a page is called isolated and has nothing to share all the same', async () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    expect(await threadsOf(true)).toBe(1);
    expect(asked).toEqual(['proof.wasm']);
  });

  it('have one thread where memory to share is refused', async () => {
    const { Memory } = WebAssembly;
    vi.spyOn(WebAssembly, 'Memory').mockImplementation(((about: WebAssembly.MemoryDescriptor) => {
      if (about.shared === true) throw new RangeError('WebAssembly.Memory(): could not allocate memory');
      return new Memory(about);
    }) as never);
    expect(await threadsOf(true)).toBe(1);
    expect(asked).toEqual(['proof.threads.wasm', 'proof.wasm']);
  });

  it('are loaded once, and once more after a download that broke', async () => {
    const load = await kernelsOf(true);
    const real = answer;
    for (const broken of [async () => new Response('', { status: 500 }), () => Promise.reject(new TypeError('fetch failed'))]) {
      answer = broken;
      expect(await load()).toMatchObject({ error: { code: 'bundle/download' } });
    }
    answer = real;
    const [first, second] = [await load(), await load()];
    expect(first.ok && second.ok && first.value === second.value).toBe(true);
    expect(asked).toHaveLength(3);
    if (first.ok) first.value.close();
  });

  it('say that a device is too old for them, and throw on a device without any memory', async () => {
    answer = async () => new Response(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 9, 9, 9));
    expect(await threadsOf(true)).toBe('device/unsupported');
    vi.spyOn(WebAssembly, 'compile').mockRejectedValue(new RangeError('WebAssembly.compile(): out of memory'));
    await expect(threadsOf(false)).rejects.toThrow('out of memory');
  });
});
