import { passing } from './support/applicants.ts';
import { ask, verdict } from './support/partner.ts';
import { expect, test } from './support/test.ts';
import { isFile, isProof } from './support/wire.ts';
import { en } from './support/words.ts';
import { pressAtStage, provers, rendererSeconds } from './support/work.ts';

// The work itself: it can be stopped, it can die, and a device may be unable to do it.

test('cancelling really stops the work, at every stage, and nothing is sent', async ({ app, page, wire, browser }) => {
  const { proofStages, proofCancel, proofCancelledTitle, proofAgain } = en.flow;
  const placed = await ask();
  const noPreview = wire.break({ match: isFile('.onnx'), cut: 'before' });
  const stuck = wire.break({ match: isFile('.zkey'), until: new Promise(() => undefined) });
  await app.toPreview(placed);
  await app.refused('bundle/download', { file: 'preview' });
  noPreview();
  await app.button(en.flow.previewSkip).click();
  // The proof has to load the key now, which does not come.
  for (const stage of [proofStages.download, proofStages.witness, proofStages.prove]) {
    await test.step(stage, async () => {
      await pressAtStage(page, { stage, button: proofCancel });
      await expect(app.heading(proofCancelledTitle)).toBeVisible();
      await expect.poll(() => provers(page)).toEqual([]);
      const before = await rendererSeconds(browser);
      await page.waitForTimeout(1000);
      expect((await rendererSeconds(browser)) - before, 'processor seconds in the second after').toBeLessThan(0.3);
      stuck();
      await app.button(proofAgain).click();
    });
  }
  // The two measures above see work where there is some.
  const before = await rendererSeconds(browser);
  await expect.poll(() => provers(page).length).toBeGreaterThan(1);
  await app.made();
  expect((await rendererSeconds(browser)) - before).toBeGreaterThan(0.5);
  await app.button(en.flow.sendNot).click();
  await expect(app.heading(en.flow.declinedTitle)).toBeVisible();
  expect(wire.sent.filter(isProof)).toEqual([]);
  expect(await verdict(placed.id)).toBe('verdict/pending');
});

test('a prover that dies in the middle is noticed, and a new one makes the proof', async ({ app, page }) => {
  test.setTimeout(180_000);
  await app.toProof(await ask());
  await expect(page.getByRole('status').getByText(en.flow.proofStages.prove, { exact: true })).toBeAttached();
  // Ended from inside: the page gets no event at all, as when a browser takes a worker's memory away.
  const prover = page.workers().find((worker) => /\/prover-/.test(worker.url()));
  await prover?.evaluate(() => globalThis.close());
  await expect(app.error('worker/died')).toBeVisible({ timeout: 60_000 });
  await app.refused('worker/died');
  await app.button(en.common.retry).click();
  await app.made();
  await app.send();
  await app.accepted();
});

test('a device that cannot make the proof is told what is missing, and where else to open the request', async ({ app, page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'WebAssembly'));
  const placed = await ask();
  await app.open(placed);
  await app.consent();
  await app.create();
  await app.obtain(passing);
  await app.refused('device/unsupported', { what: 'WebAssembly' });
  // Not this request: what another device answers is credited to nobody here; the way leads by the partner's page.
  await expect(page.getByText(placed.request.origin, { exact: true })).toBeVisible();
});

test('a browser that allows no storage says so', async ({ page, app }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('storage is off', 'SecurityError');
    };
  });
  await page.goto('/');
  await app.refused('vault/unavailable');
  await expect(app.button(en.common.reload)).toBeVisible();
});
