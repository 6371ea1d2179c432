// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invariant } from '../../base/index.ts';
import { runGraph } from '../evaluate/float.ts';
import { evaluateIntegers, runIntegers } from '../evaluate/integer.ts';
import { decodeIntGraph, encodeIntGraph, intGraphHash } from '../intCodec.ts';
import { INTEGER_LIMIT } from '../intGraph.ts';
import { noise, randomInput, randomNetwork } from '../testing/random.test-util.ts';
import { type QuantizeOptions, quantize } from './index.ts';
import { decodeOutput, encodeInput } from './input.ts';

const network = fc.record({ seed: fc.integer({ min: 1, max: 2 ** 30 }), steps: fc.integer({ min: 0, max: 9 }) });

function quantized({ seed, steps }: { seed: number; steps: number }, options: QuantizeOptions = {}) {
  const graph = randomNetwork(seed, steps);
  const samples = Array.from({ length: 4 }, (_, i) => randomInput(graph, seed + i));
  const result = quantize(graph, samples, { target: 10, ...options });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return { graph, samples, ...result.value };
}

describe('quantisation of random networks', () => {
  it('stays near the float network, on inputs it has not seen too', () => {
    let [error, power] = [0, 0];
    fc.assert(
      fc.property(network, (given) => {
        const { graph, network: ints } = quantized(given, { bits: 10 });
        const input = randomInput(graph, given.seed + 99);
        const float = runGraph(graph, input)[0]?.data ?? new Float64Array();
        const tensor = ints.tensors[ints.inputs[0] ?? 0];
        const out = ints.tensors[ints.outputs[0] ?? 0];
        invariant(tensor !== undefined && out !== undefined, 'a network has an input and an output');
        const real = input.get('x');
        invariant(real !== undefined, 'the input is named x');
        const encoded = encodeInput(real, tensor.scale);
        const [values] = runIntegers(ints, [encoded.map((v) => Math.max(tensor.range.min, Math.min(tensor.range.max, v)))], {
          unbounded: true,
        });
        const ours = decodeOutput(values as Int32Array, out.shape, out.scale);
        const scale = Math.max(...float.map(Math.abs), 1e-3);
        float.forEach((value, i) => {
          error += ((value - (ours[i] as number)) / scale) ** 2;
          power += (value / scale) ** 2;
        });
      }),
      // A mean over many networks: the same ones each time, so that the bound is one.
      { numRuns: 60, seed: 20261122 },
    );
    expect(Math.sqrt(error / power)).toBeLessThan(0.08);
  });

  it('proves every range: no tensor leaves its own, whatever the input', () => {
    fc.assert(
      fc.property(network, fc.constantFrom(4, 6, 8), (given, bits) => {
        const { network: ints } = quantized(given, { bits });
        const tensor = ints.tensors[ints.inputs[0] ?? 0];
        invariant(tensor !== undefined, 'a network has an input');
        const next = noise(given.seed);
        for (const extreme of [true, false]) {
          const size = tensor.shape.reduce((a, b) => a * b, 1);
          const input = Int32Array.from({ length: size }, () =>
            extreme ? (next() < 0 ? tensor.range.min : tensor.range.max) : Math.round(next() * tensor.range.max),
          );
          runIntegers(ints, [input], {
            unbounded: true,
            visit: (id, values) => {
              const range = ints.tensors[id]?.range;
              invariant(range !== undefined, 'tensors have ranges');
              for (const value of values) {
                expect(value).toBeGreaterThanOrEqual(range.min);
                expect(value).toBeLessThanOrEqual(range.max);
              }
              expect(Math.max(-range.min, range.max)).toBeLessThan(INTEGER_LIMIT);
            },
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('makes total networks that no input in range can fail, and others that name the layer', () => {
    let refused = 0;
    fc.assert(
      fc.property(network, (given) => {
        for (const total of [true, false]) {
          const { network: ints } = quantized(given, { total });
          const tensor = ints.tensors[ints.inputs[0] ?? 0];
          invariant(tensor !== undefined, 'a network has an input');
          const next = noise(given.seed + 5);
          const input = Int32Array.from({ length: tensor.shape.reduce((a, b) => a * b, 1) }, () =>
            next() < 0 ? tensor.range.min : tensor.range.max,
          );
          const result = evaluateIntegers(ints, [input]);
          if (total) expect(result.ok).toBe(true);
          else if (!result.ok) {
            refused++;
            expect(result.error.code).toBe('model/out-of-range');
            expect(result.error.params?.layer).not.toBe('');
          }
        }
      }),
      { numRuns: 40 },
    );
    expect(refused).toBeGreaterThan(0);
  });

  it('has one encoding, which reads back to the same network', () => {
    fc.assert(
      fc.property(network, (given) => {
        const { network: ints } = quantized(given);
        const bytes = encodeIntGraph(ints);
        const again = decodeIntGraph(bytes);
        expect(again.ok ? '' : JSON.stringify(again.error)).toBe('');
        if (again.ok) expect(intGraphHash(again.value)).toBe(intGraphHash(ints));
      }),
      { numRuns: 25 },
    );
  });
});
