// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { decodeDetections, detectorSquare } from './detector.ts';
import { apply } from './geometry.ts';

/** Outputs without a face, to put some into. */
const empty = () => ({
  s1: new Float32Array(512).fill(-9),
  b1: new Float32Array(512 * 16),
  s2: new Float32Array(384).fill(-9),
  b2: new Float32Array(384 * 16),
}); // prettier-ignore
type Outputs = ReturnType<typeof empty>;
const listed = ({ s1, b1, s2, b2 }: Outputs) => [b2, s1, b1, s2];

function put(outputs: Outputs, index: number, logit: number, numbers: readonly number[]): void {
  outputs.s1[index] = logit;
  outputs.b1.set(numbers, 16 * index);
}

describe('the detector’s outputs', () => {
  it('become faces where their anchors are, whatever the order of the outputs', () => {
    const outputs = empty();
    // Anchor 70 of the fine grid: cell 35, the third of the third row: (28, 20).
    put(outputs, 70, 2, [1, -2, 30, 40, -8, -6, 9, -5, 0, 0, 0, 9, -16, 0, 16, 0]);
    outputs.s2[6 * 9 + 1] = 1;
    outputs.b2.set([0, 0, 10, 10], 16 * (6 * 9 + 1));
    const faces = decodeDetections(listed(outputs));
    expect(faces).toHaveLength(2);
    expect(faces[0]).toMatchObject({ logit: 2, centre: [29, 18], size: [30, 40] });
    expect(faces[0]?.points.slice(0, 2)).toEqual([
      [20, 14],
      [37, 15],
    ]);
    expect(faces[1]?.centre).toEqual([24, 24]);
  });
  it('name each face once, the surest box of it', () => {
    const outputs = empty();
    put(outputs, 70, 1, [0, 0, 40, 40]);
    put(outputs, 71, 3, [1, 1, 40, 40]);
    put(outputs, 400, 2, [0, 0, 40, 40]);
    expect(decodeDetections(listed(outputs)).map(({ logit }) => logit)).toEqual([3, 2]);
  });
  it('below a probability of 0.3 are nothing, nor are outputs of other lengths or numbers that are none', () => {
    const outputs = empty();
    put(outputs, 70, -0.85, [0, 0, 40, 40]);
    put(outputs, 71, Number.NaN, [0, 0, 40, 40]);
    expect(decodeDetections(listed(outputs))).toEqual([]);
    expect(decodeDetections([new Float32Array(3)])).toEqual([]);
  });
  it('lie in a square around the whole picture', () => {
    const square = detectorSquare({ width: 640, height: 480 });
    expect(apply(square, [64, 64])).toEqual([320, 240]);
    expect(apply(square, [0, 0])).toEqual([0, -80]);
  });
});
