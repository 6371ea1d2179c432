import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withPalette } from './support/png.ts';
import { expect, test } from './support/test.ts';
import { walk } from './support/walk.ts';
import { en } from './support/words.ts';

// `npm run screenshots`: the main steps as a person sees them, for README and docs. Not part of the checks.

const FOLDER = join(import.meta.dirname, '../docs/screenshots');
/** Screen of the walk → name of its pictures. */
const MAIN: Readonly<Record<string, string>> = {
  'home-new': 'home',
  'credential-shown': 'credential',
  request: 'consent',
  'request-device': 'device',
  'request-preview-yes': 'preview',
  'request-preview-no': 'preview-no',
  'request-proving': 'proof',
  'request-send': 'send',
  'request-done': 'accepted',
  answer: 'history',
  'verify-right': 'verify',
  'lab-drawn': 'lab',
  'lab-proven': 'lab-proof',
  'own-model-chosen': 'own-model',
};
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const;

test('pictures of the main steps', async ({ page, wire }) => {
  test.setTimeout(600_000);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  await walk({
    page,
    wire,
    visit: async (screen) => {
      const name = MAIN[screen];
      if (name === undefined) return;
      const title = page.getByRole('heading', { level: 1 });
      const before = await title.textContent();
      const closers = page.getByRole('button', { name: en.common.dismiss });
      while ((await closers.count()) > 0) await closers.first().click();
      const pictures = new Map<string, Buffer>();
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        await page.evaluate(() => scrollTo(0, 0));
        for (const colorScheme of ['dark', 'light'] as const) {
          await page.emulateMedia({ colorScheme });
          pictures.set(`${name}-${size}-${colorScheme}.png`, await page.screenshot({ animations: 'disabled', caret: 'hide' }));
        }
      }
      expect(await title.textContent(), 'the screen changed while its pictures were taken').toBe(before);
      for (const [file, picture] of pictures) writeFileSync(join(FOLDER, file), withPalette(picture));
    },
  });
});
