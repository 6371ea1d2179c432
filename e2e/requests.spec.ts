import { hashReturnCode } from '../src/protocol/index.ts';
import { brief, isPublic } from './support/account.ts';
import { PARTNER, PASSPHRASE } from './support/app.ts';
import { failing, passing, threshold } from './support/applicants.ts';
import { ask, type Placed, post, verdict } from './support/partner.ts';
import { leaks, secretsOf } from './support/secrets.ts';
import { expect, test } from './support/test.ts';
import { isFile, isProof, path } from './support/wire.ts';
import { en, said } from './support/words.ts';

// Requests that cannot or should not be answered, and answers that are nobody's business.

/** Asked before all else, so that it has expired when its test comes. */
let expiring: Placed;
test.beforeAll(async () => {
  expiring = await ask({ lifetime: 30 });
});

test('a request nobody made, and an address that is none', async ({ app, page }) => {
  for (const id of ['00'.repeat(16), 'not-an-id']) {
    await page.goto(`/r/${id}`);
    await expect(app.heading(en.flow.blockedTitle)).toBeVisible();
    await app.refused('request/unknown');
  }
});

test('a request that was forged on the way', async ({ app, wire }) => {
  const placed = await ask();
  const stop = wire.break({
    match: (sent) => path(sent) === `/v1/requests/${placed.id}`,
    response: (body) => {
      const answer = JSON.parse(body.toString()) as { status: string; request: string };
      const [header, payload = '', signature] = answer.request.split('.');
      const request = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { policy: object };
      const lower = Buffer.from(JSON.stringify({ ...request, policy: { threshold: 0 } })).toString('base64url');
      return Buffer.from(JSON.stringify({ ...answer, request: [header, lower, signature].join('.') }));
    },
  });
  await app.open(placed);
  await expect(app.heading(en.flow.blockedDanger)).toBeVisible();
  await app.refused('request/signature');
  stop();
  await app.open(placed);
  await expect(app.heading(said(en.flow.consentTitle, { partner: PARTNER }))).toBeVisible();
});

test('a link on a site that the partner does not own', async ({ app }) => {
  const placed = await ask();
  await app.open(placed, 'http://harbour-loans.example/');
  await expect(app.heading(en.flow.blockedDanger)).toBeVisible();
  await app.refused('request/origin-mismatch', { origin: 'http://harbour-loans.example' });
  await expect(app.button(en.flow.accept)).toHaveCount(0);
});

test('declining tells nobody', async ({ app, page, wire }) => {
  const placed = await ask();
  await app.open(placed);
  await expect(app.button(en.flow.accept)).toBeVisible();
  const before = wire.sent.length;
  await app.button(en.flow.decline).click();
  await expect(app.heading(en.flow.declinedTitle)).toBeVisible();
  await page.waitForTimeout(1000);
  // The service worker may still be fetching the rest of the app.
  expect(
    wire.sent
      .slice(before)
      .filter((each) => !isPublic(each) || path(each).startsWith('/v1/'))
      .map(brief),
  ).toEqual([]);
  expect(await verdict(placed.id)).toBe('verdict/pending');
});

test('a score that does not reach what is asked stays between the person and the device', async ({ app, page, wire }) => {
  await app.wallet(failing);
  const secrets = secretsOf(await app.contents(), failing, PASSPHRASE);
  await test.step('the preview says no', async () => {
    const placed = await ask();
    const before = wire.sent.length;
    await app.open(placed);
    await app.consent();
    await app.unlock();
    await app.device();
    await expect(page.getByText(en.flow.previewFail, { exact: true })).toBeVisible();
    await expect(page.getByText(en.flow.previewNobody)).toBeVisible();
    await expect(app.button(en.flow.previewNext)).toHaveCount(0);
    await page.waitForTimeout(1000); // for whatever might be told a little later
    const sent = wire.sent.slice(before);
    expect(sent.filter((each) => !isPublic(each)).map(brief)).toEqual([]);
    // Loaded before the result is known: what comes only after a pass would tell by its absence.
    expect(sent.filter(isFile('.zkey'))).toHaveLength(1);
    expect(await verdict(placed.id)).toBe('verdict/pending');
  });
  await test.step('too close for the preview: the exact model says no', async () => {
    const placed = await ask({ threshold: failing.score + 1 });
    await app.open(placed);
    await app.consent();
    await app.unlock();
    await app.device();
    await expect(page.getByText(en.flow.previewClose, { exact: true })).toBeVisible();
    const before = wire.sent.length;
    await app.button(en.flow.previewNext).click();
    await expect(app.heading(en.flow.proofNotMet)).toBeVisible();
    await app.refused('policy/not-met');
    await page.waitForTimeout(1000);
    expect(wire.sent.slice(before).map(brief)).toEqual([]);
    expect(await verdict(placed.id)).toBe('verdict/pending');
  });
  expect(leaks(wire.sent, secrets)).toEqual([]);
});

test('a score of exactly what is asked passes', async ({ app, page }) => {
  expect(passing.score).toBeGreaterThan(threshold);
  const placed = await ask({ threshold: passing.score });
  await app.toPreview(placed);
  await expect(page.getByText(en.flow.previewClose, { exact: true })).toBeVisible();
  await app.button(en.flow.previewNext).click();
  await app.made();
  await app.send();
  await app.accepted();
});

test('one wallet answers a request once, and once in a scope', async ({ app, page, wire }) => {
  const scope = `once-${Date.now()}`;
  const first = await ask({ scope });
  await app.prove(first);
  await app.send();
  await app.accepted();
  await test.step('the same request again', async () => {
    await app.open(first);
    await expect(app.heading(en.flow.usedTitle)).toBeVisible();
  });
  await test.step('another request of the same scope', async () => {
    const second = await ask({ scope });
    await app.proveAgain(second);
    const told = { partner: PARTNER, count: '1', thresholds: '70%', threshold: '70%' };
    await expect(page.getByText(said(en.flow.sendBefore_one, told))).toBeVisible();
    await app.send();
    await app.refused('nullifier/used');
    expect(await verdict(second.id)).toMatchObject({ result: 'rejected', reason: 'nullifier/used' });
    expect(await verdict(first.id)).toMatchObject({ result: 'accepted' });
  });
  await test.step('a proof sent a second time, for its own request and for another', async () => {
    const [proof] = wire.sent.filter(isProof);
    const third = await ask({ scope });
    // Told the same again, for the case that the answer was lost; the verdict says of which code.
    const again = (await post(first.id, proof?.body ?? Buffer.alloc(0))) as { code: string };
    expect(await verdict(first.id)).toMatchObject({ result: 'accepted', returnCode: hashReturnCode(again.code) });
    expect(await post(third.id, proof?.body ?? Buffer.alloc(0))).toMatchObject({ code: 'request/mismatch' });
  });
});

test('a request whose time is over', async ({ app }) => {
  await test.step('while it is read', async () => {
    const placed = await ask({ lifetime: 30 });
    await app.open(placed);
    await expect(app.button(en.flow.accept)).toBeVisible();
    await expect(app.heading(en.flow.expiredTitle)).toBeVisible({ timeout: 45_000 });
    await expect(app.link(said(en.flow.newRequest, { partner: PARTNER }))).toBeVisible();
  });
  await test.step('before it is opened', async () => {
    await app.open(expiring);
    await expect(app.heading(en.flow.expiredTitle)).toBeVisible();
    expect(await verdict(expiring.id)).toBe('request/expired');
  });
});
