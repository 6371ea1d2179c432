import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProofRequest } from '../protocol/index.ts';
import { openFiles, type Vault } from '../vault/index.ts';
import { codeOf, credential, history, id, must, newVault, proof } from '../vault/testing/samples.ts';
import { createBundleLoader } from './bundles.ts';
import {
  json,
  type Network,
  network,
  ORIGIN,
  problem,
  requestFor,
  type SigningVerifier,
  serveBundle,
  signingVerifier,
  testBundle,
} from './testing/fakes.ts';
import type { VerifierClient } from './types.ts';
import { createVerifierClient } from './verifier.ts';

let net: Network;
let vault: Vault;
let keys: SigningVerifier;
let client: VerifierClient;
const published = testBundle();
const path = `GET /v1/requests/${id(1)}`;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  net = network();
  vault = await newVault();
  keys = await signingVerifier();
  client = createVerifierClient({ http: net.http, bundles: createBundleLoader(net.http, must(await openFiles())), vault, origin: ORIGIN });
  serveBundle(net, published);
  net.routes.set('GET /.well-known/jwks.json', () => json(keys.jwks));
});
afterEach(() => vault.close());

const asked = (change: Partial<ProofRequest> = {}) => requestFor(keys.keyId, { bundle: published.hash, ...change });
async function serve(request: unknown, { header = {}, status = 'open' }: { header?: Record<string, unknown>; status?: string } = {}) {
  const jws = await keys.sign(request, header);
  net.routes.set(path, () => json({ status, request: jws }));
  return jws;
}

describe('opening a request', () => {
  it('gives it when signature, address, bundle and clock are right', async () => {
    await serve(asked());
    expect(await client.openRequest(id(1))).toEqual({
      ok: true,
      value: { request: asked(), manifest: published.manifest, status: 'open', offline: false },
    });
    expect(net.ledger.entries().every(({ method, body }) => method === 'GET' && body === '')).toBe(true);
  });

  it('refuses a time ahead of the clock, which would ask for how long a credential will hold', async () => {
    const now = Math.floor(net.now / 1000);
    await serve(asked({ issuedAt: now + 30 * 86_400, expiresAt: now + 31 * 86_400 }));
    expect(codeOf(await client.openRequest(id(1)))).toBe('request/malformed');
    await serve(asked({ issuedAt: now + 60, expiresAt: now + 900 }));
    expect(must(await client.openRequest(id(1))).status).toBe('open');
  });

  it('tells what has passed by the clock or by the verifier', async () => {
    await serve(asked(), { status: 'accepted' });
    expect(must(await client.openRequest(id(1))).status).toBe('accepted');
    await serve(asked());
    net.now = asked().expiresAt * 1000;
    expect(must(await client.openRequest(id(1))).status).toBe('expired');
  });

  it('refuses any other signature, key, header, verifier or id', async () => {
    const other = await signingVerifier();
    const jws = await serve(asked());
    const [head = '', body = '', signature = ''] = jws.split('.');
    const flipped = (text: string, at: number) => `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
    for (const broken of [
      [flipped(head, 5), body, signature].join('.'),
      [head, flipped(body, 50), signature].join('.'),
      [head, body, flipped(signature, 10)].join('.'),
      [head, body, ''].join('.'),
      `${jws}.x`,
      await other.sign(asked()),
      await other.sign(asked(), { kid: keys.keyId }),
      await keys.sign(asked(), { typ: 'tacit-verdict+jwt' }),
      await keys.sign(asked(), { jku: 'https://evil.example' }),
      await keys.sign(asked({ id: id(2) })),
      await keys.sign(asked({ verifier: { url: 'https://evil.example', keyId: keys.keyId } })),
      await keys.sign(asked({ verifier: { url: ORIGIN, keyId: other.keyId } })),
    ]) {
      net.routes.set(path, () => json({ status: 'open', request: broken }));
      expect(codeOf(await client.openRequest(id(1)))).toBe('request/signature');
    }
    // A key set that passes a foreign key off under the right name.
    net.routes.set(path, async () => json({ status: 'open', request: await other.sign(asked(), { kid: keys.keyId }) }));
    net.routes.set('GET /.well-known/jwks.json', () => json({ keys: [{ ...(other.jwks.keys[0] as object), kid: keys.keyId }] }));
    expect(codeOf(await client.openRequest(id(1)))).toBe('request/signature');
  });

  it('tells a request from the future from a broken one, and an unknown one', async () => {
    await serve({ ...asked(), statement: 'income' });
    expect(await client.openRequest(id(1))).toMatchObject({ error: { code: 'request/unsupported', params: { what: 'income' } } });
    await serve({ ...asked(), v: 2 });
    expect(codeOf(await client.openRequest(id(1)))).toBe('request/unsupported');
    await serve({ ...asked(), nonce: 'x' });
    expect(codeOf(await client.openRequest(id(1)))).toBe('request/malformed');
    net.routes.set(path, () => problem('request/unknown'));
    expect(codeOf(await client.openRequest(id(1)))).toBe('request/unknown');
    expect(codeOf(await client.openRequest('../etc'))).toBe('request/unknown');
    net.routes.set(path, () => json({ something: 'else' }));
    expect(codeOf(await client.openRequest(id(1)))).toBe('verifier/unavailable');
  });

  it('checks where the person came from, and that the bundle is published', async () => {
    await serve(asked());
    expect(codeOf(await client.openRequest(id(1), { referrer: 'http://localhost:8788/apply?x=1' }))).toBe('ok');
    expect(codeOf(await client.openRequest(id(1), { referrer: `${ORIGIN}/` }))).toBe('ok');
    expect(await client.openRequest(id(1), { referrer: 'https://phish.example/' })).toMatchObject({
      error: { code: 'request/origin-mismatch', params: { origin: 'https://phish.example' } },
    });
    await serve(asked({ bundle: 'ab'.repeat(32) }));
    net.routes.set(`GET /bundles/${'ab'.repeat(32)}/manifest.json`, () => problem('verifier/not-found'));
    expect(codeOf(await client.openRequest(id(1)))).toBe('bundle/unknown');
  });

  it('opens what the person consented to before, when the verifier is away', async () => {
    await serve(asked());
    must(await client.openRequest(id(1)));
    net.online = false;
    expect(codeOf(await client.openRequest(id(1)))).toBe('network/offline');
    must(await vault.history.put({ ...history(), request: asked(), state: 'open' }));
    expect(await client.openRequest(id(1))).toMatchObject({ ok: true, value: { offline: true, status: 'open', request: asked() } });
    vault.lock();
    expect(codeOf(await client.openRequest(id(1)))).toBe('network/offline');
  });
});

describe('the other calls', () => {
  it('send what their names say and nothing else', async () => {
    net.routes.set(`POST /v1/requests/${id(1)}/proof`, () => json({ result: 'accepted', code: 'c0'.repeat(16) }));
    net.routes.set('POST /v1/issuer/credentials', () => json({ credential: credential().credential }, 201));
    net.routes.set('GET /v1/issuer', () =>
      json({ name: 'Demo', demo: true, x: '1'.repeat(64), y: '2'.repeat(64), applicants: [{ id: 'a', label: 'A' }] }),
    );
    net.routes.set('GET /v1/demo', () => json({ partner: 'http://localhost:8788' }));
    expect(must(await client.issuer()).applicants).toEqual([{ id: 'a', label: 'A' }]);
    expect(must(await client.demo())).toEqual({ partner: 'http://localhost:8788' });
    expect(must(await client.requestCredential('a', '3'.repeat(64)))).toEqual(credential().credential);
    expect(codeOf(await client.sendProof(id(1), proof))).toBe('ok');
    expect(net.seen.map(({ body }) => body)).toEqual([
      '',
      '',
      JSON.stringify({ applicant: 'a', holder: '3'.repeat(64) }),
      JSON.stringify(proof),
    ]);
  });

  it('pass on the verifier’s refusals', async () => {
    net.routes.set(`POST /v1/requests/${id(1)}/proof`, () => problem('nullifier/used'));
    net.routes.set('POST /v1/issuer/credentials', () => problem('issuer/unknown-applicant', { applicant: 'a' }));
    net.routes.set('GET /v1/issuer', () => problem('issuer/disabled'));
    expect(codeOf(await client.sendProof(id(1), proof))).toBe('nullifier/used');
    expect(codeOf(await client.issuer())).toBe('issuer/disabled');
    expect(codeOf(await client.requestCredential('a', '3'.repeat(64)))).toBe('issuer/unknown-applicant');
    net.routes.set('POST /v1/issuer/credentials', () => json({ credential: { x: 1 } }, 201));
    expect(codeOf(await client.requestCredential('a', '3'.repeat(64)))).toBe('credential/malformed');
  });
});
