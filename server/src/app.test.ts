// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_ISSUER_NAME } from '../../circuits/credit-score/index.ts';
import { canonicalBytes } from '../../src/base/index.ts';
import { bundleHash, fieldToHex, parseProofRequest, parseVerdict, requestDigest } from '../../src/protocol/index.ts';
import { answerRequest } from './answers.ts';
import { freshNullifier, type Harness, ORIGIN, openHarness, proofOf, requestIn, START } from './testing/harness.ts';

let at: Harness;
beforeAll(async () => {
  at = await openHarness();
});
afterAll(() => at.close());

const token = async (change = {}) => ({ authorization: `Bearer ${await at.partner.token(ORIGIN, at.time.now, change)}` });
const problem = (status: number, code: string) => ({ status, json: { status, code } });

describe('the whole way', () => {
  it('goes from order to accepted verdict', async () => {
    const placed = await at.post('/v1/requests', { order: await at.partner.order(START) });
    expect(placed.status).toBe(201);
    const { id, url } = placed.json;
    expect(placed.headers.get('location')).toBe(`/v1/requests/${id}`);
    expect(url).toBe(`${ORIGIN}/r/${id}`);

    const opened = await at.get(`/v1/requests/${id}`);
    expect(opened.json).toEqual({ status: 'open', request: placed.json.request });
    expect(opened.headers.get('cache-control')).toBe('no-store');
    const jwks = await at.get('/.well-known/jwks.json');
    const checked = await compactVerify(opened.json.request, createLocalJWKSet(jwks.json), { algorithms: ['EdDSA'] });
    expect(checked.protectedHeader).toEqual({ alg: 'EdDSA', typ: 'tacit-request+jwt', kid: at.services.keys.kid });
    const request = parseProofRequest(JSON.parse(new TextDecoder().decode(checked.payload)));
    if (!request.ok) throw new Error('unreadable request');
    expect(request.value).toMatchObject({
      id,
      partner: { id: 'harbour', name: 'harbour Ltd' },
      origin: 'https://harbour.example',
      issuer: { name: DEMO_ISSUER_NAME, demo: true },
      issuedAt: START,
      expiresAt: START + 900,
      verifier: { url: ORIGIN, keyId: at.services.keys.kid },
    });

    const pending = await at.get(`/v1/requests/${id}/verdict`, await token());
    expect(pending).toMatchObject(problem(404, 'verdict/pending'));

    const nullifier = freshNullifier();
    const accepted = await at.post(`/v1/requests/${id}/proof`, at.prove(request.value, nullifier));
    expect(accepted.json).toEqual({ result: 'accepted', code: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect((await at.get(`/v1/requests/${id}`)).json.status).toBe('accepted');

    const read = await at.get(`/v1/requests/${id}/verdict`, await token({ sub: id }));
    expect(read.json.status).toBe('accepted');
    expect(decodeProtectedHeader(read.json.verdict)).toEqual({ alg: 'EdDSA', typ: 'tacit-verdict+jwt', kid: at.services.keys.kid });
    await compactVerify(read.json.verdict, createLocalJWKSet(jwks.json));
    expect(parseVerdict(decodeJwt(read.json.verdict))).toEqual({
      ok: true,
      value: {
        iss: ORIGIN,
        aud: 'harbour',
        sub: id,
        request: requestDigest(request.value),
        origin: 'https://harbour.example',
        statement: 'credit-score',
        scope: 'loan-2026',
        policy: { threshold: 1000 },
        result: 'accepted',
        nullifier: fieldToHex(nullifier),
        returnCode: createHash('sha256').update(Buffer.from(accepted.json.code, 'hex')).digest('hex'),
        bundle: request.value.bundle,
        model: at.manifests[0]?.model,
        system: 'groth16',
        keys: 'development',
        issuer: { name: DEMO_ISSUER_NAME, demo: true },
        assurance: 'demo-attested',
        iat: START,
      },
    });
  });

  it('leaves a rejection that a right proof replaces', async () => {
    const request = await at.request();
    const proof = at.prove(request);
    const wrong = { ...proof, points: at.prove(await at.request()).points };
    expect(await at.post(`/v1/requests/${request.id}/proof`, wrong)).toMatchObject(problem(422, 'proof/invalid'));
    expect((await at.get(`/v1/requests/${request.id}`)).json.status).toBe('open');
    const verdict = await at.verdict(request.id);
    expect(verdict).toMatchObject({ result: 'rejected', reason: 'proof/invalid' });
    expect(verdict).not.toHaveProperty('nullifier');
    expect((await at.post(`/v1/requests/${request.id}/proof`, proof)).status).toBe(200);
    expect(await at.verdict(request.id)).toMatchObject({ result: 'accepted' });
  });

  it('names the new bundle in new requests, and still checks the old one', async () => {
    const two = await openHarness({ bundles: [{ title: 'new' }, { title: 'old' }] });
    const request = await two.request();
    expect(two.services.verifiers.current.manifest.title).toBe('new');
    const old = { ...request, bundle: two.services.verifiers.get(request.bundle).ok ? request.bundle : '' };
    expect((await two.post('/v1/verify', { request: old, proof: two.prove(old) })).status).toBe(200);
    await two.close();
  });
});

describe('POST /v1/requests', () => {
  it('answers the same order with the same request, also when it is signed anew', async () => {
    const key = 'ab'.repeat(16);
    const first = await at.post('/v1/requests', { order: await at.partner.order(START, { key }) });
    const again = await at.post('/v1/requests', { order: await at.partner.order(START, { key, signedAt: START + 9 }) });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.json).toEqual(first.json);
    const changed = await at.post('/v1/requests', { order: await at.partner.order(START, { key, policy: { threshold: 5 } }) });
    expect(changed).toMatchObject(problem(409, 'partner/replayed'));
    const others = await at.post('/v1/requests', { order: await at.other.order(START, { key }) });
    expect(others.status).toBe(201);
    expect(others.json.id).not.toBe(first.json.id);
  });

  it('makes one request of a hundred parallel copies of an order', async () => {
    const order = await at.partner.order(START);
    const answers = await Promise.all(Array.from({ length: 60 }, () => at.post('/v1/requests', { order })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
  });

  it.each([
    ['an unregistered origin', { origin: 'https://rival.example', returnUrl: undefined }, 403, 'request/origin-mismatch'],
    ['the origin with a port', { origin: 'https://harbour.example:8443', returnUrl: undefined }, 403, 'request/origin-mismatch'],
    ['a return address elsewhere', { returnUrl: 'https://evil.example/done' }, 400, 'request/malformed'],
    ['a return address that only looks right', { returnUrl: 'https://harbour.example@evil.example/' }, 400, 'request/malformed'],
    ['a return address with a user name', { returnUrl: 'https://me:you@harbour.example/' }, 400, 'request/malformed'],
    ['a script for an address', { returnUrl: 'javascript:alert(1)' }, 400, 'request/malformed'],
    ['a script for an alternative', { alternative: { label: 'x', url: 'javascript:alert(1)' } }, 400, 'request/malformed'],
    ['a line break in the origin', { origin: 'https://harbour.example\r\nset-cookie: a=b' }, 400, 'request/malformed'],
    ['a path in the origin', { origin: 'https://harbour.example/' }, 400, 'request/malformed'],
    ['an unknown statement', { statement: 'income' }, 400, 'request/malformed'],
    ['a threshold that is no number', { policy: { threshold: '1000' } }, 400, 'request/malformed'],
    ['a threshold out of range', { policy: { threshold: 2 ** 31 } }, 400, 'request/malformed'],
    ['a member that does not exist', { surprise: 1 }, 400, 'request/malformed'],
    ['no scope', { scope: undefined }, 400, 'request/malformed'],
    ['a scope in capitals', { scope: 'Loan' }, 400, 'request/malformed'],
    ['a life of a year', { lifetime: 31_536_000 }, 400, 'request/malformed'],
    ['an order for another verifier', { verifier: 'https://other.example' }, 401, 'partner/unauthenticated'],
    ['no verifier', { verifier: undefined }, 400, 'request/malformed'],
    ['another partner’s name', { partner: 'rival' }, 403, 'partner/forbidden'],
    ['an old signature', { signedAt: START - 301 }, 401, 'partner/unauthenticated'],
    ['a signature from the future', { signedAt: START + 301 }, 401, 'partner/unauthenticated'],
  ])('refuses %s', async (_, change, status, code) => {
    expect(await at.post('/v1/requests', { order: await at.partner.order(START, change) })).toMatchObject(problem(status, code));
  });
});

describe('GET /v1/requests/:id', () => {
  it.each(['0'.repeat(32), 'short', 'A'.repeat(32), '..%2f..%2fetc%2fpasswd', "' OR 1=1 --"])('knows no request %s', async (id) => {
    expect(await at.get(`/v1/requests/${encodeURIComponent(id)}`)).toMatchObject(problem(404, 'request/unknown'));
  });

  it('says when a request has expired', async () => {
    const request = await at.request({ lifetime: 60 });
    at.time.now += 60;
    expect((await at.get(`/v1/requests/${request.id}`)).json.status).toBe('expired');
    expect(await at.post(`/v1/requests/${request.id}/proof`, at.prove(request))).toMatchObject(problem(410, 'request/expired'));
    expect(await at.get(`/v1/requests/${request.id}/verdict`, await token())).toMatchObject(problem(410, 'request/expired'));
  });

  it('keeps a rejection readable after the request has expired', async () => {
    const request = await at.request({ lifetime: 60 });
    await at.post(`/v1/requests/${request.id}/proof`, { ...at.prove(request), points: '00'.repeat(256) });
    at.time.now += 60;
    expect((await at.get(`/v1/requests/${request.id}/verdict`, await token())).json.status).toBe('expired');
    expect(await at.verdict(request.id)).toMatchObject({ result: 'rejected', reason: 'proof/not-on-curve' });
  });
});

describe('POST /v1/requests/:id/proof', () => {
  it('takes one proof of a request', async () => {
    const request = await at.request();
    expect((await at.post(`/v1/requests/${request.id}/proof`, at.prove(request))).status).toBe(200);
    expect(await at.post(`/v1/requests/${request.id}/proof`, at.prove(request))).toMatchObject(problem(409, 'request/used'));
  });

  it('takes one proof of a person in a scope, whichever request and whichever proof', async () => {
    const person = freshNullifier();
    const [first, second] = [await at.request(), await at.request()];
    expect((await at.post(`/v1/requests/${first.id}/proof`, at.prove(first, person))).status).toBe(200);
    expect(await at.post(`/v1/requests/${second.id}/proof`, at.prove(second, person, 'other'))).toMatchObject(
      problem(409, 'nullifier/used'),
    );
    expect(await at.verdict(second.id)).toMatchObject({ result: 'rejected', reason: 'nullifier/used' });
    expect((await at.post(`/v1/requests/${second.id}/proof`, at.prove(second))).status).toBe(200);
    const elsewhere = await at.request({ scope: 'loan-2027' });
    expect((await at.post(`/v1/requests/${elsewhere.id}/proof`, at.prove(elsewhere, person))).status).toBe(200);
  });

  it('checks at most twenty proofs of a request', async () => {
    const request = await at.request();
    const proof = at.prove(request);
    const wrong = { ...proof, publicSignals: proof.publicSignals.slice(1) };
    for (let i = 0; i < 20; i++)
      expect(await at.post(`/v1/requests/${request.id}/proof`, wrong)).toMatchObject(problem(422, 'proof/signal-count'));
    expect(await at.post(`/v1/requests/${request.id}/proof`, proof)).toMatchObject(problem(429, 'request/too-many-attempts'));
    expect((await at.services.store.request(request.id))?.attempts).toBe(20);
  });

  it('does not count what is no proof at all', async () => {
    const request = await at.request();
    for (let i = 0; i < 25; i++) await at.post(`/v1/requests/${request.id}/proof`, { format: 'nonsense' });
    expect((await at.post(`/v1/requests/${request.id}/proof`, at.prove(request))).status).toBe(200);
  });
});

describe('an issuer that was struck off', () => {
  it('counts no more for requests that were open', async () => {
    const request = await at.request();
    const struck = { ...at.services, issuers: new Map() };
    const answer = await answerRequest(struck, request.id, at.prove(request));
    expect(answer).toMatchObject({ ok: false, error: { code: 'credential/unknown-issuer' } });
    // Nothing was spent: put back, it counts again.
    expect((await at.post(`/v1/requests/${request.id}/proof`, at.prove(request))).status).toBe(200);
  });
});

describe('POST /v1/verify', () => {
  it('checks a proof and remembers nothing', async () => {
    const request = await at.request();
    const nullifier = freshNullifier();
    const proof = at.prove(request, nullifier);
    const { json } = await at.get(`/v1/requests/${request.id}`);
    for (const [asked, signed] of [
      [request, false],
      [json.request, true],
      [request, false],
    ]) {
      expect((await at.post('/v1/verify', { request: asked, proof })).json).toEqual({
        valid: true,
        nullifier: fieldToHex(nullifier),
        signed,
        system: 'groth16',
        keys: 'development',
        assurance: 'demo-attested',
      });
    }
    expect((await at.get(`/v1/requests/${request.id}`)).json.status).toBe('open');
  });

  it('tells an issuer of the operator from the demo one', async () => {
    const request = await at.request();
    const bank = at.services.issuers.get('bank');
    if (bank === undefined) throw new Error('no bank');
    const asked = { ...request, issuer: bank };
    expect((await at.post('/v1/verify', { request: asked, proof: at.prove(asked) })).json).toMatchObject({ assurance: 'issuer-attested' });
    // What the request says of its issuer counts for nothing; the key does.
    const dressed = { ...request, issuer: { ...request.issuer, name: 'A bank', demo: false } };
    expect((await at.post('/v1/verify', { request: dressed, proof: at.prove(dressed) })).json).toMatchObject({
      assurance: 'demo-attested',
    });
  });

  it('refuses an issuer it does not accept, a foreign signature and an unknown bundle', async () => {
    const request = await at.request();
    const proof = at.prove(request);
    const foreign = { ...request, issuer: { ...request.issuer, x: '1'.repeat(64) } };
    expect(await at.post('/v1/verify', { request: foreign, proof })).toMatchObject(problem(422, 'credential/unknown-issuer'));
    const jws = await at.partner.sign(request, { typ: 'tacit-request+jwt' });
    expect(await at.post('/v1/verify', { request: jws, proof })).toMatchObject(problem(401, 'request/signature'));
    const unknown = { ...request, bundle: '1'.repeat(64) };
    expect(await at.post('/v1/verify', { request: unknown, proof })).toMatchObject(problem(422, 'bundle/unknown'));
    expect(await at.post('/v1/verify', { request: {}, proof })).toMatchObject(problem(400, 'request/malformed'));
    expect(await at.post('/v1/verify', { request, proof: {} })).toMatchObject(problem(400, 'proof/malformed'));
    expect(await at.post('/v1/verify', { request, proof: { ...proof, v: 2 } })).toMatchObject(problem(422, 'proof/version'));
  });
});

describe('development keys', () => {
  it('are refused where the operator did not allow them, for requests made before too', async () => {
    const strict = await openHarness({ bundles: [{ keys: 'ceremony' }, { title: 'old' }], acceptDevelopmentKeys: false });
    const fresh = await strict.request();
    await strict.post(`/v1/requests/${fresh.id}/proof`, strict.prove(fresh));
    expect(await strict.verdict(fresh.id)).toMatchObject({ result: 'accepted', keys: 'ceremony' });

    const [, manifest] = strict.manifests;
    if (manifest === undefined) throw new Error('no second bundle');
    const old = { ...fresh, bundle: bundleHash(manifest), id: '0'.repeat(32), nonce: '0'.repeat(64) };
    const proof = proofOf(old, manifest, freshNullifier());
    expect(await strict.post('/v1/verify', { request: old, proof })).toMatchObject(problem(422, 'bundle/development-keys'));
    await strict.services.store.createRequest({ request: old, jws: 'x', key: 'x', orderHash: 'x' });
    expect(await strict.post(`/v1/requests/${old.id}/proof`, proof)).toMatchObject(problem(422, 'bundle/development-keys'));
    await strict.close();
  });
});

describe('addresses and methods', () => {
  it('answers healthz, and says so when the store is gone', async () => {
    const sick = await openHarness();
    expect((await sick.get('/healthz')).json).toEqual({ status: 'ok' });
    sick.services.store.ping = async () => {
      throw new Error('SELECT secret FROM somewhere');
    };
    const answer = await sick.get('/healthz');
    expect(answer).toMatchObject(problem(503, 'verifier/unavailable'));
    expect(sick.logged.join() + JSON.stringify(answer.json)).not.toContain('secret');
    await sick.close();
  });

  it.each([
    ['DELETE', '/v1/requests', 'POST'],
    ['GET', '/v1/requests', 'POST'],
    ['POST', '/v1/requests/00', 'GET, HEAD'],
    ['PUT', '/v1/requests/00/proof', 'POST'],
    ['OPTIONS', '/v1/verify', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['PATCH', '/.well-known/jwks.json', 'GET, HEAD'],
  ])('%s %s is told what the address takes', async (method, path, allowed) => {
    const response = await at.fetch(path, { method });
    expect(response.headers.get('allow')).toBe(allowed);
    expect(await response.json()).toMatchObject({ status: 405, code: 'verifier/method', params: { method, allowed } });
  });

  it.each(['/v1', '/v1/', '/v2/requests', '/v1/requests/a/b/c', '/bundles/', '/.env', '/x.js'])('%s is nothing', async (path) => {
    expect(await at.get(path)).toMatchObject(problem(404, 'verifier/not-found'));
  });

  it('answers HEAD as GET without a body', async () => {
    const response = await at.fetch('/healthz', { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('speaks RFC 9457', async () => {
    const { headers, json } = await at.get('/v1/nothing');
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(json).toEqual({
      type: `${ORIGIN}/errors#verifier/not-found`,
      title: 'Verifier: not found',
      status: 404,
      detail: 'There is nothing at this address.',
      code: 'verifier/not-found',
      params: {},
    });
  });

  it('hides what went wrong inside', async () => {
    const broken = await openHarness();
    broken.services.store.request = async () => {
      throw new TypeError('cannot read /etc/secret-path');
    };
    const answer = await broken.get(`/v1/requests/${'0'.repeat(32)}`);
    expect(answer).toMatchObject(problem(500, 'internal/error'));
    expect(JSON.stringify(answer.json)).not.toMatch(/secret-path|TypeError|\.ts/);
    expect(broken.logged.join()).toContain('TypeError');
    expect(broken.logged.join()).not.toContain('secret-path');
    await broken.close();
  });
});

it('signs exactly the canonical bytes', async () => {
  const request = await at.request();
  const { json } = await at.get(`/v1/requests/${request.id}`);
  const payload = Buffer.from(json.request.split('.')[1], 'base64url');
  expect(new Uint8Array(payload)).toEqual(canonicalBytes(requestIn(json.request)));
});
