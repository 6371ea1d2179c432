// SPDX-License-Identifier: Apache-2.0
//
// A total network has a witness for every input in range: nothing a person feeds it can make the prover fail.
import { expect, test } from 'vitest';
import { toSigned } from '../field/index.ts';
import { evaluateIntegers, quantize, tensorSize } from '../model/index.ts';
import { noise, randomInput, randomNetwork } from '../model/testing/random.test-util.ts';
import { brokenRelation, modelStatement } from './index.ts';

test.each(Array.from({ length: 16 }, (_, i) => i + 1))('network %i, on the ends of its range and on anything between', (seed) => {
  const graph = randomNetwork(seed * 101, seed % 9, 6);
  const made = quantize(graph, [randomInput(graph, seed)], { bits: [4, 6, 8, 10][seed % 4] ?? 8, total: true, target: 1e9 });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  const { network } = made.value;
  const { program, witness } = modelStatement('total', network);
  const input = network.tensors[network.inputs[0] ?? 0];
  if (input === undefined) throw new Error('a network has an input');
  const next = noise(seed);
  const { min, max } = input.range;
  const fill = (pick: () => number): Int32Array => Int32Array.from({ length: tensorSize(input.shape) }, pick);
  const inputs = [() => min, () => max, () => (next() < 0 ? min : max), () => Math.round(min + ((next() + 1) / 2) * (max - min))].map(fill);
  for (const x of inputs) {
    const result = witness([x]);
    const run = evaluateIntegers(network, [x]);
    if (!result.ok || !run.ok) throw new Error(JSON.stringify([result, run]));
    expect(brokenRelation(program, result.value)).toBeUndefined();
    expect(result.value.publics.map(toSigned)).toEqual(run.value.flatMap((output) => Array.from(output)));
  }
});
