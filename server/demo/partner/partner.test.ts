// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex, utf8ToBytes } from '../../../src/base/index.ts';
import { type ProofRequest, parseVerdict } from '../../../src/protocol/index.ts';
import { openKeys } from '../../src/keys.ts';
import { freshNullifier, type Harness, ORIGIN, openHarness, requestIn } from '../../src/testing/harness.ts';
import { createShop } from './app.ts';
import { makePartnerKey, publicKeyFile, readPartnerKey } from './key.ts';
import { resultPage } from './page.ts';
import { openPartner, type Partner } from './partner.ts';

let at: Harness;
let partner: Partner;
let shop: ReturnType<typeof createShop>;
/** What the next call of the verifier meets instead of it. */
let intercept: ((url: string) => Promise<Response> | undefined) | undefined;

beforeAll(async () => {
  at = await openHarness({ twin: true });
  at.time.now = Math.floor(Date.now() / 1000);
  const { id, origin, kid, privateKey } = at.partner;
  const reach: typeof fetch = async (url, init) =>
    intercept?.(String(url)) ?? at.fetch(String(url).replace(ORIGIN, ''), init as RequestInit);
  partner = openPartner({ id, origin, verifier: ORIGIN, key: { kid, privateKey }, fetch: reach });
  shop = createShop({
    partner,
    origin,
    verifier: ORIGIN,
    policy: { threshold: 1234, meaning: 'Likely to repay.' },
    clock: () => new Date(at.time.now * 1000),
  });
});
afterAll(() => at.close());

type Sent = Record<string, string>;
const check = async (headers: Sent = { origin: at.partner.origin }, path = '/check') => shop.request(path, { method: 'POST', headers });
/** Presses the button; the request that came of it, and the page the person returns to. */
const begin = async (headers: Sent = {}, path?: string) => {
  const response = await check({ origin: at.partner.origin, ...headers }, path);
  expect(response.status).toBe(303);
  const id = /\/r\/([0-9a-f]{32})$/.exec(response.headers.get('location') ?? '')?.[1] ?? '';
  const request = requestIn((await at.get(`/v1/requests/${id}`)).json.request);
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? headers.cookie ?? '';
  return { request, page: new URL(request.returnUrl ?? '').pathname, cookie, set: response.headers.get('set-cookie') };
};
/** Opens a page in the browser that has `cookie`, redirects followed. */
const pageAt = async (path: string, cookie = ''): Promise<string> => {
  const response = await shop.request(path, { headers: { cookie } });
  const on = response.headers.get('location');
  return response.status === 303 && on !== null ? pageAt(on, cookie) : response.text();
};
/** Proves in the browser of whoever follows the link; the code that browser is given. */
const proveFor = async (request: ProofRequest, person = freshNullifier()): Promise<string> => {
  const { json } = await at.post(`/v1/requests/${request.id}/proof`, at.prove(request, person));
  expect(json).toMatchObject({ result: 'accepted' });
  return json.code;
};
/** Comes back from the app with a code. */
const comeBack = (page: string, code: string, cookie: string) => pageAt(`${page}?tacit_code=${code}`, cookie);

describe('the demo partner', () => {
  it('asks for what its page says', async () => {
    const { request, page, cookie, set } = await begin();
    expect(set).toMatch(/^harbour_session=[0-9a-f]{32}; Path=\/result\/[0-9a-f]{32}; HttpOnly; Secure; SameSite=Lax$/);
    expect(request).toMatchObject({ origin: at.partner.origin, policy: { threshold: 1234 }, retentionDays: 30 });
    expect(request.scope).toMatch(/^eligibility-\d{4}-\d\d-\d\d$/);
    expect(page).toMatch(/^\/result\/[0-9a-f]{32}$/);
    const waiting = await pageAt(page, cookie);
    expect(waiting).toContain('Waiting for your proof');
    expect(waiting).toContain(`href="${ORIGIN}/r/${request.id}"`);
    expect(waiting).toContain('data-poll="2000"');
  });

  it('shows an accepted proof with its warnings, and stops asking', async () => {
    const { request, page, cookie } = await begin();
    const text = await comeBack(page, await proveFor(request), cookie);
    expect(text).toContain('You are eligible');
    expect(text).toContain('at least 1234 in the model’s own units. Likely to repay.');
    expect(text).toContain('demonstration only');
    expect(text).toContain('development ceremony');
    expect(text).toContain('What we did not learn');
    expect(text).not.toContain('data-poll');
  });

  it('lets the visitor choose the proof system, each in a scope of its own', async () => {
    const [short, keyless] = [await begin(), await begin({}, '/check/keyless')];
    expect(short.request).toMatchObject({ system: 'groth16', policy: { threshold: 1234 } });
    expect(keyless.request).toMatchObject({ system: 'transparent', policy: { threshold: 1234 }, registry: 'issuer.demo' });
    expect(keyless.request.scope).toBe(`${short.request.scope}-keyless`);
    expect(await pageAt(keyless.page, keyless.cookie)).toContain('Waiting for your proof');
    expect(await pageAt('/')).toContain('formaction="/check/keyless"');
    expect((await check({ origin: 'https://evil.example' }, '/check/keyless')).status).toBe(403);

    const code = await proveFor(short.request);
    expect(await comeBack(short.page, code, short.cookie)).toContain('in a short proof, with published keys');
    const told = parseVerdict({ ...(await at.verdict(short.request.id)), system: 'transparent', keys: 'none', soundnessBits: 100 });
    if (!told.ok) throw new Error(told.error.code);
    const policy = { threshold: 1234, meaning: '' };
    const pageOf = (demo: boolean) => {
      const verdict = { ...told.value, issuer: { ...told.value.issuer, demo } };
      return String(resultPage({ kind: 'accepted', verdict }, { policy, continueUrl: '/' }));
    };
    expect(pageOf(true)).toContain('without any keys, with 100 bits of soundness');
    expect(pageOf(true)).toContain('A real lender would refuse it.');
    expect(pageOf(true)).not.toContain('development ceremony');
    // Nothing is wrong with a proof that has no keys.
    expect(pageOf(false)).not.toContain('Only a demonstration');
  });

  it('shows a rejected proof, and goes on asking until a right one comes', async () => {
    const { request, page, cookie } = await begin();
    await at.post(`/v1/requests/${request.id}/proof`, { ...at.prove(request), points: '00'.repeat(256) });
    const rejected = await pageAt(page, cookie);
    expect(rejected).toContain('That proof did not hold');
    expect(rejected).toContain('data-poll');
    expect(await comeBack(page, await proveFor(request), cookie)).toContain('You are eligible');
  });

  it('tells a second answer of a day from a bad proof', async () => {
    const person = freshNullifier();
    const [first, second] = [await begin(), await begin()];
    const code = await proveFor(first.request, person);
    await at.post(`/v1/requests/${second.request.id}/proof`, at.prove(second.request, person));
    expect(await comeBack(first.page, code, first.cookie)).toContain('You are eligible');
    expect(await pageAt(second.page, second.cookie)).toContain('You have answered today');
  });

  it('says when nothing came in time', async () => {
    const { page, cookie } = await begin();
    // The partner signs with the real clock, so the verifier's cannot be moved: the stored request ages instead.
    const { store } = at.services;
    const real = store.request;
    store.request = async (id) => {
      const stored = await real(id);
      return stored && { ...stored, request: { ...stored.request, expiresAt: at.time.now } };
    };
    const text = await pageAt(page, cookie);
    store.request = real;
    expect(text).toContain('No proof came in time');
    expect(text).not.toContain('data-poll');
  });
});

describe('a request that was sent on', () => {
  const UNPROVED = 'has not shown that it sent it';
  const STRANGER = 'was not begun in this browser';

  it('credits nobody: neither who ordered it, nor who was made to answer it', async () => {
    const mallory = await begin();
    const victim = await begin();
    // The victim follows Mallory's link, proves, and the app takes them and the code to Mallory's return address.
    const code = await proveFor(mallory.request);
    expect(await pageAt(mallory.page, mallory.cookie)).toContain(UNPROVED);
    for (const cookie of ['', victim.cookie]) expect(await comeBack(mallory.page, code, cookie)).toContain(STRANGER);
    const shown = await pageAt(mallory.page, mallory.cookie);
    expect(shown).toContain(UNPROVED);
    expect(shown).not.toContain('eligible');
    expect(shown).not.toContain(code);
    // What the victim brought was not kept for Mallory, and the way to ask again is offered to both.
    for (const cookie of [mallory.cookie, victim.cookie]) expect(await pageAt(mallory.page, cookie)).toContain('Start again');
  });

  it('takes no code but its own, and that in its own session', async () => {
    const [mine, other] = [await begin(), await begin()];
    const [code, others] = [await proveFor(mine.request), await proveFor(other.request)];
    for (const wrong of [
      '0'.repeat(32),
      others,
      code.toUpperCase().replace(/[0-9]/g, 'A'),
      `${code}00`,
      '',
      'x',
      sha256Hex(utf8ToBytes(code)),
    ])
      expect(await comeBack(mine.page, wrong, mine.cookie)).toContain(UNPROVED);
    expect(await comeBack(mine.page, code, other.cookie)).toContain(STRANGER);
    expect(await comeBack(mine.page, code, 'harbour_session=')).toContain(STRANGER);
    expect(await comeBack(mine.page, code, mine.cookie)).toContain('You are eligible');
    expect(await comeBack(mine.page, others, mine.cookie)).toContain('You are eligible');
    // Replayed elsewhere, it stays worth nothing; at home the answer stays.
    expect(await comeBack(mine.page, code, other.cookie)).toContain(STRANGER);
    expect(await comeBack(other.page, code, other.cookie)).toContain(UNPROVED);
    expect(await pageAt(mine.page, mine.cookie)).toContain('You are eligible');
  });

  it('takes the code out of the address', async () => {
    const { request, page, cookie } = await begin();
    const response = await shop.request(`${page}?tacit_code=${await proveFor(request)}`, { headers: { cookie } });
    expect([response.status, response.headers.get('location')]).toEqual([303, page]);
  });

  it('begins a session of its own for each check, whatever cookie was brought', async () => {
    const first = await begin();
    for (const cookie of [first.cookie, `harbour_session=${'a'.repeat(32)}`]) {
      const next = await begin({ cookie });
      expect(next.set).toContain(`Path=${next.page};`);
      expect(next.cookie).not.toBe(cookie);
    }
  });
});

describe('what it does not believe', () => {
  const answerWith = async (
    change: (verdict: Record<string, unknown>) => Record<string, unknown>,
    typ = 'tacit-verdict+jwt',
    sign = at.services.keys.sign,
  ) => {
    const { page, request, cookie } = await begin();
    const code = await proveFor(request);
    const verdict = (await at.verdict(request.id)) as unknown as Record<string, unknown>;
    const forged = await sign(typ, change(verdict) as never);
    intercept = (url) => (url.endsWith('/verdict') ? Promise.resolve(Response.json({ status: 'accepted', verdict: forged })) : undefined);
    const text = await comeBack(page, code, cookie);
    intercept = undefined;
    return text;
  };

  it.each<[string, (verdict: Record<string, unknown>) => Record<string, unknown>]>([
    ['for another partner', (verdict) => ({ ...verdict, aud: 'rival' })],
    ['of another verifier', (verdict) => ({ ...verdict, iss: 'https://evil.example' })],
    ['of another request', (verdict) => ({ ...verdict, sub: '0'.repeat(32) })],
    ['without a return code', ({ returnCode: _, ...verdict }) => verdict],
    ['in an unknown form', (verdict) => ({ ...verdict, result: 'perhaps' })],
  ])('a verdict %s', async (_, change) => {
    expect(await answerWith(change)).toContain('We cannot ask the verifier');
  });

  it('a verdict signed by anybody else, or a message of another type', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tacit-other-'));
    const other = await openKeys(directory);
    rmSync(directory, { recursive: true });
    expect(await answerWith((verdict) => verdict, 'tacit-verdict+jwt', other.sign)).toContain('We cannot ask the verifier');
    expect(await answerWith((verdict) => verdict, 'tacit-request+jwt')).toContain('We cannot ask the verifier');
    expect(await answerWith((verdict) => verdict)).toContain('You are eligible');
  });

  it('a form that another site posted', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, {} as Record<string, string>]) {
      const response = await check(headers);
      expect([response.status, response.headers.get('location')]).toEqual([403, null]);
    }
  });

  it('text in an answer: it is shown, never run', async () => {
    intercept = () => Promise.resolve(Response.json({ code: 'x', detail: '<script>alert(1)</script>' }, { status: 503 }));
    const response = await check();
    intercept = undefined;
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(text).toContain('&lt;script&gt;alert(1)');
    expect(text).not.toContain('<script>alert');
  });

  it('that the verifier is always there', async () => {
    intercept = () => Promise.reject(new TypeError('fetch failed: connect ECONNREFUSED'));
    const response = await check();
    intercept = undefined;
    const text = await response.text();
    expect(text).toContain('The verifier does not answer');
    expect(text).not.toContain('ECONNREFUSED');
  });
});

describe('its pages', () => {
  it.each(['/', '/documents', '/harbour.css', '/poll.js', '/nothing', '/result/unknown', '/healthz'])(
    '%s carries a strict policy',
    async (path) => {
      const { headers } = await shop.request(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
    },
  );

  it('have no inline script, style or handler, one h1, a language, and say that they are a demo', async () => {
    const { request, page, cookie } = await begin();
    const unproved = await begin();
    await proveFor(unproved.request);
    await comeBack(page, await proveFor(request), cookie);
    for (const [path, session] of [['/'], ['/documents'], [page, cookie], [page], [unproved.page, unproved.cookie]] as const) {
      const text = await pageAt(path, session);
      expect(text).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?! type="module" src=)/);
      expect(text.match(/<h1/g)).toHaveLength(1);
      expect(text).toContain('<html lang="en">');
      expect(text).toContain('not a real lender');
    }
  });
});

it('makes its key once, the private half for this user alone', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tacit-partner-'));
  await makePartnerKey(directory);
  const { kid } = await readPartnerKey(directory);
  await makePartnerKey(directory);
  expect((await readPartnerKey(directory)).kid).toBe(kid);
  expect(statSync(join(directory, 'private.json')).mode & 0o777).toBe(0o600);
  expect(publicKeyFile(directory)).not.toContain('private');
  rmSync(directory, { recursive: true });
});
