import { type BrowserContext, test as base, expect } from '@playwright/test';
import { App } from './app.ts';
import { openWire, type Wire } from './wire.ts';

export { expect };

/** What the browser complained about; a test says beforehand what it provokes, and anything else fails it. */
export interface Complaints {
  allow(...patterns: readonly RegExp[]): void;
}

export interface Fixtures {
  /** The network of this test's browser context. */
  readonly wire: Wire;
  readonly complaints: Complaints;
  readonly app: App;
}

/** A failed call is told to the person by the app; the browser's own line about it is no news. */
const NO_NEWS = /^error: Failed to load resource/;

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern to know what a fixture needs
  wire: async ({}, use) => {
    const wire = await openWire();
    await use(wire);
    await wire.close();
  },
  // Chromium leaves its own machine out of a proxy unless it is told not to.
  proxy: async ({ wire }, use) => use({ server: wire.address, bypass: '<-loopback>' }),
  complaints: [
    async ({ context, wire }, use) => {
      const list: string[] = [];
      const allowed = [NO_NEWS];
      watch(context, (text) => list.push(text));
      await use({ allow: (...patterns) => void allowed.push(...patterns) });
      expect(list.filter((text) => !allowed.some((pattern) => pattern.test(text)))).toEqual([]);
      expect(wire.violations, 'stopped by the content policy').toEqual([]);
      expect(wire.strangers, 'contacted beside the verifier and the partner').toEqual([]);
    },
    { auto: true },
  ],
  app: async ({ page }, use) => use(new App(page)),
});

/** Console warnings and errors of pages and workers, and uncaught errors. */
function watch(context: BrowserContext, note: (text: string) => void): void {
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(`${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => note(`uncaught: ${error.error().message}`));
}
