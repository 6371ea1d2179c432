import { err, ok, type Result } from '../../src/base/index.ts';
import { isPicture, type Picture } from '../../src/face/index.ts';

/** Sides beyond this are scaled down while decoding: a photograph of 50 megapixels holds no more of a face. */
const MAX_SIDE = 2048;

/** Decodes a file as a person sees it (turned as its camera noted). Errors: photo/unreadable. */
export async function decode(file: Blob): Promise<Result<ImageBitmap>> {
  try {
    return ok(await createImageBitmap(file, { imageOrientation: 'from-image' }));
  } catch {
    return err('photo/unreadable');
  }
}

let canvas: OffscreenCanvas | undefined;

/** The pixels of a picture, which is closed. Errors: photo/unreadable, device/unsupported. */
export function pixelsOf(bitmap: ImageBitmap): Result<Picture> {
  try {
    const shrink = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [Math.max(1, Math.round(bitmap.width * shrink)), Math.max(1, Math.round(bitmap.height * shrink))];
    if (typeof OffscreenCanvas === 'undefined') return err('device/unsupported', { what: 'OffscreenCanvas' });
    if (canvas?.width !== width || canvas.height !== height) canvas = new OffscreenCanvas(width, height);
    // Read back at every look, so it belongs in memory that the processor reads.
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (context === null) return err('device/unsupported', { what: 'OffscreenCanvas' });
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const picture = { width, height, data };
    return isPicture(picture) ? ok(picture) : err('photo/unreadable');
  } finally {
    bitmap.close();
  }
}

/** Nothing of the last picture is left behind. */
export function dropPixels(): void {
  canvas = undefined;
}
