// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { toSigned } from '../field/index.ts';
import { encodeInput, evaluateIntegers, type IntGraph, quantize } from '../model/index.ts';
import { randomInput, randomNetwork } from '../model/testing/random.test-util.ts';
import { brokenRelation, commitmentOf, INPUT_TAG, lookupCells, modelStatement } from './index.ts';

function quantized(seed: number, steps: number): { readonly graph: IntGraph; readonly input: Int32Array } {
  const graph = randomNetwork(seed, steps, 6);
  const samples = Array.from({ length: 4 }, (_, i) => randomInput(graph, seed + i));
  const result = quantize(graph, samples, { target: 10 });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  const { network } = result.value;
  const tensor = network.tensors[network.inputs[0] ?? 0];
  const real = samples[0]?.get('x');
  if (tensor === undefined || real === undefined) throw new Error('a network has an input');
  return { graph: network, input: encodeInput(real, tensor.scale).map((v) => Math.max(tensor.range.min, Math.min(tensor.range.max, v))) };
}

describe('random quantised networks', () => {
  const ops = new Set<string>();
  test.each(Array.from({ length: 24 }, (_, i) => i + 1))(
    'network %i: the program holds for what the evaluator computes, and for nothing else',
    (seed) => {
      const { graph, input } = quantized(seed, 1 + (seed % 8));
      for (const node of graph.nodes) if (node.kind === 'linear') for (const { map } of node.terms) ops.add(map.op);
      const { program, witness } = modelStatement(`random ${seed}`, graph);
      const run = evaluateIntegers(graph, [input]);
      const made = witness([input]);
      if (!run.ok || !made.ok) {
        // The sample the network was calibrated on can still leave a table; then both say so.
        expect([run.ok, made.ok]).toEqual([false, false]);
        return;
      }
      expect(made.value.publics.map(toSigned)).toEqual(run.value.flatMap((output) => Array.from(output)));
      expect(brokenRelation(program, made.value)).toBeUndefined();
      // What the witness says of the lookups' inputs is what the forms come to.
      expect(made.value.inputs?.size ?? 0).toBeGreaterThan(0);
      expect(lookupCells(program, made.value)).toEqual(lookupCells(program, { blocks: made.value.blocks, publics: made.value.publics }));
      made.value.blocks.forEach((cells, b) => {
        const blocks = made.value.blocks.map((other, i) =>
          i === b ? cells.map((x, at) => (at === 0 ? (x + 70001) % 0x7f000001 : x)) : other,
        );
        expect(brokenRelation(program, { ...made.value, blocks }), program.blocks[b]?.name).toBeDefined();
      });
    },
  );
  test('with a commitment to the input, opened by its blinding alone', () => {
    const { graph, input } = quantized(4, 3);
    const { program, witness } = modelStatement('committed', graph, { commitInput: true });
    const blinding = [1, 2, 3, 4, 5, 6, 7, 8];
    const made = witness([input], blinding);
    const other = witness([input], blinding.toReversed());
    if (!made.ok || !other.ok) throw new Error('the sample evaluates');
    expect(brokenRelation(program, made.value)).toBeUndefined();
    const range = graph.tensors[graph.inputs[0] ?? 0]?.range ?? { min: 0, max: 0 };
    expect(made.value.publics.slice(-8)).toEqual(commitmentOf(INPUT_TAG, blinding, input, range));
    expect(made.value.publics.slice(-8)).not.toEqual(other.value.publics.slice(-8));
    expect(brokenRelation(program, { ...made.value, publics: other.value.publics })).toBeDefined();
    expect(() => witness([input])).toThrow('blinding');
  });
  test('met most kinds of maps', () => {
    expect(ops.size).toBeGreaterThanOrEqual(7);
  });
});
