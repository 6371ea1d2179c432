import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IntGraph, type LinearNode, plainLinear, quantize } from '../../../src/model/index.ts';
import { noise, randomInput, randomNetwork } from '../../../src/model/testing/random.test-util.ts';
// @ts-expect-error: plain JavaScript, so that it runs before anything is built
import { buildIntegerKernels } from './build.mjs';
import { kernelEngine, loadIntegerKernels } from './index.ts';

const kernels = await loadIntegerKernels(new Uint8Array(readFileSync((await buildIntegerKernels()) as string)));

/** A convolution of 24 channels over 16 by 16, its input held to ±127; `values` may pass that. */
function wide(seed: number, largest: number): { readonly graph: IntGraph; readonly node: LinearNode; readonly values: Int32Array } {
  const next = noise(seed);
  const whole = (count: number, by: number) => Int32Array.from({ length: count }, () => Math.round(next() * by));
  const geometry = { kernel: [3, 3], strides: [1, 1], dilations: [1, 1], padsBefore: [1, 1], group: 1 };
  const map = { op: 'conv' as const, weights: whole(24 * 24 * 9, 60), weightShape: [24, 24, 3, 3], ...geometry };
  const node: LinearNode = {
    kind: 'linear',
    name: 'wide',
    terms: [{ input: 0, map }],
    bias: whole(24, 1000),
    biasShape: [1, 24, 1, 1],
    output: 1,
  };
  const tensor = (max: number) => ({ name: 't', shape: [1, 24, 16, 16], scale: 1, range: { min: -max, max } });
  const graph: IntGraph = { tensors: [tensor(127), tensor(2 ** 29 - 1)], tables: [], inputs: [0], outputs: [1], nodes: [node] };
  return { graph, node, values: whole(24 * 256, largest) };
}

describe('the kernel engine equals the plain one', () => {
  it.each([
    ['inside the ranges', 120],
    ['past the ranges, where a run looks past tables', 3e6],
  ])('on a wide convolution with values %s', (_, largest) => {
    const engine = kernelEngine(kernels);
    for (const seed of [1, 2, 3]) {
      const { graph, node, values } = wide(seed, largest);
      for (const repeat of [0, 1]) {
        const [ours, theirs] = [new Int32Array(24 * 256), new Int32Array(24 * 256)];
        engine(node, [values], graph, ours);
        plainLinear(node, [values], graph, theirs);
        expect(ours, `run ${repeat}`).toEqual(theirs);
      }
    }
  });

  it('makes the same networks and reports', () => {
    fc.assert(
      fc.property(fc.record({ seed: fc.integer({ min: 1, max: 2 ** 30 }), steps: fc.integer({ min: 1, max: 6 }) }), ({ seed, steps }) => {
        const graph = randomNetwork(seed, steps, 24);
        const samples = [randomInput(graph, seed), randomInput(graph, seed + 1)];
        const options = { bits: 8, target: 1e9 };
        const made = quantize(graph, samples, { ...options, linear: kernelEngine(kernels) });
        expect(made).toEqual(quantize(graph, samples, options));
      }),
      { numRuns: 12 },
    );
  });
});
