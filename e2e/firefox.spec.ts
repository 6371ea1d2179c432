import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { vectors } from '../src/face/testing/pictures.ts';
import { appOrigin, dataDir } from './places.ts';
import { type InPage, source } from './support/conformance.ts';
import { type PictureName, picture } from './support/film.ts';
import { en } from './support/words.ts';

// Another engine: Firefox ESR over WebDriver BiDi. The proven frame to the bit, and two pictures from files to the preview's word. Its fake camera
// shows no face, so the camera itself is Chromium's test.

const FIREFOX = process.env.TACIT_FIREFOX ?? '/usr/bin/firefox-esr';
const { face } = en;

test.skip(!existsSync(FIREFOX) && process.env.CI === undefined, 'Firefox ESR is not installed');

let browser: Browser;
let page: Page;
test.beforeAll(async () => {
  browser = await launch({ browser: 'firefox', executablePath: FIREFOX, headless: true });
});
test.beforeEach(async () => {
  page = await browser.newPage();
});
test.afterEach(() => page.close());
test.afterAll(() => browser.close());

const press = (name: string): Promise<void> => page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
const shown = (text: string): Promise<unknown> => page.locator(`::-p-text(${text})`).setTimeout(60_000).wait();

async function choose(name: PictureName): Promise<void> {
  const path = join(dataDir, `${name.replaceAll(' ', '-')}.jpg`);
  writeFileSync(path, (await picture(name)).buffer);
  const input = await page.waitForSelector('input[type=file]');
  await input?.uploadFile(path);
}

test('the canonical frame is the same to the bit in Firefox', async () => {
  await page.goto(appOrigin);
  await page.evaluate(await source());
  for (const vector of vectors) {
    expect(await page.evaluate((each) => (globalThis as unknown as InPage).frameHash(each), vector)).toBe(vector.sha256);
  }
  const [before, after] = await page.evaluate(() => (globalThis as unknown as InPage).throughCanvas(320, 240));
  expect(after).toBe(before);
});

for (const [second, outcome] of [
  ['dim', 'match'],
  ['somebody else', 'different'],
] as const) {
  test(`two pictures are compared in Firefox: ${second}`, async () => {
    await page.goto(`${appOrigin}/face`);
    await press(face.chooseFile);
    await shown(face.firstTitle);
    await choose('closer');
    await shown(face.secondTitle);
    await choose(second);
    await shown(face.outcome[outcome]);
  });
}
