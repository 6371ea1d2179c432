import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invariant } from '../../../src/base/index.ts';
import { decodeIntGraph, encodeIntGraph, evaluateIntegers, quantize, runIntegers, tensorSize } from '../../../src/model/index.ts';
import { drawIntGraph } from '../../../src/model/testing/intGraphs.test-util.ts';
import { IntNetworkWriter } from '../../../src/model/testing/intNetwork.test-util.ts';
import { noise, randomInput, randomNetwork } from '../../../src/model/testing/random.test-util.ts';
import { seeded } from '../../../src/program/testing/samples.ts';
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

  it('on networks that nobody compiled: every map, any coefficients, windows up to the furthest that is accepted', async () => {
    let [same, far] = [0, 0];
    for (let seed = 1; seed <= 400; seed++) {
      const network = drawIntGraph(seeded(seed));
      if (network === undefined) continue;
      const next = seeded(seed + 1);
      const inputs = network.inputs.map((id) => {
        const { shape, range } = network.tensors[id] ?? { shape: [], range: { min: 0, max: 0 } };
        return Int32Array.from({ length: tensorSize(shape) }, () => range.min + (next() % (range.max - range.min + 1)));
      });
      const created = await IntegerNetwork.create(await kernels, network);
      invariant(created.ok, 'small networks fit');
      expect(created.value.run(inputs), `seed ${seed}`).toEqual(evaluateIntegers(network, inputs));
      same++;
      far += network.nodes.some(
        (node) => node.kind === 'linear' && node.terms.some(({ map }) => 'strides' in map && map.padsBefore.some((pad) => pad > 2 ** 20)),
      )
        ? 1
        : 0;
    }
    expect(same).toBeGreaterThan(200);
    expect(far).toBeGreaterThan(5);
  });

  it.each([
    ['a stride', 1, { strides: [1, 2 ** 25], outputs: 2 }],
    ['many channels, packed', 16, { strides: [1, 2 ** 25], outputs: 2 }],
    ['a stride over many outputs', 16, { strides: [1, 2 ** 19], outputs: 128 }],
    ['a dilation', 16, { dilations: [1, 2 ** 25], kernel: 2 }],
    ['padding', 16, { padsBefore: [0, 2 ** 26 - 1] }],
    ['padding, and a stride back to the input', 16, { padsBefore: [0, 2 ** 25], strides: [1, 2 ** 25], outputs: 2 }],
  ] as const)('at the furthest place that is accepted: %s', async (_, channels, change) => {
    const { outputs = 5, kernel = 1, ...rest } = { ...change } as { outputs?: number; kernel?: number };
    const map = {
      op: 'conv',
      weights: new Int32Array(2 * channels * kernel).fill(3),
      weightShape: [2, channels, 1, kernel],
      ...{ strides: [1, 1], padsBefore: [0, 0], dilations: [1, 1], group: 1 },
      ...rest,
    } as const;
    const w = new IntNetworkWriter();
    const x = w.input([1, channels, 1, 80], { min: -128, max: 127 });
    const read = decodeIntGraph(encodeIntGraph(w.finish(w.linear([1, 2, 1, outputs], [{ input: x, map }]))));
    invariant(read.ok, 'it is accepted');
    const input = Int32Array.from({ length: 80 * channels }, (_v, i) => (i % 50) - 20);
    const created = await IntegerNetwork.create(await kernels, read.value);
    invariant(created.ok, 'it fits');
    expect(created.value.run([input])).toEqual(evaluateIntegers(read.value, [input]));
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
