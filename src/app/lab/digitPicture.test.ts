// The picture that is made of a drawing is like the net's training pictures, and the net reads it.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDigits } from '../../../circuits/digit-net/train/digits.ts';
import { locateModel } from '../../../circuits/models/index.ts';
import { decodeIntGraph, encodeInput, runIntegers } from '../../model/index.ts';
import { digitPicture, inkOf, rasterise, SIDE, type Stroke } from './digitPicture.ts';
import { DIGITS } from './testing/strokes.ts';

const network = decodeIntGraph(new Uint8Array(readFileSync(new URL('../../../circuits/digit-net/network.bin', import.meta.url))));
if (!network.ok) throw new Error(network.error.code);
const best = (values: ArrayLike<number>): number => Array.from(values).indexOf(Math.max(...Array.from(values)));
function read(picture: Float64Array): number {
  if (!network.ok) return -1;
  const input = network.value.tensors[network.value.inputs[0] ?? 0];
  const x = { dtype: 'float32' as const, shape: [1, 1, SIDE, SIDE], data: picture };
  return best(runIntegers(network.value, [encodeInput(x, input?.scale ?? 1)])[0] ?? []);
}
function measure(picture: Float64Array) {
  let [mass, x, y, left, right, top, bottom] = [0, 0, 0, SIDE, -1, SIDE, -1];
  picture.forEach((value, i) => {
    const [u, v] = [i % SIDE, Math.floor(i / SIDE)];
    mass += value;
    x += value * (u + 0.5);
    y += value * (v + 0.5);
    if (value > 0) [left, right, top, bottom] = [Math.min(left, u), Math.max(right, u), Math.min(top, v), Math.max(bottom, v)];
  });
  return { x: x / mass, y: y / mass, longer: Math.max(right - left, bottom - top) + 1 };
}
const grown = (picture: ArrayLike<number>, times: number) => {
  const side = SIDE * times;
  const at = (i: number): number => picture[Math.floor(Math.floor(i / side) / times) * SIDE + Math.floor((i % side) / times)] ?? 0;
  return { side, ink: Float64Array.from({ length: side * side }, (_, i) => at(i)) };
};
const have = (await locateModel('mnist-digits')) !== undefined;

describe('the picture of a drawing', () => {
  it.each(Object.entries(DIGITS))('is read as the digit it is meant for: %s', (digit, strokes) => {
    expect(read(digitPicture(rasterise(strokes)) ?? new Float64Array(784))).toBe(Number(digit));
  });

  it('is twenty pixels long, centred by its mass, and the same wherever and however large it is drawn', () => {
    const point = fc.record({ x: fc.double({ min: 0, max: 1, noNaN: true }), y: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(fc.array(point, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }), (strokes: Stroke[]) => {
        const picture = digitPicture(rasterise(strokes, 56));
        if (picture === undefined) throw new Error('ink');
        expect(picture.every((value) => value >= 0 && value <= 1)).toBe(true);
        expect(measure(picture).longer).toBe(20);
      }),
      { numRuns: 40 },
    );
    const seven = DIGITS[7] ?? [];
    const moved = seven.map((stroke) => stroke.map(({ x, y }) => ({ x: 0.3 + x / 2, y: 0.05 + y / 2 })));
    for (const strokes of [seven, moved]) {
      const { x, y } = measure(digitPicture(rasterise(strokes)) ?? new Float64Array(784));
      expect(Math.abs(x - 14)).toBeLessThanOrEqual(0.51);
      expect(Math.abs(y - 14)).toBeLessThanOrEqual(0.51);
      expect(read(digitPicture(rasterise(strokes)) ?? new Float64Array(784))).toBe(7);
    }
  });

  it('is nothing without ink', () => {
    expect(digitPicture(rasterise([]))).toBeUndefined();
    expect(digitPicture(inkOf(new Uint8Array(56 * 56).fill(250), 56))).toBeUndefined();
  });

  it('of a photo: paper is what the border shows, dark or light', () => {
    const { ink } = rasterise(DIGITS[4] ?? []);
    const light = ink.map((value) => 240 - 200 * value);
    const dark = ink.map((value) => 15 + 230 * value);
    for (const grey of [light, dark]) expect(read(digitPicture(inkOf(grey, 112)) ?? new Float64Array(784))).toBe(4);
  });

  it.skipIf(!have)('of a training picture is that picture: its box, its place and what the net says of it', async () => {
    const { test } = await readDigits();
    let [same, within, seen] = [0, 0, 0];
    for (let at = 0; at < test.labels.length; at += 40, seen++) {
      const pixels = Float64Array.from(test.pixels.subarray(784 * at, 784 * (at + 1)));
      const again = digitPicture(grown(pixels, 4));
      if (again === undefined) continue;
      const [given, made] = [measure(pixels), measure(again)];
      if (Math.abs(given.x - made.x) <= 1 && Math.abs(given.y - made.y) <= 1 && Math.abs(given.longer - made.longer) <= 1) within++;
      if (read(pixels) === read(again)) same++;
    }
    expect(seen).toBeGreaterThan(40);
    expect(within / seen).toBeGreaterThan(0.9);
    expect(same / seen).toBeGreaterThan(0.9);
  });
});
