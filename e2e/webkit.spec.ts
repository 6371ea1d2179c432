import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { Builder, By, Capabilities, until, type WebDriver } from 'selenium-webdriver';
import { PASSPHRASE } from './support/app.ts';
import { passing } from './support/applicants.ts';
import { ask, verdict } from './support/partner.ts';
import { en } from './support/words.ts';

// A third engine: WebKitGTK's MiniBrowser, which is the nearest to Safari that runs here, over W3C WebDriver on a virtual screen. A new
// user's whole way with either proof system, to the verdict.

const DRIVER = process.env.TACIT_WEBKIT_DRIVER ?? '/usr/bin/WebKitWebDriver';
const BROWSER =
  process.env.TACIT_WEBKIT ?? `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/webkit2gtk-4.1/MiniBrowser`;
const here = existsSync(DRIVER) && existsSync(BROWSER);
test.skip(!here && process.env.CI === undefined, 'WebKitGTK is not installed');

const home = mkdtempSync(join(tmpdir(), 'tacit-webkit-'));
let service: ChildProcess;
let address: string;
let driver: WebDriver;

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });

test.beforeAll(async () => {
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  // Its own session bus and home: nothing of the person who runs the tests is read or written. There is no GPU on a virtual screen.
  service = spawn('xvfb-run', ['-a', '-s', '-screen 0 1280x900x24', 'dbus-run-session', '--', DRIVER, `--port=${port}`], {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, WEBKIT_DISABLE_COMPOSITING_MODE: '1', LIBGL_ALWAYS_SOFTWARE: '1' },
  });
  await expect
    .poll(
      () =>
        fetch(`${address}/status`).then(
          (answer) => answer.ok,
          () => false,
        ),
      { timeout: 30_000 },
    )
    .toBe(true);
});
test.beforeEach(async () => {
  driver = await new Builder()
    .usingServer(address)
    .withCapabilities(
      new Capabilities({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary: BROWSER, args: ['--automation'] } }),
    )
    .build();
  await driver.manage().setTimeouts({ script: 60_000, pageLoad: 60_000 });
});
test.afterEach(async ({ browserName: _ }, info) => {
  if (info.status !== info.expectedStatus) writeFileSync(info.outputPath('screen.png'), await driver.takeScreenshot(), 'base64');
  await driver?.quit();
});
test.afterAll(() => {
  // The service's children are in its group.
  if (service?.pid !== undefined) process.kill(-service.pid, 'SIGTERM');
  rmSync(home, { recursive: true, force: true });
});

const quoted = (text: string): string =>
  `concat(${text
    .split("'")
    .map((part) => `'${part}'`)
    .join(`, "'", `)}, '')`;
const at = (xpath: string, limit = 30_000) => driver.wait(until.elementLocated(By.xpath(xpath)), limit, `nothing at ${xpath}`);
const shown = async (xpath: string, limit?: number) => {
  const found = await at(xpath, limit);
  await driver.wait(until.elementIsVisible(found), 10_000, `${xpath} is not shown`);
  return found;
};
const heading = (name: string, limit?: number) => shown(`//h1[normalize-space()=${quoted(name)}]`, limit);
const press = async (name: string): Promise<void> => {
  const button = await shown(`//button[normalize-space()=${quoted(name)}]`);
  await driver.wait(until.elementIsEnabled(button), 10_000);
  await button.click();
};
const field = (label: string) => shown(`//*[@id=//label[normalize-space()=${quoted(label)}]/@for]`);

for (const system of ['groth16', 'transparent'] as const) {
  test(`a new user proves the credit statement in WebKit: ${system}`, async () => {
    const { flow, vault, wallet } = en;
    const placed = await ask({ system });
    await driver.get(placed.url);
    await press(flow.accept);
    await heading(vault.createTitle);
    await (await at(`//label[contains(., ${quoted(vault.passphrase)})]`)).click();
    await (await field(vault.passphraseLabel)).sendKeys(PASSPHRASE);
    await (await field(vault.passphraseRepeat)).sendKeys(PASSPHRASE);
    await press(vault.create);
    await press(vault.keepLater);
    await (await field(wallet.getChoose)).sendKeys(passing.label);
    await press(wallet.getButton);
    await press(flow.deviceNext);
    await shown(`//*[normalize-space()=${quoted(flow.previewPass)}]`, 60_000);
    await press(flow.previewNext);
    await heading(flow.sendTitle, 120_000);
    await press(flow.sendButton);
    await heading(flow.acceptedTitle);
    expect(await verdict(placed.id)).toMatchObject({ result: 'accepted' });
  });
}
