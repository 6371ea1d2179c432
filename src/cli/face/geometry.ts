import type { Picture } from '../models/samples.ts';

/** x' = a·x - b·y + c, y' = b·x + a·y + d: scaling, turning and shifting. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}
export type Point = readonly [number, number];

export const apply = ({ a, b, c, d }: Similarity, [x, y]: Point): Point => [a * x - b * y + c, b * x + a * y + d];

/** The least-squares similarity that takes `from` to `to` (Umeyama 1991 without reflection). */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const mean = (points: readonly Point[]): Point => [
    points.reduce((sum, [x]) => sum + x, 0) / points.length,
    points.reduce((sum, [, y]) => sum + y, 0) / points.length,
  ];
  const [fx, fy] = mean(from);
  const [tx, ty] = mean(to);
  let [dot, cross, power] = [0, 0, 0];
  from.forEach(([x, y], i) => {
    const [u, v] = to[i] as Point;
    dot += (x - fx) * (u - tx) + (y - fy) * (v - ty);
    cross += (x - fx) * (v - ty) - (y - fy) * (u - tx);
    power += (x - fx) ** 2 + (y - fy) ** 2;
  });
  const [a, b] = [dot / power, cross / power];
  return { a, b, c: tx - a * fx + b * fy, d: ty - b * fx - a * fy };
}

/** Samples a picture at `size` x `size` places of a square, `toPicture` taking square coordinates to the picture's; RGB planes, 0 to 255, bilinear, edges black. */
export function warp(picture: Picture, size: number, toPicture: Similarity): Float64Array {
  const out = new Float64Array(3 * size * size);
  const pixel = (x: number, y: number, c: number): number =>
    x < 0 || y < 0 || x >= picture.width || y >= picture.height ? 0 : (picture.data[4 * (y * picture.width + x) + c] as number);
  for (let v = 0; v < size; v++) {
    for (let u = 0; u < size; u++) {
      const [x, y] = apply(toPicture, [u, v]);
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [fx, fy] = [x - left, y - top];
      for (let c = 0; c < 3; c++) {
        const upper = pixel(left, top, c) * (1 - fx) + pixel(left + 1, top, c) * fx;
        const lower = pixel(left, top + 1, c) * (1 - fx) + pixel(left + 1, top + 1, c) * fx;
        out[(c * size + v) * size + u] = upper * (1 - fy) + lower * fy;
      }
    }
  }
  return out;
}

export function invert({ a, b, c, d }: Similarity): Similarity {
  const square = a * a + b * b;
  const [p, q] = [a / square, -b / square];
  return { a: p, b: q, c: -(p * c - q * d), d: -(q * c + p * d) };
}
