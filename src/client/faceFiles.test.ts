import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../base/index.ts';
import { loadFiles } from './faceFiles.ts';
import { network } from './testing/fakes.ts';

/** The browser's cache, in a map. */
function fakeCaches() {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const cache = {
    match: async (path: string) => {
      const bytes = kept.get(path);
      return bytes && new Response(bytes);
    },
    put: async (path: string, response: Response) => void kept.set(path, new Uint8Array(await response.arrayBuffer())),
    delete: async (path: string) => kept.delete(path),
    keys: async () => [...kept.keys()].map((path) => ({ url: path })),
  };
  return { kept, caches: { open: async () => cache as unknown as Cache } };
}

const bytes = Uint8Array.from({ length: 3000 }, (_, i) => i * 7);
const file = { path: '/assets/face-mesh-abcd1234.bin', sha256: sha256Hex(bytes), bytes: bytes.length };
const serving = (answer: Uint8Array<ArrayBuffer>, status = 200) => {
  const net = network();
  net.routes.set(`GET ${file.path}`, () => new Response(answer, { status }));
  return net;
};

describe('files of the app', () => {
  it('are fetched once, told as they come, and kept; another build of the same file goes', async () => {
    const { kept, caches } = fakeCaches();
    kept.set('/assets/face-mesh-00000000.bin', bytes);
    kept.set('/assets/face-other-00000000.bin', bytes);
    const net = serving(bytes);
    const told: number[] = [];
    const onProgress = (now: { bytes: number; total: number }) => told.push(now.bytes / now.total);
    expect(await loadFiles({ mesh: file }, { http: net.http, caches, onProgress })).toEqual({ ok: true, value: { mesh: bytes } });
    expect(told.at(-1)).toBe(1);
    expect([...kept.keys()].sort()).toEqual([file.path, '/assets/face-other-00000000.bin']);
    net.online = false;
    expect((await loadFiles({ mesh: file }, { http: net.http, caches })).ok).toBe(true);
    expect(net.seen).toHaveLength(1);
  });
  it('that were changed in the cache are fetched again; changed on the way, refused and not kept', async () => {
    const { kept, caches } = fakeCaches();
    kept.set(
      file.path,
      bytes.map((each) => each ^ 1),
    );
    expect((await loadFiles({ mesh: file }, { http: serving(bytes).http, caches })).ok).toBe(true);
    kept.clear();
    for (const wrong of [bytes.map((each, at) => (at === 9 ? 0 : each)), new Uint8Array([...bytes, 1])]) {
      expect(await loadFiles({ mesh: file }, { http: serving(wrong).http, caches })).toEqual({
        ok: false,
        error: { code: 'bundle/hash-mismatch', params: { file: 'mesh' } },
      });
    }
    expect(kept.size).toBe(0);
  });
  it('that break off, are not there or cannot be reached say so', async () => {
    const short = await loadFiles({ mesh: file }, { http: serving(bytes.slice(0, 100)).http, caches: undefined });
    expect(short).toMatchObject({ ok: false, error: { code: 'bundle/download' } });
    expect(await loadFiles({ mesh: file }, { http: serving(bytes, 404).http, caches: undefined })).toMatchObject({
      error: { code: 'bundle/download' },
    }); // prettier-ignore
    const net = serving(bytes);
    net.online = false;
    expect(await loadFiles({ mesh: file }, { http: net.http, caches: undefined })).toMatchObject({ error: { code: 'bundle/missing' } });
    const signal = AbortSignal.abort();
    expect(await loadFiles({ mesh: file }, { http: serving(bytes).http, caches: undefined, signal })).toMatchObject({
      error: { code: 'job/cancelled' },
    }); // prettier-ignore
  });
});
