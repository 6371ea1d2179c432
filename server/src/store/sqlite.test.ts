// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProofRequest } from '../../../src/protocol/index.ts';
import { type NewRequest, openSqliteStore, type Store, StoreBusyError } from './index.ts';
import { migrations } from './migrations.ts';

let directory: string;
let path: string;
let store: Store;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tacit-store-'));
  path = join(directory, 'verifier.db');
  store = openSqliteStore(path);
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const request = (n: number, change: Partial<ProofRequest> = {}): ProofRequest => ({
  v: 1,
  id: n.toString(16).padStart(32, '0'),
  statement: 'credit-score',
  system: 'groth16',
  bundle: 'b'.repeat(64),
  partner: { id: 'harbour', name: 'Harbour' },
  origin: 'https://harbour.example',
  scope: 'loan',
  policy: { threshold: 1 },
  issuer: { name: 'Bank', x: '1'.repeat(64), y: '2'.repeat(64), demo: false },
  purpose: 'Why',
  retentionDays: 1,
  nonce: n.toString(16).padStart(64, '0'),
  issuedAt: 1000,
  expiresAt: 2000,
  verifier: { url: 'https://verifier.example', keyId: 'k'.repeat(43) },
  ...change,
});
const entry = (n: number, change: Partial<ProofRequest> = {}): NewRequest => ({
  request: request(n, change),
  jws: `jws ${n}`,
  key: `key ${n}`,
  orderHash: `order ${n}`,
});
const accept = (n: number, nullifier: string, now = 1500, scope = 's', system: 'groth16' | 'transparent' = 'groth16') =>
  store.accept({ id: request(n).id, scope, system, nullifier, verdict: `accepted ${n}`, returnCode: `code of ${nullifier}`, now });

describe('the SQLite store', () => {
  it('keeps a request as it was made', async () => {
    expect(await store.createRequest(entry(1))).toMatchObject({ created: true, orderHash: 'order 1' });
    expect(await store.request(request(1).id)).toEqual({ request: request(1), jws: 'jws 1', status: 'open', attempts: 0 });
    expect(await store.request(request(2).id)).toBeUndefined();
    expect(await store.createRequest({ ...entry(2), key: 'key 1' })).toMatchObject({
      created: false,
      orderHash: 'order 1',
      stored: { jws: 'jws 1' },
    });
    expect(await store.request(request(2).id)).toBeUndefined();
  });

  it('never makes two requests of one nonce', async () => {
    await store.createRequest(entry(1));
    await expect(store.createRequest(entry(2, { nonce: request(1).nonce }))).rejects.toThrow('UNIQUE');
    expect(await store.request(request(2).id)).toBeUndefined();
  });

  it('spends a nullifier once in a scope, and undoes everything else when it cannot', async () => {
    for (const n of [1, 2, 3]) await store.createRequest(entry(n));
    expect(await accept(1, 'n')).toBe('accepted');
    expect(await accept(1, 'm')).toBe('used');
    expect(await accept(2, 'n')).toBe('nullifier-used');
    expect(await store.request(request(2).id)).toMatchObject({ status: 'open' });
    expect(await store.verdict(request(2).id)).toBeUndefined();
    expect(await accept(2, 'm', 2000)).toBe('expired');
    expect(await accept(9, 'm')).toBe('unknown');
    expect(await accept(2, 'm')).toBe('accepted');
    expect(await accept(3, 'n', 1500, 'other scope')).toBe('accepted');
    expect(await store.verdict(request(1).id)).toEqual({ result: 'accepted', jws: 'accepted 1' });
  });

  it('keeps whose proof was accepted and what it was answered with, and nothing of the others', async () => {
    for (const n of [1, 2]) await store.createRequest(entry(n));
    await store.reject(request(1).id, 'first', 1500);
    expect(await store.acceptance(request(1).id)).toBeUndefined();
    await accept(1, 'n');
    await accept(1, 'm');
    expect(await store.acceptance(request(1).id)).toEqual({ nullifier: 'n', returnCode: 'code of n' });
    expect(await store.acceptance(request(2).id)).toBeUndefined();
  });

  it('opens a database from before there were codes', async () => {
    await store.close();
    rmSync(path);
    const old = new Database(path);
    old.exec(`${migrations[0]} PRAGMA user_version = 1`);
    old.exec("INSERT INTO requests VALUES ('r', 'p', 'k', 'o', 'n', '{}', 'j', 9, 'accepted', 1)");
    old.exec("INSERT INTO verdicts VALUES ('r', 'accepted', 'kept', 1)");
    old.close();
    store = openSqliteStore(path);
    expect(await store.verdict('r')).toEqual({ result: 'accepted', jws: 'kept' });
    expect(await store.acceptance('r')).toBeUndefined();
    await store.createRequest(entry(1));
    expect(await accept(1, 'n')).toBe('accepted');
    expect(await store.acceptance(request(1).id)).toBeDefined();
  });

  it('pins a scope to the system it was first answered in, also for what was accepted before there were two', async () => {
    expect(await store.scopeSystem('s')).toBeUndefined();
    for (const n of [1, 2, 3]) await store.createRequest(entry(n));
    expect(await accept(1, 'a', 1500, 's', 'transparent')).toBe('accepted');
    expect(await store.scopeSystem('s')).toBe('transparent');
    // Another nullifier, so only the pin stands in the way; and the request stays open.
    expect(await accept(2, 'b', 1500, 's', 'groth16')).toBe('scope-pinned');
    expect(await accept(2, 'b', 1500, 's', 'transparent')).toBe('accepted');
    expect(await accept(3, 'c', 1500, 'other', 'groth16')).toBe('accepted');
    await store.close();
    rmSync(path);
    const old = new Database(path);
    for (const step of migrations.slice(0, 3)) old.exec(step);
    old.exec("PRAGMA user_version = 3; INSERT INTO nullifiers VALUES ('s', 'n', 1), ('s', 'm', 2)");
    old.close();
    store = openSqliteStore(path);
    expect(await store.scopeSystem('s')).toBe('groth16');
    await store.createRequest(entry(1));
    expect(await accept(1, 'a', 1500, 's', 'transparent')).toBe('scope-pinned');
  });

  it('lets one of two systems win a scope, whoever comes first', async () => {
    const second = openSqliteStore(path);
    for (let n = 1; n <= 8; n++) await store.createRequest(entry(n));
    const raced = Array.from({ length: 8 }, (_, i) => {
      const system = i % 2 === 0 ? 'groth16' : 'transparent';
      const through = i % 3 === 0 ? store : second;
      const acceptance = {
        id: request(i + 1).id,
        scope: 's',
        system,
        nullifier: `n${i}`,
        verdict: 'v',
        returnCode: 'c',
        now: 1500,
      } as const;
      return through.accept(acceptance);
    });
    const outcomes = await Promise.all(raced);
    const winner = await store.scopeSystem('s');
    outcomes.forEach((outcome, i) => {
      expect(outcome).toBe((i % 2 === 0) === (winner === 'groth16') ? 'accepted' : 'scope-pinned');
    });
    await second.close();
  });

  it('counts attempts up to the limit', async () => {
    await store.createRequest(entry(1));
    const { id } = request(1);
    expect(await store.takeAttempt(id, 1500, 2)).toBe('taken');
    expect(await store.takeAttempt(id, 1999, 2)).toBe('taken');
    expect(await store.takeAttempt(id, 1500, 2)).toBe('exhausted');
    expect(await store.takeAttempt(id, 2000, 9)).toBe('expired');
    expect(await store.takeAttempt(request(2).id, 1500, 2)).toBe('unknown');
    await accept(1, 'n');
    expect(await store.takeAttempt(id, 1500, 9)).toBe('used');
  });

  it('keeps the newest rejection, and never one over an acceptance', async () => {
    await store.createRequest(entry(1));
    const { id } = request(1);
    await store.reject(id, 'first', 1500);
    await store.reject(id, 'second', 1501);
    expect(await store.verdict(id)).toEqual({ result: 'rejected', jws: 'second' });
    await accept(1, 'n');
    await store.reject(id, 'late', 1502);
    expect(await store.verdict(id)).toEqual({ result: 'accepted', jws: 'accepted 1' });
    await store.reject(request(2).id, 'of nothing', 1500);
    expect(await store.verdict(request(2).id)).toBeUndefined();
  });

  it('forgets old requests and verdicts, but no nullifier', async () => {
    await store.createRequest(entry(1));
    await accept(1, 'n');
    await store.createRequest(entry(2, { expiresAt: 9000 }));
    expect(await store.purge(2001)).toBe(1);
    expect(await store.request(request(1).id)).toBeUndefined();
    expect(await store.verdict(request(1).id)).toBeUndefined();
    expect(await store.request(request(2).id)).toBeDefined();
    expect(await accept(2, 'n')).toBe('nullifier-used');
  });

  it('survives being closed, and refuses a database of the future', async () => {
    await store.createRequest(entry(1));
    await accept(1, 'n');
    await store.close();
    store = openSqliteStore(path);
    expect(await store.request(request(1).id)).toMatchObject({ status: 'accepted' });
    await store.close();
    const raw = new Database(path);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    expect(() => openSqliteStore(path)).toThrow('newer version');
    const back = new Database(path);
    back.exec(`PRAGMA user_version = ${migrations.length}`);
    back.close();
    store = openSqliteStore(path);
  });

  it('says that it is busy instead of waiting for ever', async () => {
    const hasty = openSqliteStore(path, 50);
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(hasty.createRequest(entry(1))).rejects.toThrow(StoreBusyError);
    await hasty.close();
    other.exec('ROLLBACK');
    other.close();
    expect((await store.createRequest(entry(1))).created).toBe(true);
  });
});
