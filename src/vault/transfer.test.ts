import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalBytes, sha256Hex } from '../base/index.ts';
import type { Vault } from './index.ts';
import { codeOf, contents, credential, face, fill, must, newVault } from './testing/samples.ts';
import { openExport, sealExport } from './transfer.ts';

const EXPORT = 'a passphrase for the file';
let vault: Vault;
beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  vault = await newVault();
  await fill(vault);
});
afterEach(() => vault.close());

const parse = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
const resealed = (file: Record<string, unknown>) => {
  const { sum: _, ...rest } = file;
  return canonicalBytes({ ...rest, sum: sha256Hex(canonicalBytes(rest as never)) } as never);
};

describe('export and import', () => {
  it('moves everything to another device', async () => {
    expect(codeOf(await vault.exportFile('short'))).toBe('vault/weak-passphrase');
    const before = await contents(vault);
    const file = must(await vault.exportFile(EXPORT));
    expect(new TextDecoder().decode(file)).not.toMatch(/income|template|a4a4a4/);
    vault.close();
    globalThis.indexedDB = new IDBFactory();
    vault = await newVault();
    expect(must(await vault.importFile(file, EXPORT, 'merge'))).toEqual({ credentials: 1, history: 1, outbox: 1, consents: 1, faces: 1 });
    expect(await contents(vault)).toEqual(before);
  });

  it('reads a file from before there were faces', async () => {
    const { faces: _, ...before } = { identity: [], credentials: [credential()], history: [], outbox: [], consents: [], faces: [] };
    const old = must(await sealExport(before as never, EXPORT));
    expect(must(await vault.importFile(old, EXPORT, 'merge'))).toMatchObject({ credentials: 1, faces: 0 });
    expect(must(await vault.faces.list())).toEqual([face()]);
    const broken = must(await sealExport({ ...before, faces: [{ ...face(), revocationKey: 'a4' }] } as never, EXPORT));
    expect(codeOf(await vault.importFile(broken, EXPORT, 'merge'))).toBe('vault/import');
  });

  it('replace drops what is here; merge keeps it', async () => {
    const file = must(await vault.exportFile(EXPORT));
    must(await vault.credentials.put({ ...credential(1), label: 'Changed since' }));
    must(await vault.credentials.put(credential(2)));
    must(await vault.importFile(file, EXPORT, 'merge'));
    const labels = async () => must(await vault.credentials.list()).map(({ label }) => label);
    expect((await labels()).sort()).toEqual(['Applicant 2', 'Changed since']);
    must(await vault.importFile(file, EXPORT, 'replace'));
    expect(await labels()).toEqual(['Applicant 1']);
  });

  it('a wrong passphrase, a changed byte or a cut file changes nothing', async () => {
    const before = await contents(vault);
    const file = must(await vault.exportFile(EXPORT));
    expect(codeOf(await vault.importFile(file, 'another passphrase', 'replace'))).toBe('vault/wrong-key');
    let tried = 0;
    for (let at = 0; at < file.length; at += Math.ceil(file.length / 400)) {
      for (const bit of [0, at % 8]) {
        const changed = file.slice();
        (changed[at] as number) ^= 1 << bit;
        expect(codeOf(await vault.importFile(changed, EXPORT, 'replace'))).toBe('vault/import');
        tried++;
      }
      expect(codeOf(await vault.importFile(file.slice(0, at), EXPORT, 'replace'))).toBe('vault/import');
    }
    expect(tried).toBeGreaterThan(600);
    expect(codeOf(await vault.importFile(new Uint8Array([...file, 10]), EXPORT, 'replace'))).toBe('vault/import');
    expect(await contents(vault)).toEqual(before);
  });

  it('a changed file with a right checksum still does not open', async () => {
    const file = parse(must(await vault.exportFile(EXPORT)));
    for (const changed of [
      { ...file, iv: '00'.repeat(12) },
      { ...file, kdf: { ...file.kdf, iterations: 600_001 } },
      { ...file, box: `${file.box.slice(0, -4)}AAAA` },
    ]) {
      expect(codeOf(await openExport(resealed(changed), EXPORT))).toBe('vault/wrong-key');
    }
    for (const changed of [
      { ...file, kdf: { ...file.kdf, iterations: 1 } },
      { ...file, kdf: { ...file.kdf, iterations: 2 ** 45 } },
      { ...file, v: 2 },
      { ...file, extra: 1 },
      { ...file, box: `${file.box}!` },
    ]) {
      expect(codeOf(await openExport(resealed(changed), EXPORT))).toBe('vault/import');
    }
  });

  it('checks every record inside before anything is touched', async () => {
    const empty = { identity: [], credentials: [], history: [], outbox: [], consents: [], faces: [] };
    const twice = must(await sealExport({ ...empty, credentials: [credential(), credential()] }, EXPORT));
    expect(codeOf(await vault.importFile(twice, EXPORT, 'replace'))).toBe('vault/import');
    const broken = must(await sealExport({ ...empty, credentials: [{ ...credential(), label: '' }] }, EXPORT));
    expect(codeOf(await vault.importFile(broken, EXPORT, 'replace'))).toBe('vault/import');
    expect(codeOf(await vault.importFile(new Uint8Array(33 * 2 ** 20), EXPORT, 'replace'))).toBe('vault/import');
    expect(must(await vault.credentials.list())).toHaveLength(1);
  });

  it('any bytes are an answer, not a crash', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        async (bytes) => {
          expect(codeOf(await openExport(bytes, EXPORT))).toBe('vault/import');
        },
      ),
    );
  });
});
