// The camera's side in Chromium with a fake camera, on the built app: what a first visit loads, compressed, up to the preview's word,
// and the time from the shutter to that word, in WebAssembly, as it is and with the page slowed down four times.
// npm run bench:capture [-- --runs N]. The slowing down is Chromium's own emulation, on the page's thread; its workers run as they do.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { launchOptions } from '../e2e/browser.ts';

const args = process.argv.slice(2);
const runs = args.includes('--runs') ? Number(args[args.indexOf('--runs') + 1]) : 7;
const folder = mkdtempSync(join(tmpdir(), 'tacit-capture-'));
process.env.TACIT_E2E_DATA = folder;
const { film } = await import('../e2e/support/film.ts');

const port = 8951;
const server = spawn(process.execPath, ['server/dist/demo.mjs'], {
  env: { ...process.env, TACIT_PORT: String(port), TACIT_PARTNER_PORT: String(port + 1), TACIT_DATA_DIR: join(folder, 'server') },
  stdio: 'ignore',
});
const origin = `http://localhost:${port}`;

/** Bytes of every answer's body as it came over the wire, by path. */
const received = new Map<string, number>();
const proxy = createServer((incoming, outgoing) => {
  const upstream = request(incoming.url ?? '', { method: incoming.method, headers: incoming.headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    const { pathname } = new URL(incoming.url ?? '', origin);
    answer.on('data', (piece: Buffer) => received.set(pathname, (received.get(pathname) ?? 0) + piece.length));
    answer.pipe(outgoing);
  });
  upstream.on('error', () => outgoing.destroy());
  incoming.pipe(upstream);
});
await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

const kilobytes = (pattern: RegExp): number =>
  Math.round([...received].reduce((sum, [path, bytes]) => sum + (pattern.test(path) ? bytes : 0), 0) / 1000);
const middle = (values: readonly number[]): string => {
  const sorted = [...values].sort((a, b) => a - b).map(Math.round);
  return `${sorted[sorted.length >> 1]} (${sorted[0]} to ${sorted.at(-1)})`;
};

const shutter = (page: Page) => page.getByRole('button', { name: 'Take the picture' });

/** From the second shutter to the word, as the page sees it: no time of this process is in it. */
async function once(page: Page): Promise<number> {
  await page.locator('.camera-frame.is-good').waitFor();
  await shutter(page).click();
  await page.getByRole('heading', { name: 'Now take a second one' }).waitFor();
  await page.locator('.camera-frame.is-good').waitFor();
  await page.waitForTimeout(600);
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        const began = performance.now();
        new MutationObserver((_, observer) => {
          if (document.querySelector('.scale') === null) return;
          observer.disconnect();
          done(performance.now() - began);
        }).observe(document.body, { childList: true, subtree: true });
        [...document.querySelectorAll('button')].find((each) => each.textContent === 'Take the picture')?.click();
      }),
  );
}

const camera = [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  `--use-file-for-fake-video-capture=${await film('person')}`,
];
const browser = await chromium.launch(launchOptions(...camera));
try {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, proxy: { server: address, bypass: '<-loopback>' } });
  const page = await context.newPage();
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'));
  for (
    let tries = 0;
    !(await fetch(`${origin}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    )) && tries < 100;
    tries++
  )
    await new Promise((wake) => setTimeout(wake, 100));
  await page.goto(`${origin}/face`);
  await page.getByRole('button', { name: 'Start the camera' }).click();
  const cold = await once(page);
  await page.waitForTimeout(3_000);
  console.log(`first visit, over the wire: ${kilobytes(/./)} kB`);
  console.log(
    `  face models        ${kilobytes(/\/face-(?!embedder).*/)} kB for the finder, ${kilobytes(/\/face-embedder/)} kB for the embedding network`,
  );
  console.log(`  runtimes (wasm)    ${kilobytes(/\.wasm$/)} kB`);
  console.log(`  the app and the rest, with all that is kept for offline use  ${kilobytes(/^(?!.*(?:\/face-|\.wasm$))/)} kB`);
  console.log(`shutter to word, ms, median (least to greatest) of ${runs}:`);
  console.log(`  first, cold        ${Math.round(cold)}`);
  for (const rate of [1, 4]) {
    const page4 = await context.newCDPSession(page);
    await page4.send('Emulation.setCPUThrottlingRate', { rate });
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      await page.getByRole('button', { name: 'Try again' }).click();
      times.push(await once(page));
    }
    console.log(`  page slowed x${rate}     ${middle(times)}`);
  }
} finally {
  await browser.close();
  server.kill('SIGTERM');
  proxy.close();
  proxy.closeAllConnections();
  if (server.exitCode === null) await new Promise((gone) => server.once('exit', gone));
  rmSync(folder, { recursive: true, force: true });
}
