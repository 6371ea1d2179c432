import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invariant } from '../../../src/base/index.ts';
import { evaluateIntegers, quantize, runIntegers } from '../../../src/model/index.ts';
import { noise, randomInput, randomNetwork } from '../../../src/model/testing/random.test-util.ts';
// @ts-expect-error: plain JavaScript, so that it runs before anything is built
import { buildIntegerKernels } from './build.mjs';
import { IntegerNetwork, loadIntegerKernels } from './index.ts';

const kernels = loadIntegerKernels(new Uint8Array(readFileSync((await buildIntegerKernels()) as string)));

describe('the integer kernels equal the readable reference', () => {
  it('on every tensor of random networks, shapes and precisions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer({ min: 1, max: 2 ** 30 }),
          steps: fc.integer({ min: 0, max: 9 }),
          side: fc.integer({ min: 3, max: 13 }),
          bits: fc.constantFrom(4, 8, 12),
          total: fc.boolean(),
        }),
        async ({ seed, steps, side, bits, total }) => {
          const graph = randomNetwork(seed, steps, side);
          const made = quantize(graph, [randomInput(graph, seed), randomInput(graph, seed + 1)], { bits, total, target: 1e9 });
          if (!made.ok) return;
          const { network } = made.value;
          const tensor = network.tensors[network.inputs[0] ?? 0];
          invariant(tensor !== undefined, 'a network has an input');
          const next = noise(seed + 3);
          const input = Int32Array.from({ length: tensor.shape.reduce((a, b) => a * b, 1) }, () =>
            next() > 0.9 ? tensor.range.max : Math.round(next() * tensor.range.max),
          );
          const created = await IntegerNetwork.create(await kernels, network);
          invariant(created.ok, 'small networks fit');
          const expected = evaluateIntegers(network, [input]);
          if (!expected.ok) {
            expect(created.value.run([input])).toEqual(expected);
            return;
          }
          const theirs = new Map<number, Int32Array>();
          runIntegers(network, [input], { visit: (id, values) => theirs.set(id, values.slice()) });
          let seen = 0;
          const ours = created.value.run([input], (id, values) => {
            seen++;
            expect(values).toEqual(theirs.get(id));
          });
          expect(seen).toBe(theirs.size);
          expect(ours).toEqual(expected);
        },
      ),
      { numRuns: 120 },
    );
  });

  it('refuses an input out of range and one of a wrong size', async () => {
    const graph = randomNetwork(7, 2);
    const made = quantize(graph, [randomInput(graph, 1)], { bits: 8, target: 10 });
    invariant(made.ok, 'it quantises');
    const created = await IntegerNetwork.create(await kernels, made.value.network);
    invariant(created.ok, 'it fits');
    const size = made.value.network.tensors[0]?.shape.reduce((a, b) => a * b, 1) ?? 0;
    expect(created.value.run([new Int32Array(size).fill(5000)])).toMatchObject({
      error: { code: 'model/input-range', params: { position: 0 } },
    });
    expect(created.value.run([new Int32Array(size + 1)])).toMatchObject({ error: { code: 'model/input' } });
  });
});
