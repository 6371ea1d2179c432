import { backends, noteBackends } from './support/backend.ts';
import { ask } from './support/partner.ts';
import { expect, test } from './support/test.ts';
import { path } from './support/wire.ts';
import { en } from './support/words.ts';

// The preview without a graphics processor: WebAssembly, and only the runtime for it is loaded. (preview.webgpu.spec.ts is the other half.)

test('without WebGPU the preview runs in WebAssembly', async ({ app, page, wire }) => {
  await noteBackends(page);
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'));
  await app.toPreview(await ask());
  await expect(page.getByText(en.flow.previewPass, { exact: true })).toBeVisible();
  expect(await backends(page)).toEqual(['wasm']);
  const runtimes = wire.sent.map(path).filter((each) => each.startsWith('/assets/ort-') && each.endsWith('.wasm'));
  expect(runtimes).toHaveLength(1);
  expect(runtimes[0]).not.toContain('jspi');
});
