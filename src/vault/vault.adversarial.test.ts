import { IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { canonicalBytes, sha256Hex } from '../base/index.ts';
import { openVault, storeNames, type Vault } from './index.ts';
import { codeOf, contents, credential, fill, history, id, must, newVault, outbox, PASSPHRASE } from './testing/samples.ts';

const passphrase = { kind: 'passphrase', passphrase: PASSPHRASE } as const;
let vault: Vault;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  vault = await newVault();
  await fill(vault);
});
afterEach(() => {
  vi.restoreAllMocks();
  vault.close();
});

type Row = { name: string; iv: Uint8Array; box: Uint8Array };
const readers = {
  identity: () => vault.identity(),
  credentials: () => vault.credentials.list(),
  history: () => vault.history.list(),
  outbox: () => vault.outbox.list(),
  consents: () => vault.consents.list(),
  faces: () => vault.faces.list(),
};

async function raw<T>(work: (database: Awaited<ReturnType<typeof openDB>>) => Promise<T>): Promise<T> {
  const database = await openDB('tacit-vault');
  try {
    return await work(database);
  } finally {
    database.close();
  }
}

describe('at rest', () => {
  it('nothing personal lies in the clear, not even the ids of requests', async () => {
    const everything = await raw(async (database) => {
      const parts: string[] = [];
      for (const store of database.objectStoreNames) {
        for (const row of [...(await database.getAll(store)), ...(await database.getAllKeys(store))]) {
          parts.push(JSON.stringify(row, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value)));
        }
      }
      return parts;
    });
    expect(everything.length).toBe(2 * (storeNames.length + 1));
    for (const secret of ['bank', 'loan', 'income', 'Applicant', id(1), '04'.repeat(32), 'issuer', PASSPHRASE]) {
      expect(everything.filter((part) => part.includes(secret))).toEqual([]);
    }
  });

  it.each(storeNames)('one flipped bit anywhere in a record of %s is vault/corrupt', async (store) => {
    const [row] = (await raw((database) => database.getAll(store))) as Row[];
    if (row === undefined) throw new Error('no row');
    let tried = 0;
    for (const field of ['iv', 'box'] as const) {
      const step = field === 'iv' ? 1 : Math.max(1, Math.floor(row.box.length / 60));
      for (let at = 0; at < row[field].length; at += step) {
        const changed = { ...row, [field]: row[field].slice() };
        (changed[field][at] as number) ^= 1 << (at % 8);
        await raw((database) => database.put(store, changed));
        expect(codeOf(await readers[store]())).toBe('vault/corrupt');
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(60);
    for (const odd of [
      { ...row, box: row.box.slice(0, 5) },
      { ...row, v: 2 },
      { ...row, iv: 'x' },
      { ...row, extra: 1 },
    ]) {
      await raw((database) => database.put(store, odd));
      expect(codeOf(await readers[store]())).toBe('vault/corrupt');
    }
    await raw((database) => database.put(store, row));
    expect(codeOf(await readers[store]())).toBe('ok');
  });

  it('records do not open in another’s place, in another store, or in another wallet', async () => {
    must(await vault.credentials.put(credential(2)));
    const [one, two] = (await raw((database) => database.getAll('credentials'))) as [Row, Row];
    await raw((database) => database.put('credentials', { ...one, name: two.name }));
    expect(codeOf(await vault.credentials.list())).toBe('vault/corrupt');
    await raw((database) => database.put('credentials', two));
    await raw((database) => database.put('history', one));
    expect(codeOf(await vault.history.list())).toBe('vault/corrupt');
    await raw((database) => database.delete('history', one.name));
    expect(codeOf(await vault.history.list())).toBe('ok');

    globalThis.indexedDB = new IDBFactory();
    const other = await newVault();
    await raw((database) => database.put('credentials', one));
    expect(codeOf(await other.credentials.list())).toBe('vault/corrupt');
    expect(must(await other.dropDamaged())).toBe(1);
    expect(must(await other.credentials.list())).toEqual([]);
    other.close();
  });

  it('a damaged key record is told apart from a wrong passphrase, opens nothing and is not overwritten', async () => {
    const header = await raw((database) => database.get('meta', 'keys'));
    const text = JSON.stringify(header);
    vault.close();
    let tried = 0;
    for (let at = 0; at < text.length; at += 5) {
      const char = text[at] ?? '';
      if (!/[0-9a-f]/.test(char)) continue;
      let parsed: unknown;
      try {
        parsed = JSON.parse(`${text.slice(0, at)}${char === '1' ? '2' : '1'}${text.slice(at + 1)}`);
      } catch {
        continue;
      }
      await raw((database) => database.put('meta', parsed, 'keys'));
      vault = must(await openVault());
      expect(vault.state()).toBe('locked');
      expect(codeOf(await vault.unlock(passphrase))).toBe('vault/corrupt');
      vault.close();
      tried++;
    }
    expect(tried).toBeGreaterThan(60);
    await raw((database) => database.put('meta', header, 'keys'));
    vault = must(await openVault());
    expect(codeOf(await vault.unlock(passphrase))).toBe('ok');
  });

  it('a planted key record with a weak stretching or a right checksum over wrong bytes opens nothing', async () => {
    const header = await raw((database) => database.get('meta', 'keys'));
    vault.close();
    const plant = async (change: (wrap: Record<string, unknown>) => void) => {
      const planted = structuredClone(header);
      change(planted.wraps[0]);
      const { sum: _, ...rest } = planted;
      await raw((database) => database.put('meta', { ...rest, sum: sha256Hex(canonicalBytes(rest)) }, 'keys'));
      vault = must(await openVault());
      const code = codeOf(await vault.unlock(passphrase));
      vault.close();
      return code;
    };
    expect(await plant((wrap) => (wrap.iterations = 1))).toBe('vault/corrupt');
    expect(await plant((wrap) => (wrap.iterations = 2 ** 40))).toBe('vault/corrupt');
    expect(await plant((wrap) => (wrap.salt = '00'.repeat(32)))).toBe('vault/wrong-key');
    expect(await plant((wrap) => (wrap.id = id(7)))).toBe('vault/wrong-key');
    expect(await plant((wrap) => (wrap.box = 'ff'.repeat(48)))).toBe('vault/wrong-key');
    expect(await plant(() => undefined)).toBe('ok');
  });
});

describe('no room', () => {
  const full = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };

  it('every write answers vault/quota and loses nothing', async () => {
    const file = must(await vault.exportFile('export passphrase'));
    const before = await contents(vault);
    const fail = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(full);
    for (const written of [
      await vault.credentials.put(credential(9)),
      await vault.settle({ ...history(), state: 'accepted' }, undefined),
      await vault.settle(history(9), outbox(9)),
      await vault.setPassphrase(passphrase, 'some other passphrase'),
      await vault.setPreferences({ theme: 'dark' }),
    ]) {
      expect(codeOf(written)).toBe('vault/quota');
    }
    fail.mockRestore();
    expect(await contents(vault)).toEqual(before);
    // Full after a few writes: what was cleared before must come back.
    const put = IDBObjectStore.prototype.put;
    for (let room = 0; room < 5; room++) {
      let left = room;
      const half = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
        return left-- > 0 ? put.apply(this, args) : full();
      });
      expect(codeOf(await vault.importFile(file, 'export passphrase', 'replace'))).toBe('vault/quota');
      half.mockRestore();
      expect(await contents(vault)).toEqual(before);
    }
    vault.lock();
    expect(codeOf(await vault.unlock(passphrase))).toBe('ok');
  });

  it('also when the browser says so only at the end of the transaction', async () => {
    const before = await contents(vault);
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
      const asked = put.apply(this, args);
      const transaction = this.transaction as unknown as { _abort(name: string): void };
      asked.addEventListener('success', () => transaction._abort('QuotaExceededError'));
      return asked;
    });
    expect(codeOf(await vault.credentials.put(credential(9)))).toBe('vault/quota');
    vi.restoreAllMocks();
    expect(await contents(vault)).toEqual(before);
  });
});
