import { build } from 'esbuild';
import type { vectors } from '../../src/face/testing/pictures.ts';

/** A script that hashes the frames of src/face's vectors in a page, and says what a canvas makes of pixels. */
export const source = async (): Promise<string> => {
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
  const resolveDir = new URL('../../src/face', import.meta.url).pathname;
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
};

/** What the script puts on the page. */
export interface InPage {
  frameHash(vector: (typeof vectors)[number]): Promise<string>;
  throughCanvas(width: number, height: number): Promise<[string, string]>;
}
