// SPDX-License-Identifier: Apache-2.0
//
// Whatever network is accepted, its program means what the network says, or it is refused in words: on random networks over every map.
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../base/index.ts';
import { add, mul, P } from '../field/index.ts';
import { runIntegers } from '../model/evaluate/integer.ts';
import { type IntGraph, tensorSize } from '../model/intGraph.ts';
import { drawIntGraph, eachCoefficient } from '../model/testing/intGraphs.test-util.ts';
import { ProgramBuilder } from './builder.ts';
import { addGraph } from './compile.ts';
import { evaluateForm } from './evaluate.ts';
import { bitsOf, formOf, paddedIndices } from './linear.ts';
import { modelStatement } from './model.ts';
import { seeded } from './testing/samples.ts';
import { brokenRelation } from './witness.ts';

const residue = (x: number): number => ((x % P) + P) % P;

/** Every tensor over the field: anything for what is committed, and for each linear node what its maps make of that, by definition. */
function chain(graph: IntGraph, next: () => number): Uint32Array[] {
  const values: Uint32Array[] = graph.tensors.map(({ shape }) => Uint32Array.from({ length: tensorSize(shape) }, () => next() % P));
  for (const node of graph.nodes) {
    if (node.kind !== 'linear') continue;
    const y = graph.tensors[node.output]?.shape ?? [];
    const out = new Uint32Array(tensorSize(y));
    for (const { input, map } of node.terms)
      eachCoefficient(map, graph.tensors[input]?.shape ?? [], y, (to, from, value) => {
        out[to] = add(out[to] ?? 0, mul(residue(value), values[input]?.[from] ?? 0));
      });
    if (node.bias.length > 0)
      eachCoefficient({ op: 'scale', factors: node.bias, factorShape: node.biasShape }, y, y, (to, _, value) => {
        out[to] = add(out[to] ?? 0, residue(value));
      });
    values[node.output] = out;
  }
  return values;
}

/** The one thing that an accepted network may still be refused for; anything else is a fault of the compiler. */
const REFUSALS = /^compile: table .* is too wide$/;

const drawn = (from: number, count: number): (readonly [number, IntGraph])[] =>
  Array.from({ length: count }, (_, i) => from + i).flatMap((seed) => {
    const graph = drawIntGraph(seeded(seed));
    return graph === undefined ? [] : [[seed, graph] as const];
  });

describe('random networks', () => {
  it('have forms that are their chains of maps, at random vectors of the field', () => {
    let [forms, refused] = [0, 0];
    for (const [seed, graph] of drawn(1, 500)) {
      const b = new ProgramBuilder('chain', []);
      let compiled: ReturnType<typeof addGraph>;
      try {
        compiled = addGraph(b, graph);
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(InvariantError);
        refused++;
        continue;
      }
      const values = chain(graph, seeded(seed + 1));
      const blocks: Uint32Array[] = b.blocks.map(({ bits }) => new Uint32Array(2 ** bits));
      for (const { block, cells } of compiled.fill((id) => values[id] ?? [])) blocks[block] = cells.map((x) => residue(x));
      const one = Uint32Array.of(1);
      for (const node of graph.nodes) {
        if (node.kind !== 'linear') continue;
        const made = compiled.tensors[node.output];
        if (made === undefined) throw new Error('a linear node makes a tensor');
        const cells = evaluateForm(formOf(made), (source) => (source === 'public' ? one : (blocks[source] ?? one)));
        const expected = new Uint32Array(2 ** bitsOf(made.axes));
        paddedIndices(made.axes).forEach((cell, i) => {
          expected[cell] = values[node.output]?.[i] ?? 0;
        });
        expect(cells, `seed ${seed}, ${node.name}`).toEqual(expected);
        forms++;
      }
    }
    expect(forms).toBeGreaterThan(500);
    expect(refused).toBeLessThan(forms / 4);
  });

  it('run as they are proven, or are refused in words', () => {
    let proven = 0;
    // The last one has a table whose far values no row holds.
    for (const [seed, graph] of [...drawn(2000, 500), ...drawn(100_133, 1)]) {
      let made: ReturnType<typeof modelStatement>;
      try {
        made = modelStatement('random', graph);
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(InvariantError);
        expect((error as Error).message, `seed ${seed}`).toMatch(REFUSALS);
        continue;
      }
      const next = seeded(seed + 1);
      const inputs = graph.inputs.map((id) => {
        const { shape, range } = graph.tensors[id] ?? { shape: [], range: { min: 0, max: 0 } };
        return Int32Array.from({ length: tensorSize(shape) }, () => range.min + (next() % (range.max - range.min + 1)));
      });
      const witness = made.witness(inputs);
      if (!witness.ok) continue;
      runIntegers(graph, inputs, {
        visit: (id, values) => {
          const { min, max } = graph.tensors[id]?.range ?? { min: 0, max: 0 };
          expect(
            values.every((x) => x >= min && x <= max),
            `seed ${seed}, tensor ${id}`,
          ).toBe(true);
        },
      });
      expect(brokenRelation(made.program, witness.value), `seed ${seed}`).toBeUndefined();
      proven++;
    }
    expect(proven).toBeGreaterThan(100);
  });
});
