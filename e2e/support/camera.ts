import { chromium, type Page } from '@playwright/test';
import { launchOptions } from '../browser.ts';
import { appOrigin } from '../places.ts';
import { type Film, film as fileOf } from './film.ts';
import { test as base } from './test.ts';

interface Options {
  /** What the fake camera shows; `none` for a machine without one. */
  readonly film: Film | 'none';
  /** Whether the person allows the camera. */
  readonly allowed: boolean;
}

/** A browser of its own, since a fake camera is given when it is started. */
export const test = base.extend<Options>({
  film: ['person', { option: true }],
  allowed: [true, { option: true }],
  context: async ({ film, allowed, proxy, viewport, locale, colorScheme }, use) => {
    const camera = film === 'none' ? [] : ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${await fileOf(film)}`];
    const asked = allowed ? '--use-fake-ui-for-media-stream' : '--deny-permission-prompts';
    const browser = await chromium.launch(launchOptions(...camera, asked));
    const context = await browser.newContext({
      baseURL: appOrigin,
      ...(proxy && { proxy }),
      viewport,
      ...(locale && { locale }),
      colorScheme,
    });
    await use(context);
    await context.close();
    await browser.close();
  },
});

/** Whether any track of the page's cameras is still live. */
export const isFilming = (page: Page): Promise<boolean> =>
  page.evaluate(() => (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks.some((track) => track.readyState === 'live'));

/** Notes every track that the page is given. To be called before the page is opened. */
export const noteTracks = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const tracks: MediaStreamTrack[] = [];
    Object.assign(globalThis, { tracks });
    const devices = navigator.mediaDevices;
    if (devices === undefined) return;
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
  });
