import { launchOptions } from './browser.ts';
import { backends, noteBackends } from './support/backend.ts';
import { ask } from './support/partner.ts';
import { expect, test } from './support/test.ts';
import { path } from './support/wire.ts';
import { en } from './support/words.ts';

// A browser with WebGPU (SwiftShader, on the processor): it passes the known-answer test and runs the preview.
test.use({ launchOptions: launchOptions('--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader') });

test('with WebGPU that gives the known answer the preview runs on it', async ({ app, page, wire }) => {
  await noteBackends(page);
  const placed = await ask();
  await app.open(placed);
  await app.consent();
  await app.create();
  await app.obtain();
  await page.locator('details', { hasText: en.flow.deviceGpu }).locator('summary').click();
  await expect(page.getByText(en.flow.gpu.right)).toBeVisible();
  await app.device();
  await expect(page.getByText(en.flow.previewPass, { exact: true })).toBeVisible({ timeout: 60_000 });
  expect(await backends(page)).toEqual(['webgpu']);
  expect(wire.sent.map(path).filter((each) => each.startsWith('/assets/') && each.endsWith('.wasm') && each.includes('jspi'))).toHaveLength(
    1,
  );
});
