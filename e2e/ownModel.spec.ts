import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Net } from '../bench/networks.ts';
import { encodeIntGraph } from '../src/model/integer.ts';
import type { App } from './support/app.ts';
import { tacit } from './support/tacit.ts';
import { expect, test } from './support/test.ts';
import { en, said } from './support/words.ts';

// A network that somebody compiled, brought to the app: proven there, and accepted by the command line in another process.

const { lab, ownModel } = en;
const proven = (page: Page) => expect(page.getByText(lab.doneText)).toBeVisible({ timeout: 60_000 });
/** Something like a one. */
const INPUT = JSON.stringify(
  Array.from({ length: 28 }, (_, y) => Array.from({ length: 28 }, (_, x) => (x >= 13 && x <= 15 && y >= 5 && y < 23 ? 1 : 0))),
);

let folder = '';
test.beforeAll(async ({ browserName: _ }, info) => {
  folder = join(info.project.outputDir, 'own-model');
  const sample = join(info.project.outputDir, 'sample.json');
  mkdirSync(info.project.outputDir, { recursive: true });
  writeFileSync(sample, INPUT);
  const made = await tacit('compile', 'circuits/digit-net/digit-net.onnx', '--calibrate', sample, '--out', folder);
  expect(made.result).toBe('compiled');
});
const fromBundle = (name: string): Buffer => readFileSync(join(folder, name));

/** Gives files to the chooser of the model (the first on the page), or of the input (the second). */
const give = (
  page: Page,
  which: 'model' | 'input',
  files: readonly (readonly [name: string, content: string | Uint8Array])[],
): Promise<void> =>
  page
    .locator('input[type=file]')
    .nth(which === 'model' ? 0 : 1)
    .setInputFiles(files.map(([name, content]) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) })));

async function opened(app: App): Promise<void> {
  const { page } = app;
  await page.goto('/lab');
  await app.link(ownModel.link).click();
  await expect(app.heading(ownModel.title)).toBeVisible();
  await give(
    page,
    'model',
    ['network.bin', 'manifest.json', 'report.json', 'preview.onnx'].map((name) => [name, fromBundle(name)] as const),
  );
  await expect(page.getByText('1 × 1 × 28 × 28')).toBeVisible();
}

test('a compiled network is proven in the page, with all outputs, the largest alone, or a bound; the command line accepts each', async ({
  app,
  page,
  wire,
}, info) => {
  await opened(app);
  await expect(page.getByText(lab.planMemory, { exact: true })).toBeVisible();
  await expect(app.button(lab.proveButton)).toBeDisabled();
  await give(page, 'input', [['one.json', INPUT]]);
  await expect(page.getByText(said(ownModel.saysLargest, { file: 'one.json', at: '1' }))).toBeVisible();
  const before = wire.sent.length;
  const kinds = [
    ['outputs', ownModel.publicOutputs, undefined],
    ['class', said(ownModel.publicClass, { at: '1' }), { kind: 'class', index: 1 }],
    ['bound', ownModel.publicAtLeast, { kind: 'at-least', index: 1 }],
  ] as const;
  for (const [name, choice, policy] of kinds) {
    await test.step(choice, async () => {
      await page.getByRole('radio', { name: choice }).check();
      await app.button(lab.proveButton).click();
      await proven(page);
      const proof = await app.saved(lab.save);
      if (policy !== undefined) expect(JSON.parse(proof.toString())).toMatchObject({ policy, outputs: [] });
      const saved = info.outputPath(`${name}.json`);
      writeFileSync(saved, proof);
      expect(await tacit('verify', saved, '--bundle', folder)).toMatchObject({ exit: 0, result: 'accepted' });
      expect((await tacit('verify', saved, '--bundle', 'circuits/digit-net')).error?.code).toBe('proof/program');
    });
  }
  expect(wire.sent.slice(before).filter(({ method }) => method !== 'GET')).toEqual([]);

  await test.step('a bound that the output does not reach, or that is none', async () => {
    await app.field(ownModel.boundValue).fill('100000');
    await app.button(lab.proveButton).click();
    await app.refused('prove/unsatisfied', { what: 'the policy on the output' });
    await app.field(ownModel.boundIndex).fill('10');
    await expect(page.getByText(ownModel.boundIndexWrong)).toBeVisible();
    await expect(app.button(lab.proveButton)).toBeDisabled();
    await app.field(ownModel.boundIndex).fill('3');
    await app.field(ownModel.boundValue).fill('many');
    await expect(page.getByText(ownModel.boundValueWrong)).toBeVisible();
  });
});

test('what does not fit is refused with its reason, and a network too large for this device before it starts', async ({ app, page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'deviceMemory', { value: 0.25 }));
  await opened(app);
  await give(page, 'input', [['short.json', '[1, 2, 3]']]);
  await app.refused('model/input', { what: '3 numbers; it takes 784' });
  await give(page, 'input', [['large.json', INPUT.replaceAll('1', '1e9')]]);
  await expect(app.error('model/input-range')).toBeVisible();
  await give(page, 'model', [['preview.onnx', fromBundle('preview.onnx')]]);
  await app.refused('model/integers-malformed', { what: 'no network.bin was chosen' });
  await give(page, 'model', [
    ['network.bin', readFileSync('circuits/digit-net/network.bin')],
    ['manifest.json', fromBundle('manifest.json')],
  ]);
  await app.refused('bundle/hash-mismatch', { file: 'network.bin' });
  await give(page, 'model', [['network.bin', fromBundle('network.bin').subarray(1)]]);
  await expect(app.error('model/integers-malformed')).toBeVisible();

  const net = new Net();
  let last = net.input([1, 1, 128, 128]);
  for (let layer = 0; layer < 9; layer++) last = net.relu(net.conv(last, 64, 1, 0));
  const { graph } = net.finish(last);
  await give(page, 'model', [['network.bin', encodeIntGraph(graph)]]);
  await expect(app.error('prove/memory')).toHaveText(/takes about \d{3,4} MB to prove, more than the 268 MB allowed here/, {
    timeout: 60_000,
  });
  await expect(app.button(lab.proveButton)).toBeDisabled();
});
