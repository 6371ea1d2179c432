// SPDX-License-Identifier: Apache-2.0
import type { Point } from '../geometry.ts';
import type { Picture } from '../picture.ts';
import { canonicalFrame } from '../resample.ts';

/** A picture whose every pixel follows from its place by whole numbers: the same everywhere. */
export function patterned(width: number, height: number, seed = 1): Picture {
  const data = new Uint8Array(4 * width * height);
  let state = seed;
  for (let at = 0; at < data.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const pixel = at >> 2;
    const wave = ((pixel % width) * 3 + Math.floor(pixel / width) * 5) & 255;
    data[at] = at % 4 === 3 ? 255 : (wave + (state >>> 28)) & 255;
  }
  return { width, height, data };
}

export function plain(width: number, height: number, [r, g, b]: readonly [number, number, number]): Picture {
  const data = new Uint8Array(4 * width * height);
  for (let at = 0; at < data.length; at += 4) data.set([r, g, b, 255], at);
  return { width, height, data };
}

/** Eyes, nose and mouth of a face turned a little, `scale` times the template. */
export const turnedFace = (scale: number): Point[] => [
  [40.25 * scale + 21.5, 47.125 * scale + 30],
  [75.5 * scale + 21.5, 52.75 * scale + 30],
  [55.0625 * scale + 21.5, 71.5 * scale + 30],
  [38 * scale + 21.5, 89.3125 * scale + 30],
  [67.75 * scale + 21.5, 94 * scale + 30],
];

/** What every engine is given, and the SHA-256 of the frame it has to make of it: faces smaller and larger than the frame, and a wider frame. */
export const vectors = [
  { width: 160, height: 120, scale: 0.7, size: 112, offset: 0, sha256: '32a0c4445cb3f6ece18e84e8aaa86b50657448e6730bf054fd9fc6fef97fa19c' },
  {
    width: 160,
    height: 120,
    scale: 0.7,
    size: 160,
    offset: 24,
    sha256: 'ca38f8587f48e40bcabaa702cc9b1db2ae552d7001fa20d3085e6470f6f4e2f6',
  },
  { width: 320, height: 240, scale: 1.5, size: 112, offset: 0, sha256: 'f04b87390b19ca8c530f7db814b6be7dc3a284560f7d92f748bbd725eb0fffbb' },
  {
    width: 320,
    height: 240,
    scale: 1.5,
    size: 160,
    offset: 24,
    sha256: '381256b6c9f60ce6bdde7d9a49c8e2c077ab13205e1b0abf09d356c282b49fac',
  },
  {
    width: 1280,
    height: 720,
    scale: 5.2,
    size: 112,
    offset: 0,
    sha256: 'd5004647365275c67929dc5a501229e441b3f22a451ef277c1b48b63e6faee85',
  },
  {
    width: 1280,
    height: 720,
    scale: 5.2,
    size: 160,
    offset: 24,
    sha256: '5c696be58a9e72f9743320e8d07f04475c863eec41295d2cd30434aa1ef1e687',
  },
] as const; // prettier-ignore

/** The frame of one vector. */
export const vectorFrame = ({ width, height, scale, size, offset }: Omit<(typeof vectors)[number], 'sha256'>): Uint8Array | undefined =>
  canonicalFrame(patterned(width, height), turnedFace(scale), { size, scale: 1, offset });
