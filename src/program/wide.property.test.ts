// SPDX-License-Identifier: Apache-2.0
//
// Sums that come near ±2^29: whatever the quantiser lets through can be proven, and what cannot be is refused with its reason.
import { expect, test } from 'vitest';
import { GraphBuilder } from '../model/builder.ts';
import type { Graph } from '../model/graph.ts';
import { type IntGraph, type IntTensor, quantize, type Table } from '../model/index.ts';
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
  let [made, near, narrowed] = [0, 0, 0];
  for (let seed = 1; seed <= 40; seed++) {
    const graph = wideSum(seed, 60 + 25 * seed);
    const samples = [1, 2, 3].map((sample) => randomInput(graph, 97 * seed + sample));
    for (const shift of [11, 12, 13, 14]) {
      const quantized = quantize(graph, samples, { bits: 12, shift, target: 1e9, foresee: false });
      if (!quantized.ok) throw new Error(JSON.stringify(quantized.error));
      const { network, report } = quantized.value;
      if (report.layers.some(({ proven }) => Math.max(-proven.min, proven.max) > 2 ** 28)) near++;
      if (network.tables.some((table) => table.shift < shift)) narrowed++;
      expect(() => modelStatement('wide', network)).not.toThrow();
      // Giving up bits where the sum has no room leaves the answer as near as ever.
      expect(Math.max(...report.outputs.map(({ relativeError }) => relativeError))).toBeLessThan(0.01);
      made++;
    }
  }
  expect(made).toBe(160);
  expect(near).toBeGreaterThan(10);
  expect(narrowed).toBeGreaterThan(100);
});

/** One sum up to ±`reach` through a requantising table of ±`domain`. */
function oneSum(reach: number, domain: number, shift: number): IntGraph {
  const level = domain / 2 ** shift;
  const tensor = (name: string, most: number): IntTensor => ({ name, shape: [1, 8], scale: 1, range: { min: -most, max: most } });
  const factor = Math.floor(reach / 127);
  const table: Table = {
    name: 'round',
    shift,
    lo: -level,
    hi: level - 1,
    domain: { min: -domain, max: domain - 1 },
    core: { min: -domain, max: domain - 1 },
    total: false,
    columns: [Int32Array.from({ length: 2 * level }, (_, i) => i - level)],
  };
  return {
    tensors: [tensor('x', 127), tensor('sum', 127 * factor), { ...tensor('y', level), range: { min: -level, max: level - 1 } }],
    tables: [table],
    inputs: [0],
    outputs: [2],
    nodes: [
      {
        kind: 'linear',
        name: 'sum',
        terms: [{ input: 0, map: { op: 'scale', factors: Int32Array.of(factor), factorShape: [1, 1] } }],
        bias: new Int32Array(),
        biasShape: [],
        output: 1,
      },
      { kind: 'lookup', name: 'round', table: 0, input: 1, outputs: [2] },
    ],
  };
}

test.each([
  ['far from the limit: cut in two', 2 ** 28, 2 ** 19, 8, 2],
  ['where a limb could make it leave the limit: whole', 2 ** 29 - 2 ** 18, 2 ** 19, 8, 1],
  ['far from the limit, wide: cut in two', 2 ** 28, 2 ** 25, 14, 2],
])('a table %s', (_, reach, domain, shift, tables) => {
  const { program } = modelStatement('one sum', oneSum(reach, domain, shift));
  expect(program.tables.filter(({ name }) => name.includes('round')).length).toBe(tables);
});

test('a table too wide to be written out whole, and too near the limit to be cut, is refused', () => {
  expect(() => modelStatement('one sum', oneSum(2 ** 29 - 2 ** 18, 2 ** 25, 14))).toThrow('too wide');
});
