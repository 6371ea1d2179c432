// SPDX-License-Identifier: Apache-2.0
//
// Sums that come near ±2^29: whatever the quantiser lets through can be proven, and what cannot be is refused with its reason.
import { expect, test } from 'vitest';
import { GraphBuilder } from '../model/builder.ts';
import type { Graph } from '../model/graph.ts';
import { quantize } from '../model/index.ts';
import { filled, noise, randomInput } from '../model/testing/random.test-util.ts';
import { modelStatement } from './index.ts';

/** `width` inputs into one sum through a function: the samples reach far less than the sum can. */
function wideSum(seed: number, width: number): Graph {
  const builder = new GraphBuilder();
  builder.input('x', { dtype: 'float32', shape: [1, width] });
  const weights = builder.define('w', filled([4, width], noise(seed)));
  return builder.finish([builder.add('Relu', 'relu', [builder.add('Gemm', 'sum', ['x', weights], { transB: 1 })])]);
}

test('a network that is let through can be made a program, however near its sums come to the limit', () => {
  let [made, uncut, near] = [0, 0, 0];
  for (let seed = 1; seed <= 40; seed++) {
    const graph = wideSum(seed, 60 + 25 * seed);
    const samples = [1, 2, 3].map((sample) => randomInput(graph, 97 * seed + sample));
    for (const shift of [11, 12, 13, 14]) {
      const quantized = quantize(graph, samples, { bits: 12, shift, target: 1e9, foresee: false });
      if (!quantized.ok) {
        expect(quantized.error.code).toBe('model/not-quantizable');
        if (JSON.stringify(quantized.error).includes('cut in two')) uncut++;
        continue;
      }
      const { network, report } = quantized.value;
      if (report.layers.some(({ proven }) => Math.max(-proven.min, proven.max) > 2 ** 28)) near++;
      expect(() => modelStatement('wide', network)).not.toThrow();
      made++;
    }
  }
  expect(made).toBeGreaterThan(20);
  expect(near).toBeGreaterThan(10);
  expect(uncut).toBeGreaterThan(0);
});
