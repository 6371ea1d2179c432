import type { Page } from '@playwright/test';
import type { Guidance } from '../src/face/index.ts';
import { brief, isPublic } from './support/account.ts';
import { findings } from './support/axe.ts';
import { isFilming, noteTracks, test } from './support/camera.ts';
import { type PictureName, picture } from './support/film.ts';
import { expect } from './support/test.ts';
import { en } from './support/words.ts';

// The camera path, from a fake camera to the preview's word. Whatever happens, nothing but published files is asked for.

const { face, common } = en;

test.beforeEach(async ({ page }) => {
  await noteTracks(page);
});

test.afterEach(async ({ wire }) => {
  expect(wire.sent.length).toBeGreaterThan(3);
  expect(wire.sent.filter((sent) => !isPublic(sent)).map(brief), 'sent beside published files').toEqual([]);
});

const said = (page: Page, word: Guidance) => expect(page.locator('.camera-said')).toHaveText(face.guidance[word]);

async function begin(page: Page): Promise<void> {
  await page.goto('/face');
  await page.getByRole('button', { name: face.begin }).click();
}

async function shoot(page: Page): Promise<void> {
  await page.getByRole('button', { name: face.take }).click();
}

/** Chooses a picture as a file; one that could be better is used all the same. */
async function choose(page: Page, name: PictureName): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: face.choose, exact: true }).click();
  await (await chooser).setFiles(await picture(name));
  const use = page.getByRole('button', { name: face.use, exact: true });
  const title = page.getByRole('heading', { level: 1, name: face.resultTitle });
  const second = page.getByRole('heading', { level: 1, name: face.secondTitle });
  await expect(use.or(title).or(second).first()).toBeVisible();
  if (await use.isVisible()) await use.click();
}

async function outcome(page: Page, which: keyof typeof face.outcome): Promise<void> {
  await expect(page.getByRole('heading', { level: 1, name: face.resultTitle })).toBeVisible();
  await expect(page.getByText(face.outcome[which], { exact: true })).toBeVisible();
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('three taps from the start to the word that both are one person; the camera is off at the end', async ({ page }) => {
    await begin(page);
    await expect(page.getByRole('heading', { level: 1, name: face.firstTitle })).toBeVisible();
    await said(page, 'good');
    await expect(page.getByRole('status').getByText(face.guidance.good)).toBeAttached();
    expect(await isFilming(page)).toBe(true);
    const shutter = await page.getByRole('button', { name: face.take }).boundingBox();
    expect((shutter?.y ?? 0) + (shutter?.height ?? 0), 'the shutter is in view without scrolling').toBeLessThan(844);
    await shoot(page);
    await expect(page.getByRole('heading', { level: 1, name: face.secondTitle })).toBeVisible();
    await said(page, 'good');
    await shoot(page);
    await outcome(page, 'match');
    expect(await isFilming(page)).toBe(false);
  });
});

test('the screens of the camera have nothing axe objects to, at both sizes and in both schemes', async ({ page }) => {
  const found: string[] = [];
  const check = async (screen: string): Promise<void> => {
    for (const size of [
      { width: 390, height: 844 },
      { width: 1280, height: 800 },
    ]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const finding of await findings(page)) found.push(`${screen} (${size.width}, ${colorScheme}): ${finding}`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) found.push(`${screen} (${size.width}): wider than the window`);
      }
    }
  };
  await page.goto('/face');
  await expect(page.getByRole('heading', { level: 1, name: face.title })).toBeVisible();
  await check('intro');
  await page.getByRole('button', { name: face.begin }).click();
  await said(page, 'good');
  await check('camera');
  await page.getByRole('button', { name: face.chooseFile }).click();
  await check('file');
  await choose(page, 'closer');
  await choose(page, 'dim');
  await outcome(page, 'match');
  await check('result');
  expect(found).toEqual([]);
});

test('the same person in other light, closer, turned and blurred is found alike; somebody else is not', async ({ page }) => {
  await page.goto('/face');
  await page.getByRole('button', { name: face.chooseFile }).click();
  const pairs: readonly (readonly [PictureName, PictureName, keyof typeof face.outcome])[] = [
    ['closer', 'dim', 'match'],
    ['closer', 'bright', 'match'],
    ['closer', 'turned', 'match'],
    ['closer', 'soft', 'match'],
    ['closer', 'somebody else', 'different'],
  ];
  for (const [first, second, expected] of pairs) {
    await test.step(`${first} and ${second}`, async () => {
      await choose(page, first);
      await choose(page, second);
      await outcome(page, expected);
      await page.getByRole('button', { name: face.again }).click();
      await page.getByRole('button', { name: face.chooseFile }).click();
    });
  }
});

test('pictures from a camera and from a file are compared with each other', async ({ page }) => {
  await begin(page);
  await said(page, 'good');
  await shoot(page);
  await expect(page.getByRole('heading', { level: 1, name: face.secondTitle })).toBeVisible();
  await page.getByRole('button', { name: face.chooseFile }).click();
  await choose(page, 'somebody else');
  await outcome(page, 'different');
});

test('a file that is no picture is refused, and another can be chosen', async ({ page, app }) => {
  await page.goto('/face');
  await page.getByRole('button', { name: face.chooseFile }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: face.choose, exact: true }).click();
  await (await chooser).setFiles({ name: 'x.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') });
  await app.refused('photo/unreadable');
  await choose(page, 'closer');
  await expect(page.getByRole('heading', { level: 1, name: face.secondTitle })).toBeVisible();
});

for (const [film, word, code] of [
  ['two faces', 'several', 'photo/several-faces'],
  ['no face', 'none', 'photo/no-face'],
  ['grey', 'flat', 'photo/lifeless'],
] as const) {
  test.describe(`a camera that shows: ${film}`, () => {
    test.use({ film });
    test('is told at once, and the shutter says why it is no use', async ({ page, app }) => {
      await begin(page);
      await said(page, word);
      await shoot(page);
      await app.refused(code);
      await expect(page.getByRole('button', { name: face.take })).toBeEnabled();
    });
  });
}

test.describe('a camera that stands still', () => {
  test.use({ film: 'frozen' });
  test('is noticed', async ({ page }) => {
    await begin(page);
    await said(page, 'frozen');
  });
});

test.describe('a dark room', () => {
  test.use({ film: 'dark' });
  test('is advice: the person decides', async ({ page }) => {
    await begin(page);
    await said(page, 'dark');
    await shoot(page);
    await expect(page.getByText(face.adviceTitle, { exact: true })).toBeVisible();
    await page.getByRole('button', { name: face.retake, exact: true }).click();
    await said(page, 'dark');
    await shoot(page);
    await page.getByRole('button', { name: face.use, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: face.secondTitle })).toBeVisible();
  });
});

test.describe('a camera that is not allowed', () => {
  test.use({ allowed: false });
  test('is told with a way on', async ({ page, app }) => {
    await begin(page);
    await app.refused('camera/denied');
    await page.getByRole('button', { name: face.chooseFile }).click();
    await choose(page, 'closer');
    await expect(page.getByRole('heading', { level: 1, name: face.secondTitle })).toBeVisible();
  });
});

test.describe('a machine without a camera', () => {
  test.use({ film: 'none' });
  test('is told with a way on', async ({ page, app }) => {
    await begin(page);
    await app.refused('camera/none');
    await expect(page.getByRole('button', { name: face.chooseFile })).toBeVisible();
  });
});

test('a camera in use elsewhere is told, and taken when it is free', async ({ page, app }) => {
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    let first = true;
    mediaDevices.getUserMedia = async (constraints) => {
      if (!first) return ask(constraints);
      first = false;
      throw new DOMException('in use', 'NotReadableError');
    };
  });
  await begin(page);
  await app.refused('camera/busy');
  await page.getByRole('button', { name: common.retry }).click();
  await said(page, 'good');
});

test('a camera that is unplugged on the way is told, and nothing taken before is lost', async ({ page, app }) => {
  await begin(page);
  await said(page, 'good');
  await shoot(page);
  await expect(page.getByRole('heading', { level: 1, name: face.secondTitle })).toBeVisible();
  await page.evaluate(() => {
    for (const track of (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  });
  await app.refused('camera/lost');
  await page.getByRole('button', { name: common.retry }).click();
  await said(page, 'good');
  await shoot(page);
  await outcome(page, 'match');
});

test('a hidden page and a page that is left hold no camera', async ({ page }) => {
  const show = (state: string) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await begin(page);
  await said(page, 'good');
  await show('hidden');
  await expect.poll(() => isFilming(page)).toBe(false);
  await show('visible');
  await said(page, 'good');
  expect(await isFilming(page)).toBe(true);
  await page.getByRole('button', { name: common.cancel }).click();
  await expect(page.getByRole('heading', { level: 1, name: face.title })).toBeVisible();
  expect(await isFilming(page)).toBe(false);
  // The worker ends with the session, and every pixel in it.
  await expect.poll(() => page.workers().filter((worker) => worker.url().includes('capture'))).toEqual([]);
});

test('getting ready can be cancelled, and begun again', async ({ page, wire }) => {
  let open: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    open = resolve;
  });
  const stuck = wire.break({ match: ({ url }) => /\/assets\/face-meshweights-/.test(url), until: held });
  await begin(page);
  await expect(page.getByRole('heading', { level: 1, name: face.openingTitle })).toBeVisible();
  await page.getByRole('button', { name: common.cancel }).click();
  await expect(page.getByRole('heading', { level: 1, name: face.title })).toBeVisible();
  stuck();
  open();
  await page.getByRole('button', { name: face.begin }).click();
  await said(page, 'good');
});

test('a changed face model is refused, one that breaks off is loaded again, and both are kept', async ({ page, app, wire }) => {
  const isMesh = (sent: { url: string }) => /\/assets\/face-meshweights-/.test(sent.url);
  const changed = wire.break({ match: isMesh, response: (body) => Buffer.from(body.map((byte, at) => (at === 1000 ? byte ^ 1 : byte))) });
  await begin(page);
  await app.refused('bundle/hash-mismatch', { file: 'meshWeights' });
  changed();
  const broken = wire.break({ match: isMesh, truncateTo: 200_000 });
  await page.getByRole('button', { name: face.begin }).click();
  await app.refused('bundle/download', { file: 'meshWeights' });
  broken();
  await page.getByRole('button', { name: face.begin }).click();
  await said(page, 'good');
  // The embedding network may still be on its way; the finder's four files are here.
  const finders = () => wire.sent.filter(({ url }) => /\/assets\/face-(?!embedder)/.test(url)).length;
  const before = finders();
  await page.reload();
  await page.getByRole('button', { name: face.begin }).click();
  await said(page, 'good');
  expect(finders(), 'kept files are not fetched again').toBe(before);
});
