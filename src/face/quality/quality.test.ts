// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Detection } from '../detector.ts';
import { fivePoints, type MeshPoint, meshCrop, meshPoints } from '../mesh.ts';
import { patterned, plain } from '../testing/pictures.ts';
import { type Guidance, guidance, isFault, judge } from './judge.ts';
import { countFaces, type FaceMeasures, measureFrame, measureMesh, spreadOf } from './measure.ts';
import { fingerprint, isStill, type Stillness, watchStill } from './still.ts';

const fine: FaceMeasures = {
  eyeDistance: 90,
  outside: 0,
  fill: 0.4,
  yaw: 0.05,
  pitch: -0.05,
  roll: 0.02,
  light: 120,
  left: 110,
  right: 130,
  sharpness: 0.15,
  contrast: 36,
  detail: 0.8,
  eyes: 0.29,
  score: 2.3,
  presence: 1,
  disagreement: 0.1,
};

describe('the one thing to say', () => {
  it.each<[Guidance, Partial<FaceMeasures>]>([
    ['good', {}],
    ['cut', { outside: 0.05 }],
    ['far', { eyeDistance: 20 }],
    ['near', { fill: 0.9 }],
    ['dark', { light: 30, left: 30, right: 30 }],
    ['bright', { light: 230, left: 230, right: 230 }],
    ['covered', { detail: 0.1 }],
    ['covered', { presence: 0.6 }],
    ['covered', { score: 0.2 }],
    ['covered', { disagreement: 0.6 }],
    ['turned', { yaw: -0.5 }],
    ['nodding', { pitch: 0.6 }],
    ['leaning', { roll: -0.4 }],
    ['uneven', { left: 60, right: 180 }],
    ['blurred', { sharpness: 0.01 }],
    ['eyes', { eyes: 0.1 }],
  ])('is “%s” for %o', (said, change) => {
    expect(judge({ faces: 1, spread: 60, face: { ...fine, ...change } })).toBe(said);
  });
  it('puts faults of the whole picture first, and every word can be said', () => {
    const face = { ...fine, light: 10 };
    expect(judge({ faces: 2, spread: 60, face })).toBe('several');
    expect(judge({ faces: 0, spread: 60 })).toBe('none');
    expect(judge({ faces: 0, spread: 1 })).toBe('flat');
    expect(judge({ faces: 1, spread: 60, face }, true)).toBe('frozen');
    expect(guidance.filter(isFault)).toEqual(['frozen', 'flat', 'none', 'several']);
  });
});

const detection = (logit: number, width: number): Detection => ({ logit, centre: [64, 64], size: [width, width], points: [] });

describe('what is measured', () => {
  it('counts a second face that is sure and near, no poster at the back and no maybe', () => {
    expect(countFaces([])).toBe(0);
    expect(countFaces([detection(2, 50)])).toBe(1);
    expect(countFaces([detection(2, 50), detection(1, 40)])).toBe(2);
    expect(countFaces([detection(2, 50), detection(1, 15)])).toBe(1);
    expect(countFaces([detection(2, 50), detection(0, 50)])).toBe(1);
  });
  it('knows a flat picture', () => {
    expect(spreadOf(plain(640, 480, [128, 128, 128]))).toBe(0);
    expect(spreadOf(patterned(640, 480))).toBeGreaterThan(40);
  });
  it('tells fine detail from the same picture blurred, and light on one side from light on both', () => {
    const frame = (value: (x: number, y: number) => number): Uint8Array =>
      Uint8Array.from({ length: 3 * 112 * 112 }, (_, i) => value(Math.floor(i / 3) % 112, Math.floor(i / 336)));
    const sharp = measureFrame(frame((x, y) => (((x >> 1) + (y >> 1)) % 2 === 0 ? 60 : 180))); // prettier-ignore
    const soft = measureFrame(frame((x, y) => 120 + 60 * Math.sin(x / 9) * Math.sin(y / 9)));
    expect(sharp.sharpness).toBeGreaterThan(1);
    expect(soft.sharpness).toBeLessThan(0.03);
    const side = measureFrame(frame((x) => (x < 56 ? 200 : 40)));
    expect([side.left, side.right, side.light]).toEqual([200, 40, 120]);
    // A mouth and eyes of one colour.
    expect(measureFrame(frame((_, y) => (y < 70 ? 90 : 150))).detail).toBe(0);
  });
  it('reads pose and eyes off the mesh', () => {
    const at: Record<number, MeshPoint> = {
      33: [100, 100, 0],
      133: [130, 100, 0],
      159: [115, 96, 0],
      145: [115, 105, 0],
      263: [200, 110, 30],
      362: [170, 107, 20],
      386: [185, 104, 20],
      374: [185, 105, 20],
      1: [150, 140, -30],
      4: [150, 142, -30],
      13: [150, 160, 0],
      14: [150, 164, 0],
      10: [150, 50, 0],
      152: [150, 200, 0],
      234: [90, 120, 0],
      454: [210, 120, 0],
    }; // prettier-ignore
    const mesh = Array.from({ length: 468 }, (_, i) => at[i] ?? ([-5, 150, 0] as const));
    const points = [
      [115, 100],
      [185, 108.5],
      [150, 141],
      [150, 162],
    ] as const; // prettier-ignore
    const measured = measureMesh(
      mesh,
      { logit: 1, centre: [0, 0], size: [1, 1], points },
      { a: 1, b: 0, c: 0, d: 0 },
      { width: 400, height: 300 },
    );
    expect(measured.roll).toBeCloseTo(10 / Math.sqrt(100 * 100 + 10 * 10), 9);
    expect(measured.yaw).toBeCloseTo(30 / Math.sqrt(100 * 100 + 10 * 10 + 30 * 30), 9);
    expect(measured.pitch).toBe(0);
    expect(measured.eyes).toBeLessThan(0.04);
    expect(measured.fill).toBeCloseTo(0.4, 9);
    expect(measured.disagreement).toBeLessThan(0.02);
    expect(measured.outside).toBeCloseTo((468 - 16) / 468, 9);
  });
});

describe('the mesh', () => {
  it('looks at a level square around the face, half as wide again', () => {
    const face: Detection = {
      logit: 1,
      centre: [64, 64],
      size: [30, 40],
      points: [
        [54, 50],
        [74, 50],
      ],
    }; // prettier-ignore
    expect(meshCrop({ width: 128, height: 128 }, face)).toEqual({ a: 60 / 192, b: 0, c: 34, d: 34 });
    const tilted = meshCrop(
      { width: 128, height: 128 },
      {
        ...face,
        points: [
          [60, 50],
          [60, 70],
        ],
      },
    ); // prettier-ignore
    expect([tilted.a, tilted.b]).toEqual([0, 60 / 192]);
    expect(meshCrop({ width: 100, height: 80 }, undefined)).toMatchObject({ b: 0, c: 50 - 37.5, d: 40 - 37.5 });
  });
  it('gives points in the picture, five of them means', () => {
    const output = Float32Array.from({ length: 1404 }, (_, i) => Math.floor(i / 3));
    const mesh = meshPoints(output, { a: 0, b: 2, c: 10, d: 20 });
    expect(mesh?.[3]).toEqual([10 - 6, 20 + 6, 6]);
    expect(meshPoints(output.subarray(1), { a: 1, b: 0, c: 0, d: 0 })).toBeUndefined();
    const mean = (33 + 133 + 159 + 145) / 4;
    expect(fivePoints(mesh ?? [])[0]).toEqual([10 - 2 * mean, 20 + 2 * mean]);
  });
});

describe('a stream that stands still', () => {
  const watch = (prints: readonly number[], every: number): boolean => {
    let known: Stillness | undefined;
    prints.forEach((print, i) => {
      known = watchStill(known, print, i * every);
    });
    return known !== undefined && isStill(known, (prints.length - 1) * every);
  };
  it('is one that does not change by one bit for a while', () => {
    expect(watch(Array(20).fill(7), 200)).toBe(true);
    expect(watch([1, 2, 3, 4, 5, 6, 7, 8], 500)).toBe(false);
  });
  it('is not one that is only slow, or was looked at often at once', () => {
    expect(watch([1, 1, 2, 2, 3, 3, 4, 4], 500)).toBe(false);
    expect(watch(Array(20).fill(7), 20)).toBe(false);
    expect(watch([7, 7], 5000)).toBe(false);
  });
  it('is told by every bit of a picture', () => {
    const [a, b] = [patterned(64, 48), patterned(64, 48)];
    expect(fingerprint(a)).toBe(fingerprint(b));
    b.data[4 * 1000 + 2] = (b.data[4 * 1000 + 2] as number) ^ 1;
    expect(fingerprint(a)).not.toBe(fingerprint(b));
  });
});
