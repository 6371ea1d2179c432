import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Vault } from '../vault/index.ts';
import { codeOf, history, id, must, newVault, PASSPHRASE, proof, request } from '../vault/testing/samples.ts';
import { createBundleLoader } from './bundles.ts';
import type { Submitted } from './index.ts';
import { createOutbox, type RunningOutbox } from './outbox.ts';
import { json, type Network, network, ORIGIN, problem } from './testing/fakes.ts';
import { createVerifierClient } from './verifier.ts';

let net: Network;
let vault: Vault;
let outbox: RunningOutbox;
let told: [string, string][];
const asked = request();
const code = 'c0'.repeat(16);
const path = `POST /v1/requests/${id(1)}/proof`;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  net = network();
  vault = await newVault({ now: () => net.now });
  const verifier = createVerifierClient({
    http: net.http,
    bundles: createBundleLoader(net.http, undefined as never),
    vault,
    origin: ORIGIN,
  });
  outbox = createOutbox({ vault, verifier, http: net.http, now: () => net.now, random: () => 0 });
  told = [];
  outbox.subscribe((at, outcome) => told.push([at, outcome.state]));
});
afterEach(() => {
  outbox.close();
  vault.close();
});

const waiting = async () => must(await vault.outbox.list());
const state = async () => must(await vault.history.get(id(1)))?.state;
const sent = () => net.seen.length;

describe('sending a proof', () => {
  it('stores it first, sends it, and settles history', async () => {
    must(await vault.history.put({ ...history(), state: 'open', openedAt: 5 }));
    let before: unknown;
    net.routes.set(path, async () => {
      before = [(await waiting()).length, await state()];
      return json({ result: 'accepted', code });
    });
    expect(must(await outbox.submit(asked, proof))).toEqual({ state: 'accepted', code });
    expect(before).toEqual([1, 'queued']);
    expect(await waiting()).toEqual([]);
    expect(must(await vault.history.get(id(1)))).toEqual({ ...history(), state: 'accepted', code, openedAt: 5, updatedAt: net.now });
    expect(told).toEqual([[id(1), 'accepted']]);
    expect(must(await outbox.submit(asked, proof))).toEqual({ state: 'accepted', code });
    expect(sent()).toBe(1);
    expect(await state()).toBe('accepted');
  });

  it('keeps it when offline, and sends it when the device is back', async () => {
    net.online = false;
    expect(must(await outbox.submit(asked, proof))).toEqual({ state: 'queued', reason: { code: 'network/offline' } });
    expect((await waiting())[0]).toMatchObject({ attempts: 1, mayHaveArrived: false, lastError: { code: 'network/offline' } });
    expect(await state()).toBe('queued');
    net.online = true;
    net.routes.set(path, () => json({ result: 'accepted', code }));
    must(await outbox.flush());
    expect(await state()).toBe('accepted');
    expect(told).toEqual([
      [id(1), 'queued'],
      [id(1), 'accepted'],
    ]);
  });

  it('waits longer after each failure, at least as long as the verifier asks, and not at all for what is final', async () => {
    net.routes.set(path, () => new Response('', { status: 503 }));
    must(await outbox.submit(asked, proof));
    const first = (await waiting())[0];
    expect(first?.notBefore).toBe(net.now + 1_000);
    must(await outbox.flush());
    must(await outbox.flush());
    expect((await waiting())[0]).toMatchObject({ attempts: 3, notBefore: net.now + 4_000, mayHaveArrived: true });
    net.routes.set(path, () => problem('verifier/busy', {}, { 'retry-after': '60' }));
    must(await outbox.flush());
    expect((await waiting())[0]?.notBefore).toBe(net.now + 60_000);
    net.routes.set(path, () => problem('proof/invalid'));
    must(await outbox.flush());
    expect(await waiting()).toEqual([]);
    expect(must(await vault.history.get(id(1)))).toMatchObject({ state: 'failed', error: { code: 'proof/invalid' }, proof });
    expect(told.at(-1)).toEqual([id(1), 'refused']);
  });

  it.each(['nullifier/used', 'request/mismatch', 'proof/invalid'] as const)('tells at once what is final: %s', async (code) => {
    net.routes.set(path, () => problem(code, { signal: 'scope' }));
    const outcome: Submitted = must(await outbox.submit(asked, proof));
    expect(outcome).toMatchObject({ state: 'refused', error: { code } });
    expect(await state()).toBe('failed');
  });

  it('hears the code again when the first answer was lost; request/used is never ours', async () => {
    // The proof arrives, its answer does not.
    net.routes.set(path, () => {
      throw new TypeError('connection reset');
    });
    expect(must(await outbox.submit(asked, proof)).state).toBe('queued');
    net.routes.set(path, () => json({ result: 'accepted', code }));
    must(await outbox.flush());
    expect(must(await vault.history.get(id(1)))).toMatchObject({ state: 'accepted', code });
  });

  it.each([false, true])('takes request/used for somebody else’s answer (an earlier try may have arrived: %s)', async (earlier) => {
    net.routes.set(path, () => new Response('', { status: 502 }));
    if (earlier) must(await outbox.submit(asked, proof));
    net.routes.set(path, () => problem('request/used'));
    must(await (earlier ? outbox.flush() : outbox.submit(asked, proof)));
    expect(must(await vault.history.get(id(1)))).toMatchObject({ state: 'failed', error: { code: 'request/used' } });
    expect(must(await vault.history.get(id(1)))).not.toHaveProperty('code');
  });

  it.each([{ result: 'accepted' }, { result: 'accepted', code: 'x' }, { code }, null])(
    'believes no acceptance without its code: %j',
    async (said) => {
      net.routes.set(path, () => json(said));
      expect(must(await outbox.submit(asked, proof))).toMatchObject({ state: 'queued', reason: { code: 'verifier/unavailable' } });
    },
  );

  it('marks it expired once the nonce is dead, without sending; what may have arrived is asked about', async () => {
    net.online = false;
    must(await outbox.submit(asked, proof));
    net.online = true;
    net.routes.set(path, () => problem('request/expired'));
    net.now = asked.expiresAt * 1000;
    must(await outbox.flush());
    expect(sent()).toBe(0);
    expect(must(await vault.history.get(id(1)))).toMatchObject({ state: 'expired', error: { code: 'request/expired' }, proof });
    expect(await waiting()).toEqual([]);

    net.now -= 60_000;
    net.routes.set(path, () => new Response('', { status: 502 }));
    must(await outbox.submit(asked, proof));
    net.now += 60_000;
    net.routes.set(path, () => problem('request/expired'));
    must(await outbox.flush());
    expect(sent()).toBe(2);
    expect(await state()).toBe('expired');
  });

  it('is not tried before its time, nor by two at once, nor while the wallet is locked', async () => {
    net.routes.set(path, () => new Response('', { status: 503 }));
    must(await outbox.submit(asked, proof));
    vault.lock();
    expect(codeOf(await outbox.flush())).toBe('ok');
    expect(codeOf(await outbox.submit(asked, proof))).toBe('vault/locked');
    expect(sent()).toBe(1);
    net.routes.set(path, () => json({ result: 'accepted', code }));
    // Unlocking looks at what is due: not yet.
    must(await vault.unlock({ kind: 'passphrase', passphrase: PASSPHRASE }));
    await new Promise((turn) => setTimeout(turn, 50));
    expect(sent()).toBe(1);
    vault.lock();
    net.now += 1_000;
    must(await vault.unlock({ kind: 'passphrase', passphrase: PASSPHRASE }));
    await Promise.all([outbox.flush(), outbox.flush()]);
    await vi.waitFor(async () => expect(await state()).toBe('accepted'), { timeout: 20_000 });
    expect(sent()).toBe(2);
  });
});
