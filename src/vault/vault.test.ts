import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { err, ok } from '../base/index.ts';
import { openVault, type PasskeyProvider, type Vault } from './index.ts';
import { codeOf, contents, credential, fill, history, id, must, newVault, outbox, PASSPHRASE } from './testing/samples.ts';

let open: Vault[] = [];
const track = (vault: Vault) => {
  open.push(vault);
  return vault;
};
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});
afterEach(() => {
  for (const vault of open) vault.close();
  open = [];
  vi.useRealTimers();
});

const passphrase = { kind: 'passphrase', passphrase: PASSPHRASE } as const;

/** An authenticator in memory: PRF = a fixed key per passkey, mixed with the salt. */
function softPasskeys(): PasskeyProvider & { readonly made: Uint8Array[]; refuse: boolean } {
  const secretOf = async (key: Uint8Array, salt: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array([...key, ...salt])));
  const provider = {
    made: [] as Uint8Array<ArrayBuffer>[],
    refuse: false,
    available: async () => true,
    async create(_label: string, salt: Uint8Array<ArrayBuffer>) {
      if (provider.refuse) return err('job/cancelled');
      const key = crypto.getRandomValues(new Uint8Array(16));
      provider.made.push(key);
      return ok({ id: key, secret: await secretOf(key, salt) });
    },
    async get(asked: readonly { readonly id: Uint8Array<ArrayBuffer>; readonly salt: Uint8Array<ArrayBuffer> }[]) {
      const first = asked.find(({ id: wanted }) => provider.made.some((key) => String(key) === String(wanted)));
      if (provider.refuse || first === undefined) return err('job/cancelled');
      return ok({ id: first.id, secret: await secretOf(first.id, first.salt) });
    },
  };
  return provider;
}

describe('the wallet', () => {
  it('is empty, then made, and keeps what is put into it across locking and reopening', async () => {
    const vault = track(must(await openVault()));
    expect(vault.state()).toBe('empty');
    expect(codeOf(await vault.create({ kind: 'passphrase', passphrase: 'too short' }))).toBe('vault/weak-passphrase');
    expect(vault.state()).toBe('empty');
    expect(codeOf(await vault.create(passphrase))).toBe('ok');
    await fill(vault);
    const before = await contents(vault);
    expect(before.credentials).toEqual([credential()]);
    vault.lock();
    expect(vault.state()).toBe('locked');
    for (const refused of [
      await vault.credentials.list(),
      await vault.credentials.get(id(1)),
      await vault.credentials.put(credential()),
      await vault.credentials.remove(id(1)),
      await vault.identity(),
      await vault.settle(history(), undefined),
      await vault.exportFile(PASSPHRASE),
      await vault.importFile(new Uint8Array(), PASSPHRASE, 'merge'),
      await vault.removeUnlocker(id(1)),
    ]) {
      expect(codeOf(refused)).toBe('vault/locked');
    }
    expect(codeOf(await vault.unlock({ kind: 'passphrase', passphrase: 'wrong horse battery' }))).toBe('vault/wrong-key');
    vault.close();

    const again = track(must(await openVault()));
    expect(again.state()).toBe('locked');
    expect(codeOf(await again.unlock(passphrase))).toBe('ok');
    expect(await contents(again)).toEqual(before);
  });

  it('replaces and removes by id, and settles history and outbox together', async () => {
    const vault = track(await newVault());
    await fill(vault);
    must(await vault.credentials.put({ ...credential(), label: 'Renamed' }));
    expect(must(await vault.credentials.list()).map(({ label }) => label)).toEqual(['Renamed']);
    must(await vault.credentials.remove(id(1)));
    expect(must(await vault.credentials.get(id(1)))).toBeUndefined();
    must(await vault.settle({ ...history(), state: 'accepted' }, undefined));
    expect(must(await vault.outbox.list())).toEqual([]);
    expect(must(await vault.history.get(id(1)))?.state).toBe('accepted');
    must(await vault.settle(history(2), outbox(2)));
    expect(must(await vault.outbox.list())).toEqual([outbox(2)]);
  });

  it('changes the passphrase, adds and removes passkeys, and keeps one way in', async () => {
    const passkeys = softPasskeys();
    const vault = track(await newVault({ passkeys }));
    await fill(vault);
    const before = await contents(vault);
    expect(codeOf(await vault.setPassphrase({ kind: 'passphrase', passphrase: 'not this one at all' }, 'a new passphrase'))).toBe(
      'vault/wrong-key',
    );
    expect(codeOf(await vault.setPassphrase(passphrase, 'short'))).toBe('vault/weak-passphrase');
    expect(codeOf(await vault.setPassphrase(passphrase, 'a new passphrase'))).toBe('ok');
    passkeys.refuse = true;
    expect(codeOf(await vault.addPasskey({ kind: 'passphrase', passphrase: 'a new passphrase' }, 'Phone'))).toBe('job/cancelled');
    passkeys.refuse = false;
    expect(codeOf(await vault.addPasskey({ kind: 'passphrase', passphrase: 'a new passphrase' }, 'Phone'))).toBe('ok');
    expect(vault.unlockers().map(({ kind, label }) => `${kind} ${label}`)).toEqual(['passphrase Passphrase', 'passkey Phone']);

    vault.lock();
    expect(codeOf(await vault.unlock(passphrase))).toBe('vault/wrong-key');
    expect(codeOf(await vault.unlock({ kind: 'passkey' }))).toBe('ok');
    expect(await contents(vault)).toEqual(before);

    const [first, second] = vault.unlockers();
    must(await vault.removeUnlocker(first?.id ?? ''));
    expect(codeOf(await vault.removeUnlocker(second?.id ?? ''))).toBe('input/malformed');
    vault.lock();
    expect(codeOf(await vault.unlock({ kind: 'passphrase', passphrase: 'a new passphrase' }))).toBe('vault/wrong-key');
    expect(codeOf(await vault.unlock({ kind: 'passkey' }))).toBe('ok');
  });

  it('can be made with a passkey alone', async () => {
    const vault = track(must(await openVault({ passkeys: softPasskeys() })));
    must(await vault.create({ kind: 'passkey' }));
    await fill(vault);
    vault.lock();
    expect(codeOf(await vault.unlock(passphrase))).toBe('vault/wrong-key');
    expect(codeOf(await vault.unlock({ kind: 'passkey' }))).toBe('ok');
  });

  it('one wallet has one secret, also when two callers make it at once', async () => {
    const vault = track(await newVault());
    const secrets = await Promise.all([vault.identity(), vault.identity(), vault.identity()]);
    expect(new Set(secrets.map(must)).size).toBe(1);
    expect(BigInt(`0x${must(await vault.identity())}`)).toBeGreaterThan(2n ** 200n);
  });

  it('locks itself when idle, not while it is held open, and after a sleep of the device', async () => {
    let now = 1_800_000_000_000;
    const vault = track(await newVault({ now: () => now }));
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    must(await vault.setPreferences({ autoLockMinutes: 1 }));
    const states: string[] = [];
    vault.subscribe((state) => states.push(state));
    const pass = (ms: number) => {
      for (let gone = 0; gone < ms; gone += 5_000) {
        now += 5_000;
        vi.advanceTimersByTime(5_000);
      }
    };
    const release = vault.keepOpen();
    pass(600_000);
    expect(vault.state()).toBe('unlocked');
    release();
    release();
    pass(50_000);
    vault.touch();
    pass(50_000);
    expect(vault.state()).toBe('unlocked');
    now += 3_600_000; // asleep: no timer ran
    vi.advanceTimersByTime(5_000);
    expect(vault.state()).toBe('locked');
    expect(states).toEqual(['locked']);
  });

  it('is not kept open by what the app reads and writes by itself', async () => {
    let now = 1_800_000_000_000;
    const vault = track(await newVault({ now: () => now }));
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    must(await vault.setPreferences({ autoLockMinutes: 1 }));
    for (let gone = 0; gone < 60_000; gone += 5_000) {
      expect(vault.state()).toBe('unlocked');
      must(await vault.outbox.list()); // as the outbox does, to see whether a proof waits
      now += 5_000;
      vi.advanceTimersByTime(5_000);
    }
    expect(vault.state()).toBe('locked');
  });

  it('locks and changes in every tab, and lets go when another tab deletes all', async () => {
    const one = track(await newVault());
    const two = track(must(await openVault()));
    must(await two.unlock(passphrase));
    must(await one.setPassphrase(passphrase, 'another passphrase'));
    await vi.waitFor(() => expect(two.unlockers()).toEqual(one.unlockers()), { timeout: 20_000 });
    expect(codeOf(await two.unlock(passphrase))).toBe('vault/wrong-key');
    one.lock();
    await vi.waitFor(() => expect(two.state()).toBe('locked'), { timeout: 20_000 });
    expect(codeOf(await one.deleteAll())).toBe('ok');
    expect(one.state()).toBe('closed');
    expect(two.state()).toBe('closed');
    const fresh = track(must(await openVault()));
    expect(fresh.state()).toBe('empty');
  });

  it('does not let two tabs undo one another’s change of the ways in', async () => {
    const one = track(await newVault());
    const two = track(must(await openVault()));
    const both = await Promise.all([one.setPassphrase(passphrase, 'passphrase one'), two.setPassphrase(passphrase, 'passphrase two')]);
    expect(both.map(codeOf).sort()).toEqual(['internal/error', 'ok']);
  });

  it('keeps preferences in the clear, and reads damaged ones as the default', async () => {
    const vault = track(must(await openVault()));
    expect((await vault.preferences()).theme).toBe('system');
    must(await vault.setPreferences({ theme: 'dark' }));
    expect((await vault.preferences()).theme).toBe('dark');
    await expect(vault.setPreferences({ autoLockMinutes: 0 })).rejects.toThrow();
  });

  it('answers vault/unavailable where there is no storage', async () => {
    vi.stubGlobal('indexedDB', undefined);
    expect(codeOf(await openVault())).toBe('vault/unavailable');
    vi.stubGlobal('indexedDB', {
      open() {
        throw new DOMException('private', 'SecurityError');
      },
    });
    expect(codeOf(await openVault())).toBe('vault/unavailable');
    vi.unstubAllGlobals();
  });
});
