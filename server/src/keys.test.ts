// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openKeys, rotateKeys, type SigningKeys } from './keys.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tacit-keys-'));
  path = join(directory, 'signing-keys.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

const jwksOf = (keys: SigningKeys) => createLocalJWKSet(keys.jwks as unknown as JSONWebKeySet);

it('makes a key once, for this user alone', async () => {
  const first = await openKeys(directory);
  expect((await openKeys(directory)).kid).toBe(first.kid);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['signing-keys.json']);
  const [published] = first.jwks.keys;
  expect(published).toEqual({ kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: first.kid, use: 'sig', alg: 'EdDSA' });
  expect(await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x: published?.x ?? '' })).toBe(first.kid);
});

it('makes one key when many start at once', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => openKeys(directory)));
  expect(new Set(all.map(({ kid }) => kid)).size).toBe(1);
  expect(readdirSync(directory)).toEqual(['signing-keys.json']);
});

it('keeps old public keys when it rotates, and no old private one', async () => {
  const old = await openKeys(directory);
  const signed = await old.sign('tacit-verdict+jwt', { a: 1 });
  const oldPrivate = JSON.parse(readFileSync(path, 'utf8')).current.d;
  await rotateKeys(directory);
  const now = await rotateKeys(directory);
  expect(now.jwks.keys).toHaveLength(3);
  expect(now.kid).not.toBe(old.kid);
  expect(now.publicKey(old.kid)).toBeDefined();
  expect(now.publicKey('x')).toBeUndefined();
  await compactVerify(signed, jwksOf(now));
  expect((await compactVerify(await now.sign('x', {}), jwksOf(now))).protectedHeader.kid).toBe(now.kid);
  expect(readFileSync(path, 'utf8')).not.toContain(oldPrivate);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.stringify(now.jwks)).not.toContain('"d"');
});

it('refuses a file that others can read, and a damaged one without quoting it', async () => {
  await openKeys(directory);
  const text = readFileSync(path, 'utf8');
  chmodSync(path, 0o644);
  await expect(openKeys(directory)).rejects.toThrow('chmod 600');
  chmodSync(path, 0o600);
  for (const damaged of ['{', text.replace('"v": 1', '"v": 2'), text.replace('"d"', '"dd"'), text.slice(0, -20)]) {
    writeFileSync(path, damaged);
    const message = await openKeys(directory).catch((error: Error) => error.message);
    expect(message).toContain('is damaged');
    expect(message).not.toContain(JSON.parse(text).current.d);
  }
});
