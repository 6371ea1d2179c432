import { build } from 'esbuild';
import { vectors } from '../src/face/testing/pictures.ts';
import { expect, test } from './support/test.ts';

// The frame that is proven is the same to the bit in a browser: the vectors of src/face/frame.conformance.test.ts, in a page and with
// pixels that went through its canvas.

const source = async (): Promise<string> => {
  const entry = `
    import { vectorFrame, patterned } from './testing/pictures.ts';
    const hex = async (bytes) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((each) => each.toString(16).padStart(2, '0')).join('');
    globalThis.frameHash = async (vector) => hex(vectorFrame(vector));
    globalThis.throughCanvas = async (width, height) => {
      const { data } = patterned(width, height);
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
      context.putImageData(new ImageData(Uint8ClampedArray.from(data), width, height), 0, 0);
      const bitmap = await createImageBitmap(canvas);
      const second = new OffscreenCanvas(width, height).getContext('2d', { alpha: false, willReadFrequently: true });
      second.drawImage(bitmap, 0, 0, width, height);
      return [await hex(data), await hex(second.getImageData(0, 0, width, height).data)];
    };`;
  const resolveDir = new URL('../src/face', import.meta.url).pathname;
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
};

interface InPage {
  frameHash(vector: (typeof vectors)[number]): Promise<string>;
  throughCanvas(width: number, height: number): Promise<[string, string]>;
}

test('the canonical frame is the same to the bit in this browser', async ({ page }) => {
  await page.goto('/');
  await page.evaluate(await source());
  for (const vector of vectors) {
    expect(await page.evaluate((each) => (globalThis as unknown as InPage).frameHash(each), vector)).toBe(vector.sha256);
  }
});

test('pixels come out of a picture as they went in', async ({ page }) => {
  await page.goto('/');
  await page.evaluate(await source());
  const [before, after] = await page.evaluate(() => (globalThis as unknown as InPage).throughCanvas(320, 240));
  expect(after).toBe(before);
});
