import type { Page } from '@playwright/test';
import { findings } from './support/axe.ts';
import { ask } from './support/partner.ts';
import { expect, test } from './support/test.ts';
import { en } from './support/words.ts';

// What the app asks of the browser, and when: to be kept, to stay awake, to be installed. Never before there is a reason.

interface Asked {
  persist: number;
  installs: number;
  /** Screen locks, oldest first; true while it is held. */
  locks: boolean[];
}
const asked = (page: Page): Promise<Asked> => page.evaluate(() => (globalThis as unknown as { asked: Asked }).asked);

/** Stand-ins that count, since a browser without a screen grants nothing. */
async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const heard: Asked = { persist: 0, installs: 0, locks: [] };
    Object.assign(globalThis, { asked: heard });
    navigator.storage.persisted = async () => false;
    navigator.storage.persist = async () => {
      heard.persist++;
      return true;
    };
    const request = async () => {
      const at = heard.locks.push(true) - 1;
      return {
        release: async () => {
          heard.locks[at] = false;
        },
      };
    };
    Object.defineProperty(Navigator.prototype, 'wakeLock', { get: () => ({ request }) });
  });
}

test('storage is asked for with its reason, the screen stays on while proving, installing is offered after the first success', async ({
  app,
  page,
}) => {
  await listen(page);
  const offer = page.getByRole('heading', { name: en.status.installTitle, exact: true });
  await app.open(await ask());
  await page.evaluate(() => {
    const event = new Event('beforeinstallprompt', { cancelable: true });
    const prompt = async () => {
      (globalThis as unknown as { asked: Asked }).asked.installs++;
      return { outcome: 'accepted' };
    };
    dispatchEvent(Object.assign(event, { prompt }));
  });
  await app.consent();

  const { vault } = en;
  await page.getByRole('radio', { name: vault.passphrase }).check();
  await app.field(vault.passphraseLabel).fill('seven herons over quiet water');
  await app.field(vault.passphraseRepeat).fill('seven herons over quiet water');
  await app.button(vault.create).click();
  await expect(page.getByText(vault.keepText)).toBeVisible();
  expect((await asked(page)).persist).toBe(0);
  await app.button(vault.keepYes).click();
  await expect.poll(async () => (await asked(page)).persist).toBe(1);

  await app.obtain();
  await app.device();
  expect((await asked(page)).locks).toEqual([]);
  await app.preview();
  await expect(page.getByRole('status').getByText(en.flow.proofStages.prove, { exact: true })).toBeAttached();
  expect((await asked(page)).locks.at(-1)).toBe(true);
  await test.step('a page that was away asks again, since browsers drop the lock', async () => {
    const before = (await asked(page)).locks.length;
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect.poll(async () => (await asked(page)).locks.length).toBe(before + 1);
  });
  await app.made();
  await expect.poll(async () => (await asked(page)).locks.at(-1)).toBe(false);

  await expect(offer).toHaveCount(0);
  await app.send();
  await app.accepted();
  await expect(offer).toBeVisible();
  expect((await asked(page)).installs).toBe(0);
  await app.button(en.status.install).click();
  await expect.poll(async () => (await asked(page)).installs).toBe(1);
  await expect(offer).toHaveCount(0);
});

test('Chromium has nothing against installing it', async ({ page }) => {
  await page.goto('/');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A window that is not kept is all it minds: tests have no profile.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
  const { errors, data } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(JSON.parse(data ?? '{}')).toMatchObject({ name: expect.stringContaining('Tacit'), display: 'standalone', start_url: '/' });
});

test.describe('on an iPhone', () => {
  const userAgent =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
  test.use({ userAgent, viewport: { width: 375, height: 667 } });

  test('the three steps are drawn, since Safari has no button for it', async ({ page }) => {
    await page.goto('/settings');
    const steps = page.locator('.ios-steps > li');
    await expect(steps).toHaveCount(3);
    for (const [at, words] of [en.settings.ios1, en.settings.ios2, en.settings.ios3].entries()) {
      await expect(steps.nth(at)).toContainText(words);
      await expect(steps.nth(at).locator('svg.drawing')).toBeVisible();
    }
    expect(await findings(page)).toEqual([]);
    await page.locator('.ios-steps').screenshot({ path: 'e2e/out/ios-steps.png' });
  });
});
