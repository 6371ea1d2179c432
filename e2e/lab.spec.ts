import { writeFileSync } from 'node:fs';
import type { BrowserContext, Page } from '@playwright/test';
import { transparentStages } from '../src/client/transparent/types.ts';
import type { App } from './support/app.ts';
import { findings } from './support/axe.ts';
import { draw } from './support/draw.ts';
import { tacit } from './support/tacit.ts';
import { expect, test } from './support/test.ts';
import { path, type Wire } from './support/wire.ts';
import { en } from './support/words.ts';
import { rendererSeconds } from './support/work.ts';

// The lab: a whole network proven in the page, accepted by the command line in another process; and every way in which it stops.

const { lab } = en;
const proven = (page: Page) => expect(page.getByText(lab.doneText)).toBeVisible({ timeout: 60_000 });
const pad = (page: Page) => page.getByRole('application', { name: lab.pad });
const says = (page: Page, digit: number) => expect(page.getByText(lab.says.replace('{digit}', String(digit)))).toBeVisible();
/** The prover's thread and the helpers below it. */
const labWorkers = (page: Page): string[] =>
  page
    .workers()
    .map((worker) => /\/(transparent|helper)-/.exec(worker.url())?.[1])
    .filter((name) => name !== undefined);

async function ready(app: App, digit = 7): Promise<void> {
  await app.page.goto('/lab');
  await expect(app.heading(lab.title)).toBeVisible();
  await expect(app.page.getByText(lab.saysNothing)).toBeVisible();
  await draw(app.page, pad(app.page), digit);
  await says(app.page, digit);
}

interface Hold {
  readonly hold: { until: string | undefined; readonly workers: Readonly<Record<string, Worker>> };
}

/**
 * Workers of the page by name; and while `until` names a stage, the page hears of no later one, and not of the end: a proof of
 * milliseconds then stands still where the test wants it.
 */
const holdWorkers = (page: Page): Promise<unknown> =>
  page.addInitScript((stages: readonly string[]) => {
    const hold = { until: undefined as string | undefined, workers: {} as Record<string, Worker> };
    const early = (stage: string | undefined): boolean =>
      hold.until === undefined || stage === undefined || stages.indexOf(stage) <= stages.indexOf(hold.until);
    type Listener = EventListenerOrEventListenerObject;
    const slowed = (listener: Listener, passes: (data: unknown) => boolean) => {
      const hear = (event: Event): void => {
        if (!passes((event as MessageEvent).data)) setTimeout(hear, 50, event);
        else if (typeof listener === 'function') listener(event);
        else listener.handleEvent(event);
      };
      return hear;
    };
    const add = MessagePort.prototype.addEventListener;
    MessagePort.prototype.addEventListener = function (this: MessagePort, type: string, listener: Listener, more?: boolean) {
      type Told = { argumentList?: { value?: { stage?: string } }[] };
      add.call(
        this,
        type,
        slowed(listener, (data) => early((data as Told | null)?.argumentList?.[0]?.value?.stage)),
        more,
      );
    } as typeof add;
    const Original = Worker;
    class Held extends Original {
      readonly name: string;
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.name = options?.name ?? '';
        hold.workers[this.name] = this;
      }
      override addEventListener(type: string, listener: Listener, more?: AddEventListenerOptions | boolean): void {
        // Signs of life go through; what the proof comes to is long.
        const passes = (data: unknown): boolean => hold.until === undefined || JSON.stringify(data ?? null).length < 5_000;
        super.addEventListener(type, this.name === 'transparent' && type === 'message' ? slowed(listener, passes) : listener, more);
      }
    }
    Object.assign(window, { Worker: Held, hold });
  }, transparentStages);
const holdAt = (page: Page, stage: string | undefined): Promise<void> =>
  page.evaluate((until) => {
    (window as unknown as Hold).hold.until = until;
  }, stage);
const atStage = (page: Page, stage: (typeof transparentStages)[number]): Promise<void> =>
  expect(page.getByRole('status').getByText(lab.stages[stage], { exact: true })).toBeAttached();

const installed = (page: Page): Promise<unknown> =>
  page.waitForFunction(async () => (await navigator.serviceWorker.ready) && navigator.serviceWorker.controller !== null);
async function unplug(context: BrowserContext, wire: Wire): Promise<void> {
  wire.break({ match: () => true, cut: 'before' });
  await context.setOffline(true);
}
const NO_UPDATE = /An unknown error occurred when fetching the script/;

test('a digit is drawn and proven, the command line accepts the proof, and nothing but the app’s own files was asked for', async ({
  app,
  page,
  wire,
}, info) => {
  await ready(app);
  await expect(page.getByText(lab.planMemory, { exact: true })).toBeVisible();
  const before = wire.sent.length;
  await app.button(lab.proveButton).click();
  await proven(page);
  const proof = await app.saved(lab.save);
  const opening = JSON.parse((await app.saved(lab.openingSave)).toString()) as { input: number[]; inputCommitment: string };
  const file = JSON.parse(proof.toString()) as { proof: string; inputCommitment: string };
  expect(opening.inputCommitment).toBe(file.inputCommitment);
  expect(opening.input).toHaveLength(784);
  for (const secret of ['blinding', 'input"', JSON.stringify(opening.input).slice(300, 400)])
    expect(proof.toString()).not.toContain(secret);
  expect(wire.sent.filter(({ method, body }) => method !== 'GET' || body.length > 0)).toEqual([]);
  const own = (sent: { url: string }) =>
    /^\/(?:assets\/|service-worker\.js$|icons\/|index\.html|manifest)/.test(new URL(sent.url).pathname);
  expect(wire.sent.slice(before).filter((sent) => !own(sent))).toEqual([]);

  await test.step('by the command line, in another process', async () => {
    const saved = info.outputPath('digit-proof.json');
    writeFileSync(saved, proof);
    const accepted = await tacit('verify', saved, '--bundle', 'circuits/digit-net');
    expect([accepted.exit, accepted.result]).toEqual([0, 'accepted']);
    const values = accepted.outputs?.[0]?.values ?? [];
    expect(values.indexOf(Math.max(...values))).toBe(7);
    const changed = info.outputPath('changed.json');
    const at = file.proof.length / 2;
    const other = file.proof[at] === 'A' ? 'B' : 'A';
    writeFileSync(changed, JSON.stringify({ ...file, proof: `${file.proof.slice(0, at)}${other}${file.proof.slice(at + 1)}` }));
    const refused = await tacit('verify', changed, '--bundle', 'circuits/digit-net');
    expect(refused.exit).toBe(1);
    expect(refused.error?.code).toMatch(/^proof\//);
  });
  await test.step('and by the app itself, in plain words', async () => {
    await app.link(lab.checkLink).click();
    await app.choose('digit-proof.json', proof);
    await expect(page.getByText(en.verifyModel.validText)).toBeVisible();
    await expect(page.getByText(en.verifyModel.resultDigit.replace('{digit}', '7'))).toBeVisible();
    await expect(page.getByText(en.verifyModel.notShownReal)).toBeVisible();
    const lie = JSON.parse(proof.toString()) as { outputs: { integers: number[] }[] };
    lie.outputs[0]?.integers.splice(3, 1, 10 ** 6);
    await app.choose('lie.json', JSON.stringify(lie));
    await app.refused('proof/invalid');
  });
});

test('instead of the outputs, a proof may tell the digit alone, or a bound', async ({ app, page }, info) => {
  await ready(app, 3);
  const kinds = [
    { choice: lab.publicClass.replace('{digit}', '3'), policy: { kind: 'class', index: 3 }, told: en.verifyModel.resultDigit },
    { choice: /at least/, policy: { kind: 'at-least', index: 3 }, told: en.verifyModel.resultBound.split('{')[0] ?? '' },
  ] as const;
  const files: Buffer[] = [];
  for (const { choice, policy } of kinds) {
    await page.getByRole('radio', { name: choice }).check();
    await app.button(lab.proveButton).click();
    await proven(page);
    const proof = await app.saved(lab.save);
    files.push(proof);
    expect(JSON.parse(proof.toString())).toMatchObject({ policy, outputs: [] });
    const saved = info.outputPath(`${policy.kind}.json`);
    writeFileSync(saved, proof);
    const accepted = await tacit('verify', saved, '--bundle', 'circuits/digit-net');
    expect([accepted.exit, accepted.result]).toEqual([0, 'accepted']);
    const lie = JSON.parse(proof.toString()) as { policy: { index: number } };
    lie.policy.index = 8;
    writeFileSync(saved, JSON.stringify(lie));
    expect((await tacit('verify', saved, '--bundle', 'circuits/digit-net')).exit).toBe(1);
  }
  await app.go('verify');
  for (const [at, { told }] of kinds.entries()) {
    await app.choose('proof.json', files[at] ?? '');
    await expect(page.getByText(told.replace('{digit}', '3'))).toBeVisible();
  }
});

test('cancelled in any stage, the work ends at once and its thread with it', async ({ app, page, browser }) => {
  test.setTimeout(240_000);
  await holdWorkers(page);
  await ready(app);
  for (const stage of transparentStages) {
    await test.step(stage, async () => {
      await holdAt(page, stage);
      await app.button(lab.proveButton).click();
      await atStage(page, stage);
      await expect.poll(() => new Set(labWorkers(page))).toEqual(new Set(['transparent', 'helper']));
      await app.button(lab.cancel).click();
      await expect(page.getByText(lab.cancelledText)).toBeVisible();
      await expect.poll(() => labWorkers(page)).toEqual([]);
    });
  }
  const before = await rendererSeconds(browser);
  await page.waitForTimeout(1000);
  expect((await rendererSeconds(browser)) - before, 'processor seconds in the second after').toBeLessThan(0.3);
  await holdAt(page, undefined);
  await app.button(lab.proveButton).click();
  await proven(page);
});

test('a worker that is killed in the middle is noticed, and another makes the proof', async ({ app, page }) => {
  test.setTimeout(180_000);
  await holdWorkers(page);
  await ready(app);
  await holdAt(page, 'commit');
  await app.button(lab.proveButton).click();
  await atStage(page, 'commit');
  // No event comes of it, as when a browser takes a worker's memory away.
  await page.evaluate(() => (window as unknown as Hold).hold.workers.transparent?.terminate());
  await expect(app.error('worker/died')).toBeVisible({ timeout: 90_000 });
  await holdAt(page, undefined);
  await app.button(lab.proveButton).click();
  await proven(page);
});

test('a page in the background goes on, and says so when it is back', async ({ app, page }) => {
  await holdWorkers(page);
  await ready(app);
  const show = (state: 'hidden' | 'visible'): Promise<void> =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await holdAt(page, 'commit');
  await app.button(lab.proveButton).click();
  await atStage(page, 'commit');
  await expect(page.getByText(lab.hidden)).toBeVisible();
  await show('hidden');
  await show('visible');
  await expect(page.getByText(lab.wasHidden)).toBeVisible();
  await show('hidden');
  await holdAt(page, undefined);
  await proven(page);
  await show('visible');
  await expect(page.getByText(lab.doneText)).toBeVisible();
});

test('a device that gives no memory says so', async ({ app, wire }) => {
  const deny =
    "WebAssembly.Memory.prototype.grow = () => { throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded'); };\n";
  wire.break({
    match: (sent) => /^\/assets\/transparent-.*\.js$/.test(path(sent)),
    response: (body) => Buffer.concat([Buffer.from(deny), body]),
  });
  await ready(app);
  await app.button(lab.proveButton).click();
  await app.refused('device/memory');
  await expect(app.button(lab.proveButton)).toBeEnabled();
});

test('a page that is not isolated proves on one thread', async ({ app, page, wire }) => {
  wire.break({
    match: (sent) => /^\/assets\/transparent-.*\.js$/.test(path(sent)),
    response: (body) => Buffer.concat([Buffer.from("Object.defineProperty(globalThis, 'crossOriginIsolated', { value: false });\n"), body]),
  });
  await ready(app);
  await app.button(lab.proveButton).click();
  await proven(page);
  expect(labWorkers(page)).toEqual(['transparent']);
});

test('without a network it reads, proves and checks as well', async ({ app, page, context, wire, complaints }) => {
  complaints.allow(NO_UPDATE);
  await page.goto('/');
  await installed(page);
  await unplug(context, wire);
  await ready(app, 4);
  await app.button(lab.proveButton).click();
  await proven(page);
  const proof = await app.saved(lab.save);
  await app.go('verify');
  await app.choose('digit-proof.json', proof);
  await expect(page.getByText(en.verifyModel.validText)).toBeVisible();
});

test('by keyboard alone, on a phone, with nothing that axe objects to', async ({ app, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/lab');
  await expect(page.getByText(lab.saysNothing)).toBeVisible();
  await pad(page).focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Space');
  await expect(page.getByText(lab.penDown)).toBeAttached();
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await says(page, 1);
  for (let i = 0; i < 8 && !(await app.button(lab.proveButton).evaluate((button) => button === document.activeElement)); i++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await proven(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await findings(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  }
});
