import type { BrowserContext, Page } from '@playwright/test';
import { ask, verdict } from './support/partner.ts';
import { expect, test } from './support/test.ts';
import { path, type Sent, type Wire } from './support/wire.ts';
import { en } from './support/words.ts';

// Without a network: the app opens, proves and keeps; and a new version of it waits for the person.

/** The service worker has taken over the page: from now on the app opens without a network. */
const installed = (page: Page): Promise<unknown> =>
  page.waitForFunction(async () => (await navigator.serviceWorker.ready) && navigator.serviceWorker.controller !== null);

/** Pulls the plug: the browser knows that it is offline, and nothing gets through. The returned function puts it back. */
async function unplug(context: BrowserContext, wire: Wire): Promise<() => Promise<void>> {
  const plug = wire.break({ match: () => true, cut: 'before' });
  await context.setOffline(true);
  return async () => {
    plug();
    await context.setOffline(false);
  };
}
/** What the app tried to send; the browser itself goes on looking for a new service worker. */
const tried = (sent: readonly Sent[]): Sent[] => sent.filter((each) => path(each) !== '/service-worker.js');
const NO_UPDATE = /An unknown error occurred when fetching the script/;

test('after the first visit the app opens offline, at any of its addresses', async ({ app, page, context, wire, complaints }) => {
  complaints.allow(NO_UPDATE);
  await page.goto('/');
  await installed(page);
  await unplug(context, wire);
  const before = wire.sent.length;
  for (const [address, title] of [
    ['/', en.home.title],
    ['/verify', en.verify.title],
    ['/wallet', en.vault.createTitle],
    ['/settings', en.settings.title],
    ['/nowhere', en.status.notFoundTitle],
  ] as const) {
    await page.goto(address);
    await expect(app.heading(title)).toBeVisible();
    await expect(page.getByText(en.status.offline)).toBeVisible();
  }
  expect(tried(wire.sent.slice(before))).toEqual([]);
});

test('proofs made offline are kept, sent while their requests live, and given up when they do not', async ({
  app,
  page,
  context,
  wire,
  complaints,
}) => {
  complaints.allow(NO_UPDATE);
  test.setTimeout(240_000);
  await test.step('a first proof brings everything onto the device', async () => {
    await app.prove(await ask());
    await app.send();
    await app.accepted();
    await installed(page);
  });
  const short = await ask({ lifetime: 75 });
  const long = await ask();
  await app.open(short);
  await app.consent();
  await app.unlock();
  await expect(app.heading(en.flow.deviceTitle)).toBeVisible();
  await app.open(long);
  await app.consent();
  await app.unlock();
  await expect(app.heading(en.flow.deviceTitle)).toBeVisible();
  const plugIn = await unplug(context, wire);
  const before = wire.sent.length;

  await test.step('one is finished', async () => {
    await app.fromDevice();
    await app.send();
    await expect(app.heading(en.flow.queuedTitle)).toBeVisible();
    await app.refused('network/offline');
  });
  await test.step('the other is opened again without a network, from the wallet’s own history', async () => {
    await page.goto('/history');
    await app.unlock();
    await page.getByRole('link', { name: en.history.states.open }).click();
    await app.link(en.history.resume).click();
    await expect(page.getByText(en.flow.offlineNote)).toBeVisible();
    await app.consent();
    await app.fromDevice();
    await app.send();
    await expect(app.heading(en.flow.queuedTitle)).toBeVisible();
  });
  expect(tried(wire.sent.slice(before))).toEqual([]);

  await test.step('back online after the short one has expired', async () => {
    await app.history();
    await expect.poll(() => Date.now() / 1000, { timeout: 80_000 }).toBeGreaterThan(short.request.expiresAt + 1);
    await plugIn();
    await app.refused('request/expired');
    await expect(page.getByText(en.history.states.expired, { exact: true })).toBeVisible();
    await expect.poll(() => verdict(long.id)).toMatchObject({ result: 'accepted' });
    expect(await verdict(short.id)).toBe('request/expired');
  });
  await test.step('nothing is lost', async () => {
    const { credentials, history, outbox } = await app.contents();
    expect(credentials).toHaveLength(1);
    expect(history.map(({ state }) => state).sort()).toEqual(['accepted', 'accepted', 'expired']);
    expect(history.every(({ proof }) => proof !== undefined)).toBe(true);
    expect(outbox).toEqual([]);
  });
});

test('a new version is offered, never in the middle of a request, and taken on the person’s word', async ({ app, page, wire }) => {
  const placed = await ask();
  await page.goto('/');
  await installed(page);
  const first = await page.evaluate(() => navigator.serviceWorker.controller?.scriptURL);
  wire.break({
    match: (sent) => path(sent) === '/service-worker.js',
    response: (body) => Buffer.concat([body, Buffer.from('\n// another version\n')]),
  });

  await app.open(placed);
  await expect(app.button(en.flow.accept)).toBeVisible();
  await expect.poll(() => waiting(page)).toBe(true);
  await expect(page.getByText(en.status.update)).toHaveCount(0);
  await expect(app.button(en.flow.accept)).toBeVisible();

  await page.goto('/');
  await expect(page.getByText(en.status.update)).toBeVisible();
  expect(await waiting(page)).toBe(true);
  const reloaded = page.waitForEvent('load');
  await app.button(en.status.updateNow).click();
  await reloaded;
  await expect(app.heading(en.home.title)).toBeVisible();
  await expect.poll(() => waiting(page)).toBe(false);
  await expect(page.getByText(en.status.update)).toHaveCount(0);
  expect(await page.evaluate(() => navigator.serviceWorker.controller?.scriptURL)).toBe(first);
});

const waiting = (page: Page): Promise<boolean> =>
  page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting !== null);
