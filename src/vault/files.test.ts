import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { InvariantError } from '../base/index.ts';
import { openFiles } from './index.ts';
import { codeOf, must } from './testing/samples.ts';

const NAME = 'ab'.repeat(32);
const bytes = (...values: number[]) => new Uint8Array(values);

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describe('files', () => {
  it('keeps a file in chunks, across reopening, and gives it back in order', async () => {
    const first = must(await openFiles());
    expect(must(await first.state(NAME))).toEqual({ bytes: 0, complete: false });
    expect(must(await first.read(NAME))).toBeUndefined();
    must(await first.append(NAME, 0, bytes(1, 2, 3)));
    first.close();
    const files = must(await openFiles());
    expect(must(await files.state(NAME))).toEqual({ bytes: 3, complete: false });
    for (let at = 3; at < 20; at++) must(await files.append(NAME, at, bytes(at + 1)));
    must(await files.complete(NAME));
    expect([...(must(await files.read(NAME)) ?? [])]).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(must(await files.state(NAME))).toEqual({ bytes: 20, complete: true });
    await expect(files.append(NAME, 20, bytes(1))).rejects.toThrow(InvariantError);
    files.close();
  });

  it('refuses a chunk at the wrong place, discards and prunes', async () => {
    const files = must(await openFiles());
    await expect(files.append(NAME, 5, bytes(1))).rejects.toThrow(InvariantError);
    must(await files.append(NAME, 0, bytes(1)));
    must(await files.append('cd'.repeat(32), 0, bytes(2)));
    must(await files.prune(new Set(['cd'.repeat(32)])));
    expect(must(await files.read(NAME))).toBeUndefined();
    expect(must(await files.read('cd'.repeat(32)))).toEqual(bytes(2));
    must(await files.discard('cd'.repeat(32)));
    expect(must(await files.read('cd'.repeat(32)))).toBeUndefined();
    must(await files.setNote('index', '{}'));
    expect(must(await files.getNote('index'))).toBe('{}');
    expect(must(await files.getNote('none'))).toBeUndefined();
    files.close();
  });

  it('a full device keeps the prefix that was there', async () => {
    const files = must(await openFiles());
    must(await files.append(NAME, 0, bytes(1, 2)));
    const put = IDBObjectStore.prototype.put;
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
      if (this.name === 'chunks') throw new DOMException('full', 'QuotaExceededError');
      return put.apply(this, args);
    });
    expect(codeOf(await files.append(NAME, 2, bytes(3)))).toBe('vault/quota');
    full.mockRestore();
    expect(must(await files.state(NAME))).toEqual({ bytes: 2, complete: false });
    must(await files.append(NAME, 2, bytes(3)));
    expect(must(await files.read(NAME))).toEqual(bytes(1, 2, 3));
    files.close();
  });

  it('says so where there is no storage', async () => {
    vi.stubGlobal('indexedDB', undefined);
    expect(codeOf(await openFiles())).toBe('vault/unavailable');
    vi.unstubAllGlobals();
  });
});
