// SPDX-License-Identifier: Apache-2.0

/** Three planes of size x size, 0 to 255. */
export interface Planes {
  readonly size: number;
  readonly data: Float64Array;
}

const clamp = (x: number): number => Math.min(255, Math.max(0, x));

/** A repeatable value in [-1, 1) for a place: 32-bit mixing as in MurmurHash3's finaliser. */
function noise(x: number, y: number, seed: number): number {
  let h = Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca6b) ^ Math.imul(seed + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1;
}

function map(planes: Planes, f: (value: number, c: number, x: number, y: number) => number): Planes {
  const { size } = planes;
  const data = planes.data.map((value, i) => clamp(f(value, Math.floor(i / (size * size)), i % size, Math.floor(i / size) % size)));
  return { size, data };
}

/** Gaussian blur, edges repeated. */
export function blur({ size, data }: Planes, sigma: number): Planes {
  const reach = Math.ceil(3 * sigma);
  const raw = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const total = raw.reduce((a, b) => a + b, 0);
  const along = (source: Float64Array, step: number, place: (i: number) => number): Float64Array =>
    source.map((_, i) => {
      const at = place(i);
      return raw.reduce(
        (sum, w, k) => sum + (w / total) * (source[i + step * (Math.min(size - 1, Math.max(0, at + k - reach)) - at)] as number),
        0,
      );
    });
  const rows = along(data, 1, (i) => i % size);
  return { size, data: along(rows, size, (i) => Math.floor(i / size) % size) };
}

/** Means of 2x2 pixels. */
export function halve({ size, data }: Planes): Planes {
  const half = size / 2;
  const at = (c: number, y: number, x: number): number => data[(c * size + y) * size + x] as number;
  return {
    size: half,
    data: Float64Array.from({ length: 3 * half * half }, (_, i) => {
      const [c, y, x] = [Math.floor(i / (half * half)), 2 * (Math.floor(i / half) % half), 2 * (i % half)];
      return (at(c, y, x) + at(c, y, x + 1) + at(c, y + 1, x) + at(c, y + 1, x + 1)) / 4;
    }),
  };
}

/**
 * A photo of a paper print: less contrast (paper is no black and no white), another gamma, a warm or cool cast, dots of the
 * printer, grain of the paper, and the blur of a picture taken of a picture. `strength` from 0 (none) on; 1 is typical.
 */
export function print(planes: Planes, strength: number, seed: number): Planes {
  const cast = noise(1, 2, seed);
  const gains = [1 + 0.06 * strength * cast, 1, 1 - 0.08 * strength * cast];
  const [black, white] = [22 * strength, 255 - 25 * strength];
  const toned = map(planes, (value, c) => black + (white - black) * (gains[c] as number) * (value / 255) ** (1 + 0.2 * strength));
  const dotted = map(toned, (value, c, x, y) => {
    const turn = [0.26, 1.31, 0.0][c] as number;
    const [u, v] = [x * Math.cos(turn) + y * Math.sin(turn), y * Math.cos(turn) - x * Math.sin(turn)];
    const dots = Math.cos(2 * u) * Math.cos(2 * v);
    return value + strength * (7 * dots + 4 * noise(x >> 1, y >> 1, seed + 7 * c) + 5 * noise(x >> 4, y >> 4, seed));
  });
  return blur(dotted, 0.6 + 0.8 * strength);
}

/**
 * A photo of a screen: the pixel grid beats with the camera's (moire, a colour each), another gamma, raised blacks, a bluish cast and a
 * soft reflection. `strength` as above.
 */
export function replay(planes: Planes, strength: number, seed: number): Planes {
  const turn = 0.06 * noise(3, 4, seed);
  const pitch = 2.13 + 0.1 * noise(5, 6, seed);
  const { size } = planes;
  const [cx, cy] = [size * (0.5 + 0.4 * noise(7, 8, seed)), size * (0.3 + 0.3 * noise(9, 10, seed))];
  const lit = map(planes, (value, c, x, y) => {
    const [u, v] = [x * Math.cos(turn) + y * Math.sin(turn), y * Math.cos(turn) - x * Math.sin(turn)];
    const grid = Math.cos((2 * Math.PI * (u + (pitch * c) / 3)) / pitch) + 0.6 * Math.cos((2 * Math.PI * v) / pitch);
    const base = 10 * strength + (245 - 10 * strength) * (value / 255) ** (1 - 0.12 * strength) * ([0.97, 1, 1.06][c] as number);
    const glare = 45 * strength * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * (0.35 * size) ** 2));
    return base * (1 + 0.14 * strength * grid) + glare;
  });
  return blur(lit, 0.5 + 0.4 * strength);
}
