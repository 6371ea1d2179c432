import type { Locator, Page } from '@playwright/test';
import { App, PARTNER, PASSPHRASE } from './support/app.ts';
import { applicants, bundleTitle, passing, schema } from './support/applicants.ts';
import { findings } from './support/axe.ts';
import { ask } from './support/partner.ts';
import { expect, test } from './support/test.ts';
import { walk } from './support/walk.ts';
import { en, said } from './support/words.ts';

// Everybody can use it: every screen for axe, the whole way by keyboard, another script and direction, and without movement.

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
/** The whole set of rules at either size and in either scheme; what only the colours decide in the other two. */
const LOOKS = [
  { name: 'phone, light', size: PHONE, colorScheme: 'light', only: undefined },
  { name: 'phone, dark', size: PHONE, colorScheme: 'dark', only: ['color-contrast'] },
  { name: 'desktop, dark', size: DESKTOP, colorScheme: 'dark', only: undefined },
  { name: 'desktop, light', size: DESKTOP, colorScheme: 'light', only: ['color-contrast'] },
] as const;

/** Gone before a check is through; `request-proof` is the same screen, held. */
const PASSING = 'request-proving';

/** Pixels by which the page is wider than its window. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
const moving = (page: Page): Promise<number> =>
  page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);

test('every screen, light and dark, on a phone and on a desktop, has nothing axe objects to, and keeps still when asked to', async ({
  page,
  wire,
}) => {
  test.setTimeout(900_000);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  let screens = 0;
  const found: string[] = [];
  await walk({
    page,
    wire,
    visit: async (screen) => {
      if (screen === PASSING) return;
      screens++;
      for (const { name, size, colorScheme, only } of LOOKS) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        for (const finding of await findings(page, only)) found.push(`${screen} (${name}): ${finding}`);
        if ((await overflow(page)) > 0) found.push(`${screen} (${name}): wider than the window`);
      }
      if ((await moving(page)) > 0) found.push(`${screen}: moves though less motion is asked for`);
    },
  });
  expect(screens).toBeGreaterThan(46);
  expect(found).toEqual([]);
});

test('in a language written from right to left every screen is whole, and no word is left in English', async ({ page, wire }) => {
  test.setTimeout(600_000);
  await page.setViewportSize({ width: 360, height: 740 });
  const found: string[] = [];
  let screens = 0;
  await walk({
    page,
    wire,
    language: 'en-XA',
    visit: async (screen) => {
      if (screen === PASSING) return;
      screens++;
      expect(await page.evaluate(() => [document.documentElement.dir, document.documentElement.lang])).toEqual(['rtl', 'en-XA']);
      if ((await overflow(page)) > 0) found.push(`${screen}: wider than 360 pixels`);
      for (const part of await outside(page)) found.push(`${screen}: reaches out of the window: ${part}`);
      for (const text of await englishIn(page)) found.push(`${screen}: “${text}”`);
    },
  });
  expect(screens).toBeGreaterThan(46);
  expect(found).toEqual([]);
});

test('the whole way can be gone by keyboard, and the focus goes along', async ({ app, page }) => {
  test.setTimeout(180_000);
  const keys = new Keys(page);
  await page.goto('/');
  await keys.press(app.link(en.vault.create));
  await keys.onHeading(en.vault.createTitle);
  await keys.to(app.field(en.vault.passphraseLabel));
  await page.keyboard.type(PASSPHRASE);
  await keys.to(app.field(en.vault.passphraseRepeat));
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press('Enter');
  await keys.onHeading(en.vault.keepTitle);
  await keys.press(app.button(en.vault.keepLater));
  await keys.onHeading(en.wallet.title);
  await keys.press(app.link(en.wallet.get));
  await keys.onHeading(en.wallet.getTitle);
  await keys.to(app.field(en.wallet.getChoose));
  await page.keyboard.type(passing.label);
  await keys.press(app.button(en.wallet.getButton));
  await keys.onHeading(passing.label);

  await test.step('a dialog keeps the focus, and gives it back', async () => {
    const opener = app.button(en.wallet.delete);
    await keys.press(opener);
    for (let at = 0; at < 4; at++) {
      await page.keyboard.press('Tab');
      expect(
        await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null),
      ).toBe(true);
    }
    await page.keyboard.press('Escape');
    await expect(opener).toBeFocused();
  });

  await app.open(await ask());
  await keys.onHeading(said(en.flow.consentTitle, { partner: PARTNER }));
  await keys.press(app.button(en.flow.accept));
  await keys.onHeading(en.vault.unlockTitle);
  await keys.to(app.field(en.vault.passphraseLabel));
  await page.keyboard.type(PASSPHRASE);
  await page.keyboard.press('Enter');
  await keys.onHeading(en.flow.deviceTitle);
  await keys.press(app.button(en.flow.deviceNext));
  await keys.onHeading(en.flow.previewTitle);
  await keys.press(app.button(en.flow.previewNext));
  await keys.onHeading(en.flow.proofTitle);
  await keys.onHeading(en.flow.sendTitle);
  await keys.press(app.button(en.flow.sendButton));
  await keys.onHeading(en.flow.acceptedTitle);
  await keys.press(app.link(said(en.flow.returnTo, { partner: PARTNER })));
  await expect(page.getByRole('button', { name: 'Check my eligibility privately' })).toBeVisible();
});

test('a screen moves when nothing is said against it', async ({ page, app, wire }) => {
  // The other half of the check in the walk: that there is movement to see.
  wire.break({ match: (sent) => sent.url.endsWith('/v1/issuer'), until: new Promise(() => undefined) });
  await app.open(await ask());
  const seen = page.waitForFunction(() => document.getAnimations().some(({ playState }) => playState === 'running'));
  await app.button(en.flow.accept).click();
  await seen;
});

/** A person without a mouse: moves with Tab, sees where the focus is, presses with Enter. */
class Keys {
  readonly #page: Page;
  constructor(page: Page) {
    this.#page = page;
  }

  async to(target: Locator): Promise<void> {
    await expect(target).toBeVisible();
    for (let presses = 0; presses < 60; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) {
        const outline = await target.evaluate((element) => {
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
          return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
        });
        expect(outline, 'the focus can be seen').toBe(true);
        return;
      }
      await this.#page.keyboard.press('Tab');
    }
    throw new Error(`${target} is not reached by Tab`);
  }

  async press(target: Locator): Promise<void> {
    await this.to(target);
    await this.#page.keyboard.press('Enter');
  }

  /** The focus has moved to the heading of the new step, so that a screen reader starts there. */
  async onHeading(title: string): Promise<void> {
    const heading = new App(this.#page).heading(title);
    await expect(heading).toBeVisible({ timeout: 60_000 });
    await expect(heading).toBeFocused();
  }
}

/** What stands on a screen and is nobody's to translate: names and texts of partner, issuer and applicants, the schema's own labels. */
const NAMES: readonly string[] = [
  'Tacit',
  PARTNER,
  'Demo issuer (not real)',
  'To see whether we can offer you a loan, before you apply.',
  'Apply with documents at our desk',
  'wallet.json',
  'network.bin',
  'digit-proof.json',
  bundleTitle,
  ...applicants.map(({ label }) => label),
  ...schema.features.flatMap((feature) => [
    feature.label,
    ...(feature.kind === 'category' ? feature.values : feature.unit === undefined ? [] : [feature.unit]),
  ]),
].sort((a, b) => b.length - a.length);
/** Addresses, this test's scopes, and what Intl writes: sizes, spans of time and dates. */
const FORMS = [
  /https?:\/\/\S+/g,
  /eligibility-\d{4}-\d\d-\d\d/g,
  /[\d.,]+\s(?:bytes?|kB|MB|GB|GiB|ms|seconds?)/g,
  /[A-Z][a-z]{2} \d{1,2}, \d{4}(?:, \d{1,2}:\d{2}\s[AP]M)?/g,
];

/** Words on the page, seen or read out, that are neither in the pseudo-locale's brackets nor data. */
async function englishIn(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const list: string[] = [document.title];
    const tree = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
    const skip = 'script, style, noscript, svg, code, pre, .mono, .licences';
    for (let node = tree.nextNode() as Element | null; node !== null; node = tree.nextNode() as Element | null) {
      if (node.closest(skip) !== null || node.closest('details:not([open]) > :not(summary)') !== null) continue;
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) list.push(node.getAttribute(name) ?? '');
      // A sentence with emphasis inside is one text; so the outermost element that has text of its own speaks for what it holds.
      const own = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.textContent?.trim() !== '');
      const within = node.parentElement?.closest('[data-seen]');
      if (!own || (within !== null && within !== undefined)) continue;
      node.setAttribute('data-seen', '');
      list.push(node.textContent ?? '');
    }
    for (const seen of document.querySelectorAll('[data-seen]')) seen.removeAttribute('data-seen');
    return list;
  });
  return texts.map(strange).filter((rest) => /[A-Za-z]{2}/.test(rest));
}

/** What is left of a text without brackets (nested ones from the inside), data, and what Intl writes. */
function strange(text: string): string {
  let rest = text.replace(/[\u2068\u2069]/g, '');
  for (const name of NAMES) rest = rest.replaceAll(name, ' ');
  for (const form of FORMS) rest = rest.replace(form, ' ');
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(/\[[^[\]]*\]/g, ' ');
  }
  return rest.trim();
}

/** Elements with text of their own that stick out of the window at a side, outside any box that scrolls by itself. */
const outside = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    return [...document.querySelectorAll('body *')]
      .filter((element) => [...element.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.textContent?.trim() !== ''))
      .filter((element) => element.closest('.hidden-visually, .skip, pre, dialog:not([open])') === null && element.checkVisibility())
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 1 && (left < -1 || right > wide + 1);
      })
      .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 60)}`);
  });
