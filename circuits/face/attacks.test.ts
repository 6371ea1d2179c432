// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { blur, halve, type Planes, print, replay } from './attacks.ts';

const size = 32;
const scene: Planes = {
  size,
  data: Float64Array.from({ length: 3 * size * size }, (_, i) => 40 + 150 * ((i % size) / size) + 20 * Math.floor(i / (size * size))),
};
const spread = ({ data }: Planes): number => Math.max(...data) - Math.min(...data);
const mean = ({ data }: Planes): number => data.reduce((a, b) => a + b, 0) / data.length;

describe('simulated attacks', () => {
  test.each([
    ['print', print],
    ['replay', replay],
  ] as const)('%s: the same picture and seed give the same pixels, another seed others, all in 0..255', (_, attack) => {
    const once = attack(scene, 1, 3);
    expect(attack(scene, 1, 3)).toEqual(once);
    expect(attack(scene, 1, 4)).not.toEqual(once);
    expect(once.data.every((value) => value >= 0 && value <= 255)).toBe(true);
    expect(once.data).toHaveLength(scene.data.length);
  });

  test('a print has less contrast than the scene; a screen is no darker', () => {
    expect(spread(print(scene, 1, 1))).toBeLessThan(spread(scene));
    expect(mean(replay(scene, 1, 1))).toBeGreaterThan(mean(scene) - 5);
  });

  test('blurring and halving keep the mean of a flat picture, and blur evens out a point', () => {
    const flat = { size, data: new Float64Array(3 * size * size).fill(77) };
    expect(blur(flat, 1.5).data.every((value) => Math.abs(value - 77) < 1e-9)).toBe(true);
    expect(halve(flat)).toEqual({ size: size / 2, data: new Float64Array(3 * (size / 2) ** 2).fill(77) });
    const point = { size, data: new Float64Array(3 * size * size) };
    point.data[size * 16 + 16] = 255;
    expect(Math.max(...blur(point, 1).data)).toBeLessThan(60);
  });
});
