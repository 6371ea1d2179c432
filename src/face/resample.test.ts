// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { CANONICAL, frameTransform, TEMPLATE } from './frame.ts';
import { apply, type Similarity } from './geometry.ts';
import type { Picture } from './picture.ts';
import { canonicalFrame, planesOf, resample } from './resample.ts';
import { patterned, plain, turnedFace } from './testing/pictures.ts';

/** Bilinear in doubles, written apart; outside is black. */
function plainly({ width, height, data }: Picture, size: number, toPicture: Similarity): Float64Array {
  const at = (x: number, y: number, c: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : (data[4 * (y * width + x) + c] as number);
  const out = new Float64Array(3 * size * size);
  for (let v = 0; v < size; v++) {
    for (let u = 0; u < size; u++) {
      const [x, y] = apply(toPicture, [u, v]);
      const [l, t] = [Math.floor(x), Math.floor(y)];
      for (let c = 0; c < 3; c++) {
        const upper = at(l, t, c) * (1 - x + l) + at(l + 1, t, c) * (x - l);
        const lower = at(l, t + 1, c) * (1 - x + l) + at(l + 1, t + 1, c) * (x - l);
        out[3 * (v * size + u) + c] = upper * (1 - y + t) + lower * (y - t);
      }
    }
  }
  return out;
}

const far = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs((a[i] as number) - (b[i] as number)));
  return worst;
};

describe('resampling', () => {
  it('is bilinear to within the rounding of a 256th of a pixel', () => {
    const picture = plain(90, 70, [0, 0, 0]);
    // Soft, so that a 256th of a pixel is less than one level.
    for (let i = 0; i < 90 * 70; i++) picture.data.set([(i % 90) * 2, Math.floor(i / 90) * 3, (i % 90) + Math.floor(i / 90), 255], 4 * i);
    const toPicture = { a: 0.6, b: 0.13, c: 20, d: 4 };
    expect(far(resample(picture, 64, toPicture) as Uint8Array, plainly(picture, 64, toPicture))).toBeLessThan(0.52);
  });
  it('copies pixels at whole places', () => {
    const picture = patterned(40, 30);
    const out = resample(picture, 20, { a: 1, b: 0, c: 7, d: 3 }) as Uint8Array;
    expect([...out.subarray(0, 3)]).toEqual([...picture.data.subarray(4 * (3 * 40 + 7), 4 * (3 * 40 + 7) + 3)]);
    expect(far(out, plainly(picture, 20, { a: 1, b: 0, c: 7, d: 3 }))).toBe(0);
  });
  it('averages where pixels are many: fine stripes become grey instead of a pattern of their own', () => {
    const stripes = plain(512, 512, [0, 0, 0]);
    for (let i = 0; i < 512 * 512; i++) if (i % 2 === 0) stripes.data.set([255, 255, 255], 4 * i);
    const out = resample(stripes, 100, { a: 4.3, b: 0, c: 20, d: 20 }) as Uint8Array;
    expect(new Set(out)).toEqual(new Set([128]));
  });
  it('keeps one colour as it is at every size, and is black outside', () => {
    for (const scale of [0.3, 1, 2.7, 9, 70]) {
      const out = resample(plain(700, 700, [200, 100, 50]), 8, { a: scale, b: 0, c: 40, d: 40 }) as Uint8Array;
      expect([...out.subarray(0, 3)]).toEqual([200, 100, 50]);
    }
    expect(new Set(resample(plain(20, 20, [9, 9, 9]), 8, { a: 1, b: 0, c: 30, d: 30 }))).toEqual(new Set([0]));
  });
  it('has no frame for places out of all bounds or for no face', () => {
    const picture = patterned(20, 20);
    expect(resample(picture, 8, { a: 1, b: 0, c: 2 ** 21, d: 0 })).toBeUndefined();
    expect(resample(picture, 8, { a: Number.NaN, b: 0, c: 0, d: 0 })).toBeUndefined();
    expect(canonicalFrame(picture, Array(5).fill([3, 3]), CANONICAL)).toBeUndefined();
  });
  it('cuts the same face out of a wider frame: the inner square of one with a margin is the frame without', () => {
    const picture = patterned(320, 240);
    const narrow = canonicalFrame(picture, turnedFace(1.5), CANONICAL) as Uint8Array;
    const wide = canonicalFrame(picture, turnedFace(1.5), { size: 160, scale: 1, offset: 24 }) as Uint8Array;
    const inner = narrow.map((_, i) => {
      const [pixel, c] = [Math.floor(i / 3), i % 3];
      return wide[3 * ((Math.floor(pixel / 112) + 24) * 160 + (pixel % 112) + 24) + c] as number;
    });
    // The transforms differ in the last bits of a double, so a place may round to the next 256th of a pixel.
    expect(far(inner, narrow)).toBeLessThanOrEqual(2);
  });
  it('takes the template where it already lies', () => {
    expect(frameTransform(TEMPLATE, CANONICAL)).toEqual({
      a: expect.closeTo(1, 9),
      b: expect.closeTo(0, 9),
      c: expect.closeTo(0, 9),
      d: expect.closeTo(0, 9),
    });
  });
  it('gives planes as networks take them', () => {
    expect([...planesOf(Uint8Array.from([0, 10, 20, 1, 11, 21, 2, 12, 22, 3, 13, 23]), 2, 10, 2)]).toEqual([
      -5, -4.5, -4, -3.5, 0, 0.5, 1, 1.5, 5, 5.5, 6, 6.5,
    ]);
  });
});
