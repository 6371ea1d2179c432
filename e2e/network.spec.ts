import { ask, verdict } from './support/partner.ts';
import { expect, test } from './support/test.ts';
import { isFile, isProof, path } from './support/wire.ts';
import { en } from './support/words.ts';

// Networks that break, lie and run dry, and disks that are full. What was made or loaded is kept.

const header = (headers: readonly string[], name: string): string | undefined =>
  headers[headers.findIndex((each, at) => at % 2 === 0 && each.toLowerCase() === name) + 1];

test('a file that was changed on the way is refused; one that breaks off goes on where it stopped', async ({ app, wire }) => {
  const isKey = isFile('.zkey');
  const changed = wire.break({
    match: isKey,
    response: (body) => {
      const copy = Buffer.from(body);
      copy[body.length >> 1] = (copy[body.length >> 1] ?? 0) ^ 1;
      return copy;
    },
  });
  await app.toProof(await ask());
  await app.refused('bundle/hash-mismatch', { file: 'zkey' });
  changed();

  const half = 1_500_000;
  const broken = wire.break({ match: isKey, truncateTo: half });
  await app.button(en.common.retry).click();
  await app.refused('bundle/download', { file: 'zkey' });
  broken();

  await app.button(en.common.retry).click();
  await app.made();
  const asked = wire.sent
    .filter(isKey)
    .map(({ headers }) => (headers.some((name) => /^range$/i.test(name)) ? header(headers, 'range') : 'all'));
  expect(asked.slice(0, 2)).toEqual(['all', 'all']);
  expect(asked).toHaveLength(3);
  const from = Number(/^bytes=(\d+)-$/.exec(asked[2] ?? '')?.[1]);
  expect(from).toBeGreaterThan(0);
  expect(from).toBeLessThanOrEqual(half);
  await app.send();
  await app.accepted();
});

test('a changed preview model is refused, and the person can go on without a preview', async ({ app, page, wire }) => {
  wire.break({ match: isFile('.onnx'), response: (body) => Buffer.from(body.map((byte, at) => (at === 100 ? byte ^ 1 : byte))) });
  const placed = await ask();
  await app.open(placed);
  await app.consent();
  await app.create();
  await app.obtain();
  await app.device();
  await app.refused('bundle/hash-mismatch', { file: 'preview' });
  await expect(page.getByText(en.flow.previewFailedText)).toBeVisible();
  await app.button(en.flow.previewSkip).click();
  await app.made();
});

test('a full disk is told, loses nothing, and is no obstacle once there is room', async ({ app, page, wire, complaints }) => {
  // The service worker's own copies would not fit either, and are not what this is about.
  wire.break({ match: (sent) => path(sent) === '/service-worker.js', cut: 'before' });
  complaints.allow(/An unknown error occurred when fetching the script/);
  const placed = await ask();
  const { origin } = new URL(placed.url);
  const session = await page.context().newCDPSession(page);
  await app.open(placed);
  // From the start, since Chromium does not look again for a while once it has seen room. Enough for the wallet, not for the keys.
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_500_000 });
  await app.consent();
  await app.create();
  await app.obtain();
  await app.device();
  await app.preview();
  await app.refused('vault/quota');
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  await app.button(en.common.retry).click();
  await app.made();
  await app.send();
  await app.accepted();
});

test('a proof the verifier does not take yet is kept and sent later', async ({ app, page, wire }) => {
  const placed = await ask();
  await app.prove(placed);
  const down = wire.break({ match: isProof, cut: 'before' });
  await app.send();
  await expect(app.heading(en.flow.queuedTitle)).toBeVisible();
  await app.refused('verifier/unavailable');
  expect(await verdict(placed.id)).toBe('verdict/pending');

  await test.step('not lost with the page', async () => {
    await page.goto('/history');
    await app.unlock();
    await page.getByRole('link', { name: en.history.states.queued }).click();
    await app.refused('verifier/unavailable');
  });
  await test.step('it is sent by itself', async () => {
    down();
    await expect(page.getByText(en.history.states.accepted, { exact: true })).toBeVisible({ timeout: 45_000 });
    expect(await verdict(placed.id)).toMatchObject({ result: 'accepted' });
  });
});

test('an answer that is lost on the way back does not make a second proof of the first', async ({ app, page, wire }) => {
  const placed = await ask();
  await app.prove(placed);
  const lost = wire.break({ match: isProof, cut: 'after' });
  await app.send();
  await expect(app.heading(en.flow.queuedTitle)).toBeVisible();
  expect(await verdict(placed.id)).toMatchObject({ result: 'accepted' });
  lost();
  await app.history();
  await app.button(en.history.sendNow).click();
  await expect(page.getByText(en.history.states.accepted, { exact: true })).toBeVisible();
  await expect(page.locator('[data-code]')).toHaveCount(0);
});

test('a verifier that is gone when a request is opened', async ({ app, wire }) => {
  const placed = await ask();
  const down = wire.break({ match: (sent) => path(sent).startsWith('/v1/'), cut: 'before' });
  await app.open(placed);
  await expect(app.heading(en.flow.offlineTitle)).toBeVisible();
  await app.refused('verifier/unavailable');
  down();
  await app.button(en.common.retry).click();
  await expect(app.button(en.flow.accept)).toBeVisible();
});
