// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { measure, see } from './see.ts';
import { cosine } from './similarity.ts';
import { patterned } from './testing/pictures.ts';

const scores = (logit: number): Float32Array => new Float32Array(512).fill(-9).fill(logit, 70, 71);
const boxes = new Float32Array(512 * 16);
boxes.set([36, 44, 50, 50, 24, 36, 48, 36, 36, 46, 36, 56], 16 * 70);
const points = Float32Array.from({ length: 1404 }, (_, i) => (i % 3 === 2 ? 0 : 40 + ((i * 7919) % 113)));
const networks = (logit: number) => ({
  detect: async () => [boxes, scores(logit)],
  trace: async () => [Float32Array.of(0.9), points],
});

describe('seeing', () => {
  const picture = patterned(320, 240);
  it('gives the best face, its points in the picture and the numbers about it', async () => {
    const seen = await see(picture, networks(2));
    expect(seen?.faces).toHaveLength(1);
    expect(seen?.mesh).toHaveLength(468);
    expect(seen?.presence).toBeCloseTo(0.9, 6);
    const measured = seen && measure(picture, seen);
    expect(measured).toMatchObject({ faces: 1, face: { score: 2 } });
    for (const value of Object.values(measured?.face ?? {})) expect(Number.isFinite(value)).toBe(true);
  });
  it('measures no face where none was found, though the mesh always gives points', async () => {
    const seen = await see(picture, networks(-3));
    expect(seen?.faces).toEqual([]);
    expect(seen && measure(picture, seen).face).toBeUndefined();
  });
  it('gives nothing for a picture that is none, or networks that give something else', async () => {
    expect(await see({ ...picture, width: 321 }, networks(2))).toBeUndefined();
    expect(await see({ width: 0, height: 0, data: new Uint8Array() }, networks(2))).toBeUndefined();
    expect(await see(picture, { ...networks(2), trace: async () => [Float32Array.of(1)] })).toBeUndefined();
    const wild = { ...networks(2), detect: async () => [boxes.map(() => Number.NaN), scores(2)] };
    expect(await see(picture, wild)).toBeUndefined();
  });
  it('compares embeddings by their cosine', () => {
    expect(cosine([1, 0], [0, 2])).toBe(0);
    expect(cosine([3, 4], [6, 8])).toBeCloseTo(1, 12);
    expect(cosine([0, 0], [1, 1])).toBe(0);
  });
});
