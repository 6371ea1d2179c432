// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../base/index.ts';
import { vectorFrame, vectors } from './testing/pictures.ts';

// The same vectors run in browsers: e2e/face.conformance.spec.ts.
describe('the canonical frame', () => {
  it.each(vectors)('of a face $scale times the template in $width x $height, $size wide, is the same to the bit', (vector) => {
    const frame = vectorFrame(vector);
    expect(frame).toHaveLength(3 * vector.size * vector.size);
    expect(sha256Hex(frame as Uint8Array)).toBe(vector.sha256);
  });
});
