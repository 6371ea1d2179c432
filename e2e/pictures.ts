import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPalette } from './support/png.ts';
import { test } from './support/test.ts';
import { walk } from './support/walk.ts';
import { en } from './support/words.ts';

// `npm run screenshots`: the main steps as a person sees them, for README and docs. Not part of the checks.

const FOLDER = join(import.meta.dirname, '../docs/screenshots');
const MAIN = [
  'home-new',
  'credential-shown',
  'request',
  'request-device',
  'request-preview-yes',
  'request-preview-no',
  'request-proof',
  'request-send',
  'request-done',
  'answer',
  'verify-right',
];
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const;

test('pictures of the main steps', async ({ page, wire }) => {
  test.setTimeout(600_000);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  await walk({
    page,
    wire,
    visit: async (screen) => {
      if (!MAIN.includes(screen)) return;
      const closers = page.getByRole('button', { name: en.common.dismiss });
      while ((await closers.count()) > 0) await closers.first().click();
      for (const [size, viewport] of Object.entries(SIZES))
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme });
          await page.evaluate(() => scrollTo(0, 0));
          const picture = await page.screenshot({ animations: 'disabled', caret: 'hide' });
          writeFileSync(join(FOLDER, `${screen}-${size}-${colorScheme}.png`), withPalette(picture));
        }
    },
  });
});
