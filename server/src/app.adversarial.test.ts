// SPDX-License-Identifier: Apache-2.0
// Longer than 400 lines because every attack on the API stands in one list that can be read through.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BN254_ORDER, fieldToHex, hashReturnCode, type ProofEnvelope, type ProofRequest } from '../../src/protocol/index.ts';
import { freshNullifier, type Harness, ORIGIN, openHarness, START } from './testing/harness.ts';
import { makePartner, type TestPartner } from './testing/partner.ts';

let at: Harness;
let stranger: TestPartner;
beforeAll(async () => {
  at = await openHarness();
  stranger = await makePartner('harbour', ORIGIN);
});
afterAll(() => at.close());

const problem = (status: number, code: string) => ({ status, json: { status, code } });
const b64 = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const parts = (jws: string): [string, string, string] => jws.split('.') as [string, string, string];

/** Ways to bring a signature that is none; each takes an honest JWS of the partner. */
const forgeries: readonly (readonly [string, (jws: string) => Promise<string> | string])[] = [
  ['alg none', (jws) => `${b64({ alg: 'none', kid: at.partner.kid, typ: typOf(jws) })}.${parts(jws)[1]}.`],
  [
    'alg none with the old signature',
    (jws) => `${b64({ alg: 'none', kid: at.partner.kid, typ: typOf(jws) })}.${parts(jws)[1]}.${parts(jws)[2]}`,
  ],
  [
    'HS256 with the public key as the secret',
    (jws) => {
      const head = b64({ alg: 'HS256', kid: at.partner.kid, typ: typOf(jws) });
      const mac = createHmac('sha256', Buffer.from(at.partner.jwk.x, 'base64url'))
        .update(`${head}.${parts(jws)[1]}`)
        .digest('base64url');
      return `${head}.${parts(jws)[1]}.${mac}`;
    },
  ],
  ['a stranger’s key under the partner’s kid', (jws) => stranger.sign(payloadOf(jws), { typ: typOf(jws), kid: at.partner.kid })],
  ['a stranger’s key under its own kid', (jws) => stranger.sign(payloadOf(jws), { typ: typOf(jws) })],
  [
    'a stranger’s key brought along in the header',
    (jws) => stranger.sign(payloadOf(jws), { typ: typOf(jws), kid: at.partner.kid, jwk: stranger.jwk }),
  ],
  ['an honest signature with a key in the header', (jws) => at.partner.sign(payloadOf(jws), { typ: typOf(jws), jwk: at.partner.jwk })],
  ['no kid', (jws) => at.partner.sign(payloadOf(jws), { typ: typOf(jws), kid: undefined })],
  ['a kid that is a path', (jws) => at.partner.sign(payloadOf(jws), { typ: typOf(jws), kid: '../../dev/null' })],
  ['the kid of the verifier', (jws) => at.partner.sign(payloadOf(jws), { typ: typOf(jws), kid: at.services.keys.kid })],
  ['another type', (jws) => at.partner.sign(payloadOf(jws), { typ: 'tacit-verdict+jwt' })],
  ['no type', (jws) => at.partner.sign(payloadOf(jws), { typ: undefined })],
  ['a changed payload', (jws) => [parts(jws)[0], b64({ ...payloadOf(jws), scope: 'other', sub: 'other' }), parts(jws)[2]].join('.')],
  [
    'a changed signature',
    (jws) => jws.replace(/\.([A-Za-z0-9_-])([A-Za-z0-9_-]{85})$/, (_, a, rest) => `.${a === 'A' ? 'B' : 'A'}${rest}`),
  ],
  // 64 bytes end in one of A Q g w; the next letter decodes to the same bytes.
  ['stray low bits in the signature', (jws) => jws.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1))],
  ['padding', (jws) => `${jws}=`],
  ['a fourth part', (jws) => `${jws}.${b64('x')}`],
  [
    'a header key twice',
    (jws) =>
      [b64(`{"alg":"EdDSA","kid":"${at.partner.kid}","typ":"${typOf(jws)}","typ":"${typOf(jws)}"}`), parts(jws)[1], parts(jws)[2]].join(
        '.',
      ),
  ],
  [
    'a payload key twice',
    async (jws) => at.partner.sign(`{"a":1,${JSON.stringify(payloadOf(jws)).slice(1, -1)},"a":2}`, { typ: typOf(jws) }),
  ],
  ['a payload that is no JSON', async (jws) => at.partner.sign('hello', { typ: typOf(jws) })],
  ['nothing', () => ''],
  ['dots', () => '..'],
];
const payloadOf = (jws: string) => JSON.parse(Buffer.from(parts(jws)[1], 'base64url').toString());
const typOf = (jws: string): string => JSON.parse(Buffer.from(parts(jws)[0], 'base64url').toString()).typ;

describe('signatures', () => {
  it.each(forgeries)('an order with %s is refused', async (_, forge) => {
    const order = await at.partner.order(START);
    const forged = await forge(order);
    expect(await at.post('/v1/requests', { order: forged })).toMatchObject(problem(401, 'partner/unauthenticated'));
    expect((await at.post('/v1/requests', { order })).status).toBe(201);
  });

  it.each(forgeries)('a token with %s is refused', async (_, forge) => {
    const request = await at.request();
    const path = `/v1/requests/${request.id}/verdict`;
    const token = await at.partner.token(ORIGIN, START);
    expect(await at.get(path, { authorization: `Bearer ${await forge(token)}` })).toMatchObject(problem(401, 'partner/unauthenticated'));
    expect(await at.get(path, { authorization: `Bearer ${token}` })).toMatchObject(problem(404, 'verdict/pending'));
  });

  it.each([
    ['is expired', { iat: START - 120, exp: START - 60 }],
    ['expires now', { iat: START - 60, exp: START }],
    ['lives too long', { exp: START + 3600 }],
    ['lives backwards', { iat: START + 100, exp: START + 50 }],
    ['comes from the future', { iat: START + 1000, exp: START + 1060 }],
    ['is for another verifier', { aud: 'https://other.example' }],
    ['is for a list of verifiers', { aud: [ORIGIN] }],
    ['names another partner', { iss: 'rival' }],
    ['has no end', { exp: undefined }],
    ['has no audience', { aud: undefined }],
    ['is for another request', { sub: '0'.repeat(32) }],
    ['is an order', { ...{ partner: 'harbour' } }],
  ])('a token that %s is refused', async (_, change) => {
    const request = await at.request();
    const token = await at.partner.token(ORIGIN, START, change);
    const read = await at.get(`/v1/requests/${request.id}/verdict`, { authorization: `Bearer ${token}` });
    expect(read).toMatchObject(problem(401, 'partner/unauthenticated'));
  });

  it.each(['', 'Bearer', 'Basic aGFyYm91cjp4', 'Bearer a b', `Bearer ${'a'.repeat(5000)}`])(
    'the authorization “%s” is refused',
    async (authorization) => {
      const request = await at.request();
      expect(await at.get(`/v1/requests/${request.id}/verdict`, { authorization })).toMatchObject(problem(401, 'partner/unauthenticated'));
    },
  );

  it('a partner cannot read another’s verdict, nor learn from it', async () => {
    const request = await at.request();
    await at.post(`/v1/requests/${request.id}/proof`, at.prove(request));
    const rival = await at.get(`/v1/requests/${request.id}/verdict`, { authorization: `Bearer ${await at.other.token(ORIGIN, START)}` });
    expect(rival).toMatchObject(problem(403, 'partner/forbidden'));
    expect(rival.json).not.toHaveProperty('verdict');
  });

  it('an order is no token, a token no order, and neither passes for the verifier’s own messages', async () => {
    const request = await at.request();
    const order = await at.partner.order(START);
    expect(await at.get(`/v1/requests/${request.id}/verdict`, { authorization: `Bearer ${order}` })).toMatchObject(
      problem(401, 'partner/unauthenticated'),
    );
    expect(await at.post('/v1/requests', { order: await at.partner.token(ORIGIN, START) })).toMatchObject(
      problem(401, 'partner/unauthenticated'),
    );
    const verdict = await at.services.keys.sign('tacit-verdict+jwt', request);
    expect(await at.post('/v1/verify', { request: verdict, proof: at.prove(request) })).toMatchObject(problem(401, 'request/signature'));
  });
});

describe('proofs', () => {
  /** Each leaves the request open and a rejection behind. */
  const tamper: readonly (readonly [string, number, string, (proof: ProofEnvelope) => unknown])[] = [
    ['without its last signal', 422, 'proof/signal-count', (proof) => ({ ...proof, publicSignals: proof.publicSignals.slice(0, -1) })],
    ['with one signal more', 422, 'proof/signal-count', (proof) => ({ ...proof, publicSignals: [...proof.publicSignals, fieldToHex(0n)] })],
    ['without signals', 422, 'proof/signal-count', (proof) => ({ ...proof, publicSignals: [] })],
    [
      'with a nullifier plus the field order',
      422,
      'proof/non-canonical',
      (proof) =>
        signal(
          proof,
          5,
          ((BigInt(`0x${proof.publicSignals[5]}`) % (2n ** 254n - BN254_ORDER)) + BN254_ORDER).toString(16).padStart(64, '0'),
        ),
    ],
    ['with another nullifier', 422, 'proof/invalid', (proof) => signal(proof, 5, fieldToHex(77n))],
    ['with points of zero', 422, 'proof/not-on-curve', (proof) => ({ ...proof, points: '00'.repeat(256) })],
    ['with points of ones', 422, 'proof/non-canonical', (proof) => ({ ...proof, points: 'ff'.repeat(256) })],
    ['with one bit flipped', 422, 'proof/not-on-curve', (proof) => ({ ...proof, points: flipBit(proof.points, 7) })],
    ['under another bundle', 422, 'bundle/unknown', (proof) => ({ ...proof, bundle: '1'.repeat(64) })],
    ...([0, 1, 2, 3, 4, 6, 7] as const).map(
      (i) =>
        [`with public signal ${i} changed`, 422, 'request/mismatch', (proof: ProofEnvelope) => signal(proof, i, fieldToHex(1n))] as const,
    ),
  ];
  const signal = (proof: ProofEnvelope, at: number, value: string): ProofEnvelope => ({
    ...proof,
    publicSignals: proof.publicSignals.with(at, value),
  });
  const flipBit = (hex: string, at: number): string =>
    hex.slice(0, at) + (Number.parseInt(hex[at] as string, 16) ^ 1).toString(16) + hex.slice(at + 1);

  it.each(tamper)('%s → %i %s', async (_, status, code, change) => {
    const request = await at.request();
    const proof = at.prove(request);
    expect(await at.post(`/v1/requests/${request.id}/proof`, change(proof))).toMatchObject(problem(status, code));
    expect(await at.verdict(request.id)).toMatchObject({ result: 'rejected', reason: code });
    expect((await at.post(`/v1/requests/${request.id}/proof`, proof)).status).toBe(200);
  });

  /** These are no proofs: no attempt is counted and no verdict made. */
  it.each([
    ['null', 400, 'proof/malformed', () => null],
    ['an array', 400, 'proof/malformed', () => []],
    ['a number', 400, 'proof/malformed', () => 7],
    ['a truncated one', 400, 'proof/malformed', (proof: ProofEnvelope) => ({ ...proof, points: proof.points.slice(2) })],
    ['capitals', 400, 'proof/malformed', (proof: ProofEnvelope) => ({ ...proof, points: proof.points.toUpperCase() })],
    ['a member more', 400, 'proof/malformed', (proof: ProofEnvelope) => ({ ...proof, features: [1] })],
    ['another version', 422, 'proof/version', (proof: ProofEnvelope) => ({ ...proof, v: 2 })],
    ['a prototype', 400, 'input/malformed', (proof: ProofEnvelope) => `${JSON.stringify(proof).slice(0, -1)},"__proto__":{"v":1}}`],
    ['a key twice', 400, 'input/malformed', (proof: ProofEnvelope) => `${JSON.stringify(proof).slice(0, -1)},"\\u0076":1}`],
  ])('%s is no proof', async (_, status, code, change) => {
    const request = await at.request();
    expect(await at.post(`/v1/requests/${request.id}/proof`, change(at.prove(request)))).toMatchObject(problem(status, code));
    expect((await at.services.store.request(request.id))?.attempts).toBe(0);
    await expect(at.verdict(request.id)).rejects.toThrow('verdict/pending');
  });

  it('a proof for one request is worthless for another, whatever differs', async () => {
    const request = await at.request();
    for (const change of [
      {},
      { scope: 'loan-2027' },
      { policy: { threshold: 1001 } },
      { purpose: 'Another' },
      { retentionDays: 3 },
      { lifetime: 60 },
    ]) {
      const other = await at.request(change);
      const answer = await at.post(`/v1/requests/${other.id}/proof`, at.prove(request));
      expect(answer).toMatchObject(problem(422, 'request/mismatch'));
    }
    const rivals = await at.request({}, at.other);
    expect(await at.post(`/v1/requests/${rivals.id}/proof`, at.prove(request))).toMatchObject(problem(422, 'request/mismatch'));
  });

  it('one scope name at two partners is two scopes', async () => {
    const person = freshNullifier();
    const [mine, theirs] = [await at.request({ scope: 'same' }), await at.request({ scope: 'same' }, at.other)];
    expect((await at.post(`/v1/requests/${mine.id}/proof`, at.prove(mine, person))).status).toBe(200);
    // Were one nullifier possible in both, it would still not be taken for spent.
    expect((await at.post(`/v1/requests/${theirs.id}/proof`, at.prove(theirs, person))).status).toBe(200);
  });

  it('a hundred parallel posts of one proof: one wins, and all hear of one code', async () => {
    const request = await at.request();
    const proof = at.prove(request);
    const answers = await Promise.all(Array.from({ length: 100 }, () => at.post(`/v1/requests/${request.id}/proof`, proof)));
    // Those that came after the winner are the same person's: told the same again.
    expect(new Set(answers.flatMap(({ status, json }) => (status === 200 ? [json.code] : []))).size).toBe(1);
    for (const { status, json } of answers)
      expect(status === 200 || ['request/too-many-attempts', 'verifier/busy'].includes(json.code)).toBe(true);
    expect(await at.verdict(request.id)).toMatchObject({ result: 'accepted' });
  });

  it('a hundred parallel posts of one person to as many requests: one wins', async () => {
    const person = freshNullifier();
    const requests = [];
    for (let i = 0; i < 60; i++) requests.push(await at.request({ scope: 'rush' }));
    const proofs = requests.map((request) => at.prove(request, person));
    const answers = await Promise.all(requests.map(({ id }, i) => at.post(`/v1/requests/${id}/proof`, proofs[i])));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ json }) => json.code === 'nullifier/used')).toHaveLength(59);
  });
});

describe('the return code', () => {
  const post = (request: ProofRequest, proof: unknown) => at.post(`/v1/requests/${request.id}/proof`, proof);

  it('is told again to the same person, by any proof of theirs, as often as it was lost, and also after the request has expired', async () => {
    const request = await at.request();
    const person = freshNullifier();
    const first = (await post(request, at.prove(request, person))).json;
    for (let i = 0; i < 25; i++) expect((await post(request, at.prove(request, person, `again ${i % 2}`))).json).toEqual(first);
    at.time.now = request.expiresAt + 1;
    const late = await post(request, at.prove(request, person));
    at.time.now = START;
    expect([late.status, late.json]).toEqual([200, first]);
    expect((await at.verdict(request.id)).returnCode).toBe(hashReturnCode(first.code));
  });

  it('is told to nobody else: not for another person’s proof, nor for knowing the nullifier, nor for another request’s proof', async () => {
    const request = await at.request();
    const person = freshNullifier();
    const proof = at.prove(request, person);
    const { code } = (await post(request, proof)).json;
    const other = await at.request();
    for (const wrong of [
      at.prove(request),
      { ...proof, points: '00'.repeat(256) },
      { ...proof, points: at.prove(request).points },
      at.prove(other, person),
      { ...proof, publicSignals: [] },
    ]) {
      const answer = await post(request, wrong);
      expect(answer).toMatchObject(problem(409, 'request/used'));
      expect(JSON.stringify(answer.json)).not.toContain(code);
    }
    expect(await at.verdict(request.id)).toMatchObject({ result: 'accepted', returnCode: hashReturnCode(code) });
  });

  it('is another for every acceptance, and stands in clear nowhere else', async () => {
    const [one, two] = [await at.request(), await at.request({ scope: 'other' })];
    const codes = [];
    for (const request of [one, two]) codes.push((await post(request, at.prove(request))).json.code);
    expect(codes[0]).not.toBe(codes[1]);
    const opened = await at.get(`/v1/requests/${one.id}`);
    const spoken = [opened.json, decodeJwt(opened.json.request), await at.verdict(one.id), [...opened.headers]].map((what) =>
      JSON.stringify(what),
    );
    for (const text of spoken) expect(text).not.toContain(codes[0]);
  });

  it('comes with no rejection', async () => {
    const request = await at.request();
    const answer = await post(request, { ...at.prove(request), points: '00'.repeat(256) });
    expect(answer.json).not.toHaveProperty('result');
    expect(await at.verdict(request.id)).not.toHaveProperty('returnCode');
  });
});

describe('bodies', () => {
  const paths = ['/v1/requests', '/v1/verify', '/v1/issuer/credentials', `/v1/requests/${'0'.repeat(32)}/proof`];
  const send = async (path: string, body: string | Uint8Array | ReadableStream, headers: Record<string, string> = {}) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, duplex: 'half' };
    const response = await at.fetch(path, init as RequestInit);
    return { status: response.status, json: await response.json() };
  };
  const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

  it.each(paths)('%s refuses what it cannot read', async (path) => {
    const bad: [string | Uint8Array, number, string][] = [
      ['', 400, 'input/malformed'],
      ['{', 400, 'input/malformed'],
      ['{"a":}', 400, 'input/malformed'],
      ['"', 400, 'input/malformed'],
      ['\uFEFF{}', 400, 'input/malformed'],
      [new Uint8Array([0x7b, 0xff, 0x7d]), 400, 'input/malformed'],
      [nested('[', ']', 7000), 400, 'input/malformed'],
      [nested('{"a":', '}', 2000), 400, 'input/malformed'],
      ['{"order":"a","order":"b"}', 400, 'input/malformed'],
      ['{"__proto__":{"order":"a"}}', 400, 'input/malformed'],
      ['{"constructor":{"prototype":{"order":"a"}}}', 400, 'malformed'],
      [`[${'1,'.repeat(8000)}1]`, 400, 'malformed'],
      [`{"order":${'9'.repeat(16_000)}}`, 400, 'malformed'],
      [new Uint8Array(10 * 2 ** 20).map((_, i) => (i * 2654435761) >>> 24), 413, 'input/too-large'],
    ];
    for (const [body, status, code] of bad) {
      const answer = await send(path, body);
      if (answer.json.code === 'request/unknown') continue; // the proof of a request that does not exist
      expect([body.slice(0, 20), answer.status]).toEqual([body.slice(0, 20), status]);
      expect(answer.json.code).toContain(code);
    }
    expect(({} as Record<string, unknown>).order).toBeUndefined();
  });

  it('counts bytes that arrive, whatever Content-Length says', async () => {
    const long = () =>
      new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(4096).fill(32));
          if (++pulled === 100) controller.close(); // enough to see that the limit did not hold
        },
      });
    let pulled = 0;
    expect(await send('/v1/requests', long())).toMatchObject(problem(413, 'input/too-large'));
    expect(pulled).toBeLessThan(20);
    pulled = 0;
    expect(await send('/v1/requests', long(), { 'content-length': '10' })).toMatchObject(problem(413, 'input/too-large'));
    expect(await send('/v1/requests', '{}', { 'content-length': '99999999' })).toMatchObject(problem(413, 'input/too-large'));
    const request = await at.request();
    const padded = JSON.stringify(at.prove(request)).padEnd(16 * 1024 + 1);
    expect(await send(`/v1/requests/${request.id}/proof`, padded)).toMatchObject({
      json: { code: 'input/too-large', params: { limit: '16 kB' } },
    });
    expect((await send(`/v1/requests/${request.id}/proof`, padded.slice(0, -1))).status).toBe(200);
  });

  it('gives a slow body up, and one whose sender goes away', async () => {
    const hasty = await openHarness({ limits: { bodyMillis: 50 } });
    const init = (body: ReadableStream) =>
      ({ method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' }) as RequestInit;
    const slow = await hasty.fetch('/v1/requests', init(new ReadableStream({ start: (c) => c.enqueue(new Uint8Array([123])) })));
    expect([slow.status, (await slow.json()).code]).toEqual([408, 'verifier/timeout']);
    const gone = await hasty.fetch('/v1/requests', init(new ReadableStream({ pull: () => Promise.reject(new Error('reset')) })));
    expect((await gone.json()).code).toBe('input/malformed');
    await hasty.close();
  }, 10_000);

  it.each([
    ['text/plain', undefined],
    ['application/x-www-form-urlencoded', undefined],
    ['application/json; charset=latin1', undefined],
    ['application/jsonp', undefined],
    ['', undefined],
    ['application/json', 'gzip'],
  ])('takes no body of type “%s” in coding %s', async (type, coding) => {
    const headers = { 'content-type': type, ...(coding === undefined ? {} : { 'content-encoding': coding }) };
    expect(await send('/v1/requests', '{}', headers)).toMatchObject(problem(415, 'input/media-type'));
  });

  it('takes JSON in UTF-8 by name', async () => {
    expect((await send('/v1/requests', '{}', { 'content-type': 'application/json; charset=utf-8' })).json.code).toBe('input/malformed');
  });

  it('answers any bytes and any JSON with a problem', async () => {
    const request = await at.request();
    const reply = async (path: string, body: string | Uint8Array) => {
      const { status, json } = await send(path, body);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(json.code).toMatch(/^[a-z]+\/[a-z-]+$/);
    };
    const path = fc.constantFrom('/v1/requests', '/v1/verify', '/v1/issuer/credentials', `/v1/requests/${request.id}/proof`);
    await fc.assert(fc.asyncProperty(path, fc.uint8Array({ maxLength: 300 }), reply), { numRuns: 100 });
    await fc.assert(fc.asyncProperty(path, fc.json({ maxDepth: 4 }), reply), { numRuns: 200 });
  });
});

describe('load', () => {
  const slow = (house: Harness) =>
    house.fetch('/v1/requests', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new ReadableStream(),
      duplex: 'half',
    } as RequestInit);
  const begun = () => new Promise((turn) => setTimeout(turn, 20));

  it('lets others through while some send slowly, and bounds how many may', async () => {
    const small = await openHarness({ limits: { inFlight: 2, arriving: 3, bodyMillis: 500 } });
    const held = [slow(small), slow(small), slow(small)];
    await begun();
    expect((await small.get(`/v1/requests/${'0'.repeat(32)}`)).status).toBe(404);
    expect(await small.post('/v1/verify', {})).toMatchObject(problem(429, 'verifier/busy'));
    expect((await small.get('/healthz')).status).toBe(200);
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([408, 408, 408]);
    expect(await small.post('/v1/verify', {})).toMatchObject(problem(400, 'input/malformed'));
    await small.close();
  });

  it('tells a caller to come back when the house is full', async () => {
    const small = await openHarness({ limits: { inFlight: 3 } });
    const { store } = small.services;
    const real = store.request;
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    store.request = async (id) => {
      await opened;
      return real(id);
    };
    const path = `/v1/requests/${'0'.repeat(32)}`;
    const held = [small.get(path), small.get(path), small.get(path)];
    await begun();
    const turned = await small.get(path);
    expect(turned).toMatchObject({ status: 429, json: { code: 'verifier/busy', params: { seconds: 1 } } });
    expect(turned.headers.get('retry-after')).toBe('1');
    expect(await small.post('/v1/verify', {})).toMatchObject(problem(429, 'verifier/busy'));
    open();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await small.get(path)).status).toBe(404);
    await small.close();
  });

  it('works on no more calls than it says, however many bodies become whole at once', async () => {
    const small = await openHarness({ limits: { inFlight: 2, arriving: 50 } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => small.post('/v1/issuer/credentials', '{}')));
    expect(new Set(answers.map(({ json }) => json.code))).toEqual(new Set(['input/malformed', 'verifier/busy']));
    expect((await small.get(`/v1/requests/${'0'.repeat(32)}`)).status).toBe(404);
    await small.close();
  });
});
