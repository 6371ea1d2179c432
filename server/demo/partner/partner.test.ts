// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeys } from '../../src/keys.ts';
import { freshNullifier, type Harness, ORIGIN, openHarness, requestIn } from '../../src/testing/harness.ts';
import { createShop } from './app.ts';
import { makePartnerKey, publicKeyFile, readPartnerKey } from './key.ts';
import { openPartner, type Partner } from './partner.ts';

let at: Harness;
let partner: Partner;
let shop: ReturnType<typeof createShop>;
/** What the next call of the verifier meets instead of it. */
let intercept: ((url: string) => Promise<Response> | undefined) | undefined;

beforeAll(async () => {
  at = await openHarness();
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

const check = async (headers: Record<string, string> = { origin: at.partner.origin }) =>
  shop.request('/check', { method: 'POST', headers });
/** Presses the button; the request that came of it, and the page the person returns to. */
const begin = async () => {
  const response = await check();
  expect(response.status).toBe(303);
  const id = /\/r\/([0-9a-f]{32})$/.exec(response.headers.get('location') ?? '')?.[1] ?? '';
  const request = requestIn((await at.get(`/v1/requests/${id}`)).json.request);
  return { request, page: new URL(request.returnUrl ?? '').pathname };
};
const pageAt = async (path: string) => (await shop.request(path)).text();

describe('the demo partner', () => {
  it('asks for what its page says', async () => {
    const { request, page } = await begin();
    expect(request).toMatchObject({ origin: at.partner.origin, policy: { threshold: 1234 }, retentionDays: 30 });
    expect(request.scope).toMatch(/^eligibility-\d{4}-\d\d-\d\d$/);
    expect(page).toMatch(/^\/result\/[0-9a-f]{32}$/);
    const waiting = await pageAt(page);
    expect(waiting).toContain('Waiting for your proof');
    expect(waiting).toContain(`href="${ORIGIN}/r/${request.id}"`);
    expect(waiting).toContain('data-poll="2000"');
  });

  it('shows an accepted proof with its warnings, and stops asking', async () => {
    const { request, page } = await begin();
    await at.post(`/v1/requests/${request.id}/proof`, at.prove(request));
    const text = await pageAt(page);
    expect(text).toContain('You are eligible');
    expect(text).toContain('at least 1234 in the model’s own units. Likely to repay.');
    expect(text).toContain('demonstration only');
    expect(text).toContain('development ceremony');
    expect(text).toContain('What we did not learn');
    expect(text).not.toContain('data-poll');
  });

  it('shows a rejected proof, and goes on asking until a right one comes', async () => {
    const { request, page } = await begin();
    await at.post(`/v1/requests/${request.id}/proof`, { ...at.prove(request), points: '00'.repeat(256) });
    const rejected = await pageAt(page);
    expect(rejected).toContain('That proof did not hold');
    expect(rejected).toContain('data-poll');
    await at.post(`/v1/requests/${request.id}/proof`, at.prove(request));
    expect(await pageAt(page)).toContain('You are eligible');
  });

  it('tells a second answer of a day from a bad proof', async () => {
    const person = freshNullifier();
    const [first, second] = [await begin(), await begin()];
    for (const { request } of [first, second]) await at.post(`/v1/requests/${request.id}/proof`, at.prove(request, person));
    expect(await pageAt(first.page)).toContain('You are eligible');
    expect(await pageAt(second.page)).toContain('You have answered today');
  });

  it('says when nothing came in time', async () => {
    const { page } = await begin();
    // The partner signs with the real clock, so the verifier's cannot be moved: the stored request ages instead.
    const { store } = at.services;
    const real = store.request;
    store.request = async (id) => {
      const stored = await real(id);
      return stored && { ...stored, request: { ...stored.request, expiresAt: at.time.now } };
    };
    const text = await pageAt(page);
    store.request = real;
    expect(text).toContain('No proof came in time');
    expect(text).not.toContain('data-poll');
  });
});

describe('what it does not believe', () => {
  const answerWith = async (
    change: (verdict: Record<string, unknown>) => Record<string, unknown>,
    typ = 'tacit-verdict+jwt',
    sign = at.services.keys.sign,
  ) => {
    const { page, request } = await begin();
    await at.post(`/v1/requests/${request.id}/proof`, at.prove(request));
    const verdict = (await at.verdict(request.id)) as unknown as Record<string, unknown>;
    const forged = await sign(typ, change(verdict) as never);
    intercept = (url) => (url.endsWith('/verdict') ? Promise.resolve(Response.json({ status: 'accepted', verdict: forged })) : undefined);
    const text = await pageAt(page);
    intercept = undefined;
    return text;
  };

  it.each<[string, (verdict: Record<string, unknown>) => Record<string, unknown>]>([
    ['for another partner', (verdict) => ({ ...verdict, aud: 'rival' })],
    ['of another verifier', (verdict) => ({ ...verdict, iss: 'https://evil.example' })],
    ['of another request', (verdict) => ({ ...verdict, sub: '0'.repeat(32) })],
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
    const { request, page } = await begin();
    await at.post(`/v1/requests/${request.id}/proof`, at.prove(request));
    for (const path of ['/', '/documents', page]) {
      const text = await pageAt(path);
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
