// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoIssuerKey, issuerPublicKey } from '../../circuits/credit-score/index.ts';
import { fieldToHex } from '../../src/protocol/index.ts';
import { readConfig } from './config.ts';
import { openIssuers } from './issuers.ts';
import { openPartners } from './partners.ts';
import { writeBundles } from './testing/bundle.ts';
import { ORIGIN } from './testing/harness.ts';
import { makePartner, type TestPartner } from './testing/partner.ts';
import { openVerifiers } from './verifiers.ts';

let directory: string;
let partner: TestPartner;
let path: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tacit-config-'));
  path = join(directory, 'config.json');
  partner = await makePartner('harbour', ORIGIN);
});
afterAll(() => rmSync(directory, { recursive: true }));

const base = () => ({
  origin: 'https://verifier.example',
  listen: { port: 8787 },
  data: 'data',
  bundles: 'bundles',
  issuers: [{ id: 'bank', name: 'A bank', ...issuerPublicKey(new Uint8Array(32).fill(7)) }],
  partners: [{ id: 'harbour', name: 'Harbour', origins: [partner.origin], issuer: 'bank', keys: [partner.jwk] }],
});
const read = (change: object = {}, env: Record<string, string> = {}) => {
  writeFileSync(path, JSON.stringify({ ...base(), ...change }));
  return readConfig(path, env);
};
const partnerWith = (change: object) => ({ partners: [{ ...base().partners[0], ...change }] });

describe('readConfig', () => {
  it('is careful by default and resolves paths beside the file', () => {
    expect(read()).toMatchObject({
      listen: { host: 'localhost', port: 8787 },
      data: join(directory, 'data'),
      bundles: join(directory, 'bundles'),
      acceptDevelopmentKeys: false,
      demoIssuer: false,
      keepDays: 30,
      logLevel: 'info',
    });
    expect(read()).not.toHaveProperty('app');
  });

  it('lays the environment over the file', () => {
    const env = {
      TACIT_ORIGIN: 'http://localhost:99',
      TACIT_HOST: '::1',
      TACIT_PORT: '99',
      TACIT_DATA_DIR: 'here',
      TACIT_APP: 'app',
      TACIT_BUNDLES: '/srv/bundles',
      TACIT_LOG_LEVEL: 'silent',
    };
    expect(read({}, env)).toMatchObject({
      origin: 'http://localhost:99',
      listen: { host: '::1', port: 99 },
      data: resolve('here'),
      app: resolve('app'),
      bundles: '/srv/bundles',
      logLevel: 'silent',
    });
  });

  it.each<[string, object | (() => object), Record<string, string>, RegExp]>([
    ['an unknown member', { surprise: 1 }, {}, /surprise/],
    ['an origin with a path', { origin: 'https://verifier.example/' }, {}, /origin/],
    ['plain http on the open net', { origin: 'http://verifier.example' }, {}, /must be https/],
    ['a port that is none', {}, { TACIT_PORT: 'http' }, /port/],
    ['an unknown log level', {}, { TACIT_LOG_LEVEL: 'loud' }, /logLevel/],
    ['an unconfigured issuer', () => partnerWith({ issuer: 'nobody' }), {}, /nobody/],
    ['the demo issuer where it is off', () => partnerWith({ issuer: 'demo' }), {}, /demoIssuer/],
    ['an issuer called demo', { issuers: [{ id: 'demo', name: 'x', x: '0'.repeat(64), y: '0'.repeat(64) }] }, {}, /demo/],
    ['no key', () => partnerWith({ keys: [] }), {}, /keys/],
    ['no origin', () => partnerWith({ origins: [] }), {}, /origins/],
    ['a list of no thresholds', () => partnerWith({ thresholds: [] }), {}, /thresholds/],
    ['a threshold between two units', () => partnerWith({ thresholds: [0.5] }), {}, /thresholds/],
  ])('refuses %s', (_, change, env, message) => {
    expect(() => read(typeof change === 'function' ? change() : change, env)).toThrow(message);
  });

  it('refuses a private key, two partners of one name, a missing file, and what is no JSON', () => {
    expect(() => read(partnerWith({ keys: [{ ...partner.jwk, d: 'x'.repeat(43) }] }))).toThrow(/keys/);
    expect(() => read({ partners: [...base().partners, ...base().partners] })).toThrow('one id');
    expect(() => read({ issuers: [...base().issuers, ...base().issuers] })).toThrow('one id');
    expect(() => readConfig(join(directory, 'none.json'), {})).toThrow('TACIT_CONFIG');
    writeFileSync(path, '{"origin":"a","origin":"b"}');
    expect(() => readConfig(path, {})).toThrow('twice');
  });
});

describe('what the configuration names', () => {
  it('refuses an issuer’s key that would accept anything, or is published', () => {
    const issuer = (key: { x: string; y: string }) => ({ issuers: [{ id: 'bank', name: 'A bank', ...key }], demoIssuer: false });
    expect(() => openIssuers(issuer({ x: fieldToHex(0n), y: fieldToHex(1n) }))).toThrow('not a public key');
    expect(() => openIssuers(issuer({ x: fieldToHex(5n), y: fieldToHex(5n) }))).toThrow('not a public key');
    expect(() => openIssuers(issuer({ x: 'f'.repeat(64), y: 'f'.repeat(64) }))).toThrow('not a public key');
    expect(() => openIssuers(issuer(issuerPublicKey(demoIssuerKey())))).toThrow('demo issuer');
    const [bank] = base().issuers;
    if (bank === undefined) throw new Error('no bank');
    expect(() => openIssuers({ issuers: [bank, { ...bank, id: 'other' }], demoIssuer: false })).toThrow('twice');
  });

  it('keeps a partner to its thresholds, where it has any', async () => {
    const at = 1_800_000_000;
    const place = async (change: object, threshold: number) => {
      const book = await openPartners(read(partnerWith(change)).partners, 300);
      const placed = await book.readOrder(await partner.order(at, { policy: { threshold } }), ORIGIN, at);
      return placed.ok ? 'ok' : placed.error;
    };
    const refused = { code: 'request/malformed', params: { what: 'policy.threshold: not allowed' } };
    expect(await place({}, 17)).toBe('ok');
    for (const threshold of [-5, 1000]) expect(await place({ thresholds: [1000, -5] }, threshold)).toBe('ok');
    for (const threshold of [999, 5, 0]) expect(await place({ thresholds: [1000, -5] }, threshold)).toEqual(refused);
  });

  it('reads a partner’s key from a file, and refuses a wrong or shared one', async () => {
    const keyPath = join(directory, 'key.json');
    const config = (id: string) => ({
      ...base().partners[0],
      id,
      name: id,
      origins: [partner.origin],
      issuer: 'bank',
      keys: [{ file: keyPath }],
    });
    await expect(openPartners([config('a')], 300)).rejects.toThrow('cannot be read');
    writeFileSync(keyPath, JSON.stringify({ ...partner.jwk, crv: 'P-256' }));
    await expect(openPartners([config('a')], 300)).rejects.toThrow('not the public half');
    writeFileSync(keyPath, JSON.stringify({ ...partner.jwk, d: 'x'.repeat(43) }));
    await expect(openPartners([config('a')], 300)).rejects.toThrow('not the public half');
    writeFileSync(keyPath, JSON.stringify({ ...partner.jwk, kid: 'a name of its own counts for nothing' }));
    const book = await openPartners([config('harbour')], 300);
    expect(await book.readOrder(await partner.order(1000), ORIGIN, 1000)).toMatchObject({ ok: true });
    await expect(openPartners([config('a'), config('b')], 300)).rejects.toThrow('registered twice');
  });
});

describe('openVerifiers', () => {
  const open = async (accept: boolean, ...bundles: Parameters<typeof writeBundles> extends [string, ...infer B] ? B : never) => {
    const folder = mkdtempSync(join(directory, 'bundles-'));
    const manifests = writeBundles(folder, ...bundles);
    const opened = await openVerifiers(folder, accept);
    return { folder, manifests, opened };
  };

  it('refuses a key with which anybody could forge proofs, also in a bundle that is no longer current', async () => {
    for (const bundles of [[{ unsafe: true }], [{}, { unsafe: true, title: 'old' }]])
      expect((await open(true, ...bundles)).opened).toMatchObject({ ok: false, error: { code: 'key/unsafe' } });
  });

  it('refuses development keys unless told to accept them', async () => {
    expect((await open(false, {})).opened).toMatchObject({ ok: false, error: { code: 'bundle/development-keys' } });
    expect((await open(true, {})).opened.ok).toBe(true);
    const { opened } = await open(false, { keys: 'ceremony' }, { title: 'old' });
    if (!opened.ok) throw new Error(opened.error.code);
    expect(opened.value.current.manifest.keys).toBe('ceremony');
  });

  it('does not check proofs under an old development bundle either', async () => {
    const { opened, manifests } = await open(false, { keys: 'ceremony' }, { title: 'old' });
    const { bundleHash } = await import('../../src/protocol/index.ts');
    const old = manifests[1];
    if (!opened.ok || old === undefined) throw new Error('not open');
    expect(opened.value.get(bundleHash(old))).toEqual({ ok: false, error: { code: 'bundle/development-keys' } });
    expect(opened.value.get('0'.repeat(64))).toMatchObject({ error: { code: 'bundle/unknown' } });
  });

  it('refuses a folder without bundles', async () => {
    expect(await openVerifiers(join(directory, 'nothing'), true)).toMatchObject({ ok: false, error: { code: 'bundle/missing' } });
  });
});
