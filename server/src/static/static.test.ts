// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, openHarness } from '../testing/harness.ts';

const big = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31) % 251);
let root: string;
let at: Harness;
let bundle: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'tacit-static-'));
  const app = join(root, 'app');
  mkdirSync(join(app, 'assets'), { recursive: true });
  mkdirSync(join(app, '.git'));
  writeFileSync(join(root, 'secret.txt'), 'secret');
  const files: Record<string, string | Uint8Array> = {
    'index.html': '<!doctype html><title>Tacit</title>',
    'sw.js': 'self',
    'manifest.webmanifest': '{}',
    'assets/index-Ab3dEf_9.js': 'export {};',
    'assets/index-Ab3dEf_9.js.br': 'brotli',
    'assets/index-Ab3dEf_9.js.gz': 'gzip',
    'assets/font.woff2': 'font',
    'assets/ort-12345678.wasm': big,
    'empty.txt': '',
    '.env': 'SECRET=1',
    '.git/config': 'secret',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(app, name), content);
  symlinkSync(join(root, 'secret.txt'), join(app, 'link.txt'));
  at = await openHarness({ app });
  bundle = `/bundles/${at.services.verifiers.current.hash}`;
});
afterAll(async () => {
  await at.close();
  rmSync(root, { recursive: true });
});

const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
  const response = await at.fetch(path, { headers, method });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes, text: new TextDecoder().decode(bytes) };
};

describe('files', () => {
  it.each([
    ['/', 'text/html; charset=utf-8', 'no-cache'],
    ['/index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['/sw.js', 'text/javascript; charset=utf-8', 'no-cache'],
    ['/manifest.webmanifest', 'application/manifest+json', 'no-cache'],
    ['/assets/font.woff2', 'font/woff2', 'no-cache'],
    ['/assets/index-Ab3dEf_9.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/ort-12345678.wasm', 'application/wasm', 'public, max-age=31536000, immutable'],
    ['/bundles/index.json', 'application/json', 'no-cache'],
  ])('%s is %s and %s', async (path, type, lifetime) => {
    const { status, headers } = await get(path);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, type, lifetime]);
    expect(headers.get('etag')).toMatch(/^"[\w-]{27}"$/);
  });

  it('serves a bundle as it lies on disk, for good', async () => {
    const { headers, text } = await get(`${bundle}/manifest.json`);
    expect(headers.get('cache-control')).toContain('immutable');
    expect(JSON.parse(text)).toEqual(at.manifests[0]);
  });

  it.each(['/r/0123', '/wallet', '/settings', '/a/b'])('%s is a page of the app', async (path) => {
    const { status, headers, text } = await get(path);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(text).toContain('<title>Tacit</title>');
  });

  it.each([
    '/secret.txt',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%252f..%252fsecret.txt',
    '/link.txt',
    '/.env',
    '/.git/config',
    '/index.html%00.js',
    '/assets/missing-12345678.js',
    '/bundles/nothing.json',
    '/v1/anything.html',
    '//etc/passwd.txt',
  ])('%s is nothing', async (path) => {
    const { status, text } = await get(path);
    expect(status).toBe(404);
    expect(text).not.toContain('secret');
    expect(JSON.parse(text).code).toBe('verifier/not-found');
  });

  it('serves nothing but the API and the bundles without a built app', async () => {
    const bare = await openHarness();
    expect((await bare.get('/')).json.code).toBe('verifier/not-found');
    expect((await bare.get('/bundles/index.json')).status).toBe(200);
    await bare.close();
  });

  it('answers HEAD with the headers alone', async () => {
    const { status, headers, text } = await get('/assets/ort-12345678.wasm', {}, 'HEAD');
    expect([status, headers.get('content-length'), text]).toEqual([200, '200000', '']);
  });

  it('answers a known version with 304', async () => {
    const etag = (await get('/sw.js')).headers.get('etag') ?? '';
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) expect((await get('/sw.js', { 'if-none-match': tag })).status).toBe(304);
    expect((await get('/sw.js', { 'if-none-match': '"x"' })).status).toBe(200);
  });

  it.each([
    ['br, gzip', 'br', 'brotli'],
    ['gzip', 'gzip', 'gzip'],
    ['gzip;q=0.5', 'gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip', 'gzip'],
    ['identity', null, 'export {};'],
    ['', null, 'export {};'],
  ])('takes “%s” and gives %s', async (accept, encoding, content) => {
    const { headers, text } = await get('/assets/index-Ab3dEf_9.js', { 'accept-encoding': accept });
    expect([headers.get('content-encoding'), text, headers.get('vary')]).toEqual([encoding, content, 'accept-encoding']);
    expect(headers.get('content-type')).toContain('text/javascript');
  });
});

describe('ranges', () => {
  const path = '/assets/ort-12345678.wasm';
  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-99', 0, 99],
    ['bytes=100-', 100, 199_999],
    ['bytes=-50', 199_950, 199_999],
    ['bytes=-999999', 0, 199_999],
    ['bytes=199990-999999999999999', 199_990, 199_999],
    ['bytes=1000-190000', 1000, 190_000],
  ])('%s is bytes %i to %i', async (range, first, last) => {
    const { status, headers, bytes } = await get(path, { range });
    expect([status, headers.get('content-range')]).toEqual([206, `bytes ${first}-${last}/200000`]);
    expect(headers.get('content-length')).toBe(String(last - first + 1));
    expect(Buffer.compare(bytes, big.subarray(first, last + 1))).toBe(0);
  });

  it.each(['bytes=200000-', 'bytes=999999999999-', 'bytes=-0'])('%s cannot be satisfied', async (range) => {
    const { status, headers, bytes } = await get(path, { range });
    expect([status, headers.get('content-range'), bytes.length]).toEqual([416, 'bytes */200000', 0]);
  });

  it.each([
    'bytes=5-2',
    'bytes=a-b',
    'lines=1-2',
    'bytes=0-1,5-6',
    'bytes=',
    'bytes=-',
    `bytes=0-${'9'.repeat(40)}`,
    `bytes=${'0-1,'.repeat(1000)}2-3`,
  ])('%s is not understood, so all comes', async (range) => {
    const { status, bytes } = await get(path, { range });
    expect([status, bytes.length]).toEqual([200, big.length]);
  });

  it('goes on only with the same version', async () => {
    const etag = (await get(path)).headers.get('etag') ?? '';
    expect((await get(path, { range: 'bytes=5-9', 'if-range': etag })).status).toBe(206);
    expect((await get(path, { range: 'bytes=5-9', 'if-range': '"old"' })).status).toBe(200);
    expect((await get(path, { range: 'bytes=5-9', 'if-range': `W/${etag}` })).status).toBe(200);
    expect((await get(path, { range: 'bytes=5-9', 'if-range': 'Wed, 21 Oct 2015 07:28:00 GMT' })).status).toBe(200);
  });

  it('counts in the plain file, never in its compressed form', async () => {
    const { status, headers, text } = await get('/assets/index-Ab3dEf_9.js', { range: 'bytes=0-5', 'accept-encoding': 'br' });
    expect([status, headers.get('content-encoding'), text]).toEqual([206, null, 'export']);
  });

  it('serves an empty file', async () => {
    expect(await get('/empty.txt')).toMatchObject({ status: 200, text: '' });
    expect((await get('/empty.txt', { range: 'bytes=0-' })).status).toBe(416);
  });
});

describe('headers', () => {
  const everywhere = [
    '/',
    '/sw.js',
    '/bundles/index.json',
    '/v1/requests/00',
    '/v1/nothing',
    '/healthz',
    '/.well-known/jwks.json',
    '/missing.js',
  ];
  it.each(everywhere)('%s carries them all', async (path) => {
    const { headers } = await get(path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; img-src 'self' data: blob:; " +
        "style-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
    });
    expect(headers.get('permissions-policy')).toContain('camera=(self)');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('carries them on errors of our own too', async () => {
    const broken = await openHarness();
    broken.services.store.request = () => Promise.reject(new Error('x'));
    const { headers } = await broken.get(`/v1/requests/${'0'.repeat(32)}`);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    await broken.close();
  });
});
