import { vectors } from '../src/face/testing/pictures.ts';
import { type InPage, source } from './support/conformance.ts';
import { expect, test } from './support/test.ts';

// The frame that is proven is the same to the bit in a browser: the vectors of src/face/frame.conformance.test.ts, in a page and with
// pixels that went through its canvas.

test('the canonical frame is the same to the bit in this browser', async ({ page }) => {
  await page.goto('/');
  await page.evaluate(await source());
  for (const vector of vectors) {
    expect(await page.evaluate((each) => (globalThis as unknown as InPage).frameHash(each), vector)).toBe(vector.sha256);
  }
});

test('pixels come out of a picture as they went in', async ({ page }) => {
  await page.goto('/');
  await page.evaluate(await source());
  const [before, after] = await page.evaluate(() => (globalThis as unknown as InPage).throughCanvas(320, 240));
  expect(after).toBe(before);
});
