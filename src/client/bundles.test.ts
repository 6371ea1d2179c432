import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256Hex } from '../base/index.ts';
import { type FileStore, openFiles } from '../vault/index.ts';
import { codeOf, must } from '../vault/testing/samples.ts';
import { createBundleLoader } from './bundles.ts';
import { dropped, json, type Network, network, noise, problem, serveBundle, testBundle } from './testing/fakes.ts';
import type { BundleLoader } from './types.ts';

let net: Network;
let files: FileStore;
let loader: BundleLoader;
const published = testBundle();
const { manifest, hash } = published;
const zkeyPath = `/bundles/${hash}/${manifest.artefacts.zkey.file}`;
const { sha256 } = manifest.artefacts.zkey;

/** By hash, since comparing a million elements one by one takes seconds. */
const whole = async (name: 'zkey' | 'vkey') =>
  expect(sha256Hex(must(await loader.read(manifest, name)))).toBe(manifest.artefacts[name].sha256);

afterEach(() => vi.restoreAllMocks());
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  net = network();
  files = must(await openFiles());
  loader = createBundleLoader(net.http, files);
  serveBundle(net, published);
});

describe('index and manifest', () => {
  it('are checked, kept, and read offline', async () => {
    expect(must(await loader.current())).toEqual(manifest);
    net.online = false;
    expect(must(await loader.current())).toEqual(manifest);
  });

  it('are missing when they never came, and unknown when the verifier has no such bundle', async () => {
    net.online = false;
    expect(codeOf(await loader.index())).toBe('bundle/missing');
    expect(codeOf(await loader.manifest(hash))).toBe('bundle/missing');
    net.online = true;
    net.routes.set(`GET /bundles/${'cd'.repeat(32)}/manifest.json`, () => problem('verifier/not-found'));
    expect(codeOf(await loader.manifest('cd'.repeat(32)))).toBe('bundle/unknown');
    expect(codeOf(await loader.manifest('../../x'))).toBe('bundle/unknown');
  });

  it('are refused when changed', async () => {
    net.routes.set(`GET /bundles/${hash}/manifest.json`, () => json({ ...manifest, title: 'Another' }));
    expect(codeOf(await loader.manifest(hash))).toBe('bundle/hash-mismatch');
    net.routes.set('GET /bundles/index.json', () => json({ bundles: [] }));
    expect(codeOf(await loader.index())).toBe('bundle/malformed');
    // A changed copy in the store counts for nothing either.
    net.online = false;
    must(await files.setNote(`manifest/${hash}`, JSON.stringify({ ...manifest, title: 'Another' })));
    expect(codeOf(await loader.manifest(hash))).toBe('bundle/hash-mismatch');
  });
});

describe('files', () => {
  it('come once, are counted, and are then there offline', async () => {
    const progress: number[] = [];
    expect(must(await loader.missing(manifest, ['zkey', 'vkey']))).toBe(1_000_500);
    must(await loader.ensure(manifest, ['zkey', 'vkey'], { onProgress: ({ bytes, total }) => progress.push(bytes / total) }));
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    net.online = false;
    expect(must(await loader.missing(manifest, ['zkey', 'vkey']))).toBe(0);
    must(await loader.ensure(manifest, ['zkey', 'vkey']));
    await whole('zkey');
    expect(net.seen.filter(({ url }) => url === zkeyPath)).toHaveLength(1);
  });

  it('go on where the connection broke, without fetching a byte twice', async () => {
    serveBundle(net, published, { cut: 400_000 });
    expect(await loader.ensure(manifest, ['zkey'])).toEqual({ ok: false, error: { code: 'bundle/download', params: { file: 'zkey' } } });
    expect(must(await files.state(sha256))).toEqual({ bytes: 400_000, complete: false });
    expect(must(await loader.missing(manifest, ['zkey']))).toBe(600_000);
    expect(codeOf(await loader.read(manifest, 'zkey'))).toBe('bundle/missing');
    // Another page, later.
    loader = createBundleLoader(net.http, files);
    const first: number[] = [];
    must(await loader.ensure(manifest, ['zkey'], { onProgress: ({ bytes }) => first.push(bytes) }));
    expect(first[0]).toBe(400_000);
    expect(net.seen.at(-1)?.headers.get('range')).toBe('bytes=400000-');
    await whole('zkey');
  });

  it('keep what came when cancelled, and when the line goes quiet without an error', async () => {
    const stop = new AbortController();
    net.routes.set(`GET ${zkeyPath}`, ({ signal }) => {
      const body = dropped(published.files.zkey.slice(0, 300_000));
      signal.addEventListener('abort', () => undefined);
      return new Response(body);
    });
    const onProgress = ({ bytes }: { bytes: number }) => bytes > 100_000 && stop.abort();
    expect(codeOf(await loader.ensure(manifest, ['zkey'], { onProgress, signal: stop.signal }))).toBe('job/cancelled');
    const kept = must(await files.state(sha256)).bytes;
    expect(kept).toBeGreaterThan(100_000);
    net.routes.set(
      `GET ${zkeyPath}`,
      () => new Response(published.files.zkey.slice(kept, kept + 1000), { status: 206, headers: { 'content-range': `bytes ${kept}-9/9` } }),
    );
    expect(codeOf(await loader.ensure(manifest, ['zkey']))).toBe('bundle/download');
    expect(must(await files.state(sha256)).bytes).toBe(kept + 1000);
  });

  it('a wrong byte anywhere is a hash mismatch, and nothing of it stays', async () => {
    for (const at of [0, 500_000, 999_999]) {
      const wrong = published.files.zkey.slice();
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      net.routes.set(`GET ${zkeyPath}`, () => new Response(wrong));
      expect(await loader.ensure(manifest, ['zkey'])).toEqual({
        ok: false,
        error: { code: 'bundle/hash-mismatch', params: { file: 'zkey' } },
      });
      expect(must(await files.state(sha256)).bytes).toBe(0);
    }
    net.routes.set(`GET ${zkeyPath}`, () => new Response(noise(1_000_001, 2)));
    expect(codeOf(await loader.ensure(manifest, ['zkey']))).toBe('bundle/hash-mismatch');
    serveBundle(net, published);
    must(await loader.ensure(manifest, ['zkey']));
  });

  it('a kept prefix of the wrong content is dropped and fetched anew', async () => {
    must(await files.append(sha256, 0, noise(1000, 77)));
    must(await loader.ensure(manifest, ['zkey']));
    await whole('zkey');
    must(await files.discard(sha256));
    must(await files.append(sha256, 0, noise(1_000_005, 2))); // longer than the file
    must(await loader.ensure(manifest, ['zkey']));
    await whole('zkey');
  });

  it('a server without ranges costs a new start, not a wrong file', async () => {
    serveBundle(net, published, { cut: 300_000 });
    await loader.ensure(manifest, ['zkey']);
    net.routes.set(`GET ${zkeyPath}`, () => new Response(published.files.zkey));
    must(await loader.ensure(manifest, ['zkey']));
    await whole('zkey');
  });

  it('says what is missing offline, and what the server refuses', async () => {
    net.online = false;
    expect(codeOf(await loader.ensure(manifest, ['zkey']))).toBe('bundle/missing');
    net.online = true;
    net.routes.set(`GET ${zkeyPath}`, () => problem('verifier/not-found'));
    expect(codeOf(await loader.ensure(manifest, ['zkey']))).toBe('bundle/download');
    net.routes.delete(`GET ${zkeyPath}`);
    expect(codeOf(await loader.ensure(manifest, ['zkey']))).toBe('bundle/download');
  });

  it('a full device is vault/quota, and what was kept stays', async () => {
    const put = IDBObjectStore.prototype.put;
    let room = 1;
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
      if (this.name === 'chunks' && room-- <= 0) throw new DOMException('full', 'QuotaExceededError');
      return put.apply(this, args);
    });
    expect(codeOf(await loader.ensure(manifest, ['zkey']))).toBe('vault/quota');
    full.mockRestore();
    expect(must(await files.state(sha256)).bytes).toBeGreaterThan(0);
    must(await loader.ensure(manifest, ['zkey']));
    await whole('zkey');
  });

  it('damaged in the store after it was whole: found on reading, dropped', async () => {
    must(await loader.ensure(manifest, ['vkey']));
    const { sha256: name, bytes } = manifest.artefacts.vkey;
    must(await files.discard(name));
    must(await files.append(name, 0, noise(bytes, 55)));
    must(await files.complete(name));
    expect(codeOf(await loader.read(manifest, 'vkey'))).toBe('bundle/hash-mismatch');
    expect(codeOf(await loader.read(manifest, 'vkey'))).toBe('bundle/missing');
  });

  it('two callers at once fetch it once', async () => {
    const both = await Promise.all([loader.ensure(manifest, ['zkey']), loader.ensure(manifest, ['zkey'])]);
    expect(both.map(codeOf)).toEqual(['ok', 'ok']);
    expect(net.seen.filter(({ url }) => url === zkeyPath)).toHaveLength(1);
  });

  it('files of bundles that are gone are dropped', async () => {
    must(await loader.manifest(hash));
    must(await loader.ensure(manifest, ['vkey']));
    must(await files.append('ee'.repeat(32), 0, noise(10, 1)));
    must(await loader.index());
    expect(must(await files.read('ee'.repeat(32)))).toBeUndefined();
    await whole('vkey');
  });
});
