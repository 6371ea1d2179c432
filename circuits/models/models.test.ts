// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { locateModel, obtainModel, readLock } from './index.ts';
import { filesOfTarball } from './tarball.ts';

describe('every model of the lock', async () => {
  const lock = await readLock();

  it('has a card that says where it is from, what it learnt from, how good it is and what it is for', () => {
    expect(lock.length).toBeGreaterThan(5);
    const cards = new URL('./cards/', import.meta.url);
    for (const { id, package: from } of lock) {
      const card = readFileSync(new URL(`${id}.md`, cards), 'utf8');
      for (const row of ['file', 'licence', 'takes', 'gives', 'size', 'trained on', 'accuracy', 'for', 'not for'])
        expect([id, row, card.split(`\n| ${row} | `)[1]?.split(' |\n')[0]?.length ?? 0]).not.toEqual([id, row, 0]);
      expect(card).toContain(from);
    }
    expect(readdirSync(cards).sort()).toEqual(lock.map(({ id }) => `${id}.md`).sort());
  });

  it('is pinned: version, integrity and the hash of every file', () => {
    for (const { version, integrity, files } of lock) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$|^\d+\.\d+\.\d+[-.]\w/);
      expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
      for (const { sha256, path, bytes } of files) {
        expect(sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(path).not.toMatch(/^\/|\.\./);
        expect(bytes).toBeGreaterThan(0);
      }
    }
  });

  it('is refused by a name that is not in it', async () => {
    expect(await locateModel('nowhere')).toBeUndefined();
    expect(await obtainModel('nowhere')).toMatchObject({ ok: false, error: { code: 'bundle/unknown' } });
  });
});

/** One entry of a tar. */
function entry(name: string, content: Uint8Array, claimed = content.length): Uint8Array {
  const out = new Uint8Array(512 + 512 * Math.ceil(content.length / 512));
  const write = (at: number, text: string): void => out.set(Buffer.from(text, 'latin1'), at);
  write(0, name);
  write(124, claimed.toString(8).padStart(11, '0'));
  out.set(content, 512);
  return out;
}

describe('a tarball', () => {
  const wanted = new Map([['package/model.bin', 4]]);
  const zip = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(gzipSync(Buffer.concat(parts)));

  it('gives the files asked for, of the size asked for, and nothing else', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const found = filesOfTarball(zip(entry('package/other', new Uint8Array(700)), entry('package/model.bin', bytes)), wanted);
    expect([...found.keys()]).toEqual(['package/model.bin']);
    expect([...(found.get('package/model.bin') ?? [])]).toEqual([...bytes]);
    expect(filesOfTarball(zip(entry('package/model.bin', new Uint8Array(5))), wanted).size).toBe(0);
    expect(filesOfTarball(zip(entry('package/../model.bin', new Uint8Array(4))), wanted).size).toBe(0);
  });

  it('that is cut, claims more than it has, or unpacks to more than any package has is not taken for one', () => {
    const cut = zip(entry('package/model.bin', Uint8Array.of(1, 2, 3, 4))).slice(0, 40);
    expect(() => filesOfTarball(cut, wanted)).toThrow();
    expect(() => filesOfTarball(Uint8Array.of(1, 2, 3), wanted)).toThrow();
    const large = new Map([['package/model.bin', 2 ** 30]]);
    const short = filesOfTarball(zip(entry('package/model.bin', Uint8Array.of(1), 2 ** 30)), large).get('package/model.bin');
    expect(short?.length ?? 0).toBeLessThan(1024);
    const bomb = new Uint8Array(gzipSync(new Uint8Array(600 * 2 ** 20), { level: 1 }));
    expect(() => filesOfTarball(bomb, wanted)).toThrow(RangeError);
  });
});
