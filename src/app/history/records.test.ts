import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseProofFile } from '../../protocol/index.ts';
import type { Vault } from '../../vault/index.ts';
import { history, must, newVault, proof, request } from '../../vault/testing/samples.ts';
import { answeredBefore, proofBody, proofFile, proofUrl, receipt, recordCancelled, recordConsent } from './records.ts';

let vault: Vault;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  vault = await newVault();
});
afterEach(() => vault.close());

const state = async () => must(await vault.history.get(request().id))?.state;
const decision = async () => must(await vault.consents.list()).map((record) => record.decision);

describe('answeredBefore', () => {
  it('names what the partner’s other requests were told, and how many they are', () => {
    const other = (id: string, change: object = {}) => ({ ...history(), id, state: 'accepted' as const, ...change });
    const asking = (threshold: number) => ({ ...request(), policy: { threshold } });
    const stranger = { ...asking(5), partner: { id: 'stranger', name: 'Stranger' } };
    const records = [
      other(request().id, { request: asking(1) }),
      other('0a', { request: asking(2000) }),
      other('0b', { request: asking(-300), state: 'queued' }),
      other('0c', { request: asking(2), state: 'declined' }),
      other('0d', { request: stranger }),
      other('0e', { request: asking(2000) }),
    ];
    expect(answeredBefore(records, request())).toEqual({ count: 3, thresholds: [-300, 2000] });
    expect(answeredBefore([], request())).toEqual({ count: 0, thresholds: [] });
  });
});

describe('recordConsent', () => {
  it('writes the decision and begins the history', async () => {
    must(await recordConsent(vault, request(), 'given'));
    expect([await state(), await decision()]).toEqual(['open', ['given']]);
    must(await recordConsent(vault, request(), 'declined'));
    expect([await state(), await decision()]).toEqual(['declined', ['declined']]);
  });
  it.each(['accepted', 'queued'] as const)('never overwrites an answer that is %s', async (answered) => {
    must(await vault.history.put({ ...history(), state: answered }));
    must(await recordConsent(vault, request(), 'given'));
    expect(await state()).toBe(answered);
  });
  it('keeps the time the request was first opened', async () => {
    must(await vault.history.put({ ...history(), state: 'cancelled' }));
    must(await recordConsent(vault, request(), 'given'));
    expect(must(await vault.history.get(request().id))?.openedAt).toBe(history().openedAt);
  });
  it('writes nothing into a locked wallet, and does not fail', async () => {
    vault.lock();
    must(await recordConsent(vault, request(), 'declined'));
    must(await vault.unlock({ kind: 'passphrase', passphrase: 'correct horse battery' }));
    expect(await decision()).toEqual([]);
  });
});

describe('recordCancelled', () => {
  it('marks what was begun, and nothing else', async () => {
    must(await recordCancelled(vault, request()));
    expect(await state()).toBeUndefined();
    must(await recordConsent(vault, request(), 'given'));
    must(await recordCancelled(vault, request(), { code: 'job/cancelled' }));
    expect(await state()).toBe('cancelled');
    must(await vault.history.put({ ...history(), state: 'accepted' }));
    must(await recordCancelled(vault, request()));
    expect(await state()).toBe('accepted');
  });
});

describe('receipt', () => {
  it('holds every byte that answered the request, and where it went', () => {
    // What the code is good for is for the way back alone.
    expect(JSON.stringify(receipt({ ...history(), state: 'accepted', code: 'c0'.repeat(16) }))).not.toContain('c0c0c0');
    const made = receipt({ ...history(), state: 'accepted' });
    const body = JSON.stringify(proof);
    expect(made.sent).toEqual({ method: 'POST', url: proofUrl(request()), bytes: body.length, body });
    expect(JSON.parse(proofBody(proof))).toEqual(proof);
  });
  it('says that nothing was sent while a proof waits or none was made', () => {
    expect(receipt(history()).sent).toBeNull();
    const { proof: _, ...without } = history();
    expect(receipt({ ...without, state: 'declined' }).sent).toBeNull();
  });
});

describe('proofFile', () => {
  it('is what the reader of proof files takes', () => {
    expect(parseProofFile(JSON.parse(JSON.stringify(proofFile(request(), proof))))).toMatchObject({ ok: true });
  });
});
