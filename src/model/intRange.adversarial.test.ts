// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { decodeIntGraph, encodeIntGraph } from './intCodec.ts';
import type { IntGraph, LinearTerm, Range } from './intGraph.ts';
import { IntNetworkWriter } from './testing/intNetwork.test-util.ts';

// Sums of doubles are exact below 2^53 alone. Beyond it a sum that cancels comes out as another small number, so that a network's declared
// range, its evaluation and its proof may each mean something else. Such a network is none.

const K = 2 ** 29 - 1001;
const read = (graph: IntGraph): string => {
  const result = decodeIntGraph(encodeIntGraph(graph));
  return result.ok ? 'accepted' : `${result.error.code}: ${result.error.params?.what}`;
};

/** Weights whose products with K are rounded, in fours that cancel as integers but for a little. */
const weights = Array.from({ length: 64 }, (_, i) => [
  1_065_000_003 + i,
  -(1_065_000_041 + i),
  1_065_000_107 + i,
  -(1_065_000_069 + i),
]).flat();
const width = weights.length;
const constant = (w: IntNetworkWriter, shape: readonly number[]): number => {
  const x = w.input([1, 1], { min: 0, max: 1 });
  const spread = { op: 'dense', weights: new Int32Array(width), weightShape: [width, 1] } as const;
  const flat = w.linear([1, width], [{ input: x, map: spread }], new Int32Array(width).fill(K), [1, width]);
  return shape.length === 2 ? flat : w.linear(shape, [{ input: flat, map: { op: 'reshape' } }]);
};
const inDoubles = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0);
const exactly = (values: readonly bigint[]): number => Number(values.reduce((sum, x) => sum + x, 0n));

const cases: Readonly<Record<string, (w: IntNetworkWriter, claimed: Range) => number>> = {
  'a dense row': (w, claimed) => {
    const x = constant(w, [1, width]);
    return w.linear(
      [1, 1],
      [{ input: x, map: { op: 'dense', weights: Int32Array.from(weights), weightShape: [1, width] } }],
      undefined,
      undefined,
      claimed,
    );
  },
  'the taps of a convolution': (w, claimed) => {
    const x = constant(w, [1, 1, width]);
    const map = {
      op: 'conv',
      weights: Int32Array.from(weights),
      weightShape: [1, 1, width],
      strides: [1],
      padsBefore: [0],
      dilations: [1],
      group: 1,
    } as const;
    return w.linear([1, 1, 1], [{ input: x, map }], undefined, undefined, claimed);
  },
  'many scaled terms': (w, claimed) => {
    const x = constant(w, [1, width]);
    const parts = weights.map((_, i) => w.linear([1, 1], [{ input: x, map: { op: 'slice', starts: [0, i], steps: [1, 1] } }]));
    const terms = parts.map(
      (input, i): LinearTerm => ({ input, map: { op: 'scale', factors: Int32Array.of(weights[i] as number), factorShape: [1, 1] } }),
    );
    return w.linear([1, 1], terms, undefined, undefined, claimed);
  },
};

describe.each(Object.entries(cases))('sums past 2^53 that cancel: %s', (_, make) => {
  const claims = {
    'as doubles have it': inDoubles(weights.map((x) => x * K)),
    'as it is': exactly(weights.map((x) => BigInt(x) * BigInt(K))),
  };
  it('is another number in doubles', () => {
    expect(claims['as doubles have it']).not.toBe(claims['as it is']);
    for (const value of Object.values(claims)) expect(Math.abs(value)).toBeLessThan(2 ** 29);
  });
  it.each(Object.entries(claims))('is refused with the range %s', (__, value) => {
    const w = new IntNetworkWriter();
    const output = make(w, { min: value, max: value });
    expect(read(w.finish(output))).toBe('model/integers-malformed: a range that does not follow');
  });
});

it('large sums below 2^53 are what they are', () => {
  const w = new IntNetworkWriter();
  const x = constant(w, [1, width]);
  const small = Int32Array.from({ length: width }, (_, i) => (i % 2 === 0 ? 60_001 : -60_001));
  expect(read(w.finish(w.linear([1, 1], [{ input: x, map: { op: 'dense', weights: small, weightShape: [1, width] } }])))).toBe('accepted');
});

describe('numbers that the field does not tell apart', () => {
  const [most, far] = [2 ** 30 - 1, 2 ** 30];
  // Only a constant goes with such a coefficient: anything else would leave the range of every tensor.
  const times = (map: LinearTerm['map']): string => {
    const w = new IntNetworkWriter();
    const zero = w.linear(
      [1, 1],
      [{ input: w.input([1, 1], { min: 0, max: 1 }), map: { op: 'scale', factors: Int32Array.of(0), factorShape: [1, 1] } }],
    );
    return read(w.finish(w.linear([1, 1], [{ input: zero, map }])));
  };
  it.each<readonly [string, (value: number) => LinearTerm['map']]>([
    ['factors', (value) => ({ op: 'scale', factors: Int32Array.of(value), factorShape: [1, 1] })],
    ['weights', (value) => ({ op: 'dense', weights: Int32Array.of(value), weightShape: [1, 1] })],
  ])('%s are refused', (_, map) => {
    for (const value of [far, -far, 2 ** 31 - 1, -(2 ** 31)]) expect(times(map(value))).toMatch(/a coefficient that is too large$/);
    for (const value of [most, -most]) expect(times(map(value))).toBe('accepted');
  });
  it('a bias is held to the same', () => {
    const w = new IntNetworkWriter();
    const x = w.input([1, 1], { min: 0, max: 1 });
    const large = w.linear(
      [1, 1],
      [{ input: x, map: { op: 'scale', factors: Int32Array.of(0), factorShape: [1, 1] } }],
      Int32Array.of(-far),
      [1, 1],
    );
    expect(read(w.finish(large))).toMatch(/too large$/);
  });

  const column = (...values: readonly number[]): string => {
    const w = new IntNetworkWriter();
    const x = w.input([1], { min: 0, max: 0 });
    const table = {
      ...{ name: '', shift: 0, lo: 0, hi: values.length - 1, domain: { min: 0, max: values.length - 1 }, total: true },
      core: { min: -1, max: values.length },
      columns: [Int32Array.from(values)],
    };
    return read(w.finish(...w.lookup(x, table)));
  };
  it('values of tables that are too large, or too far from the value at zero, even where no input leads', () => {
    const limit = 2 ** 29;
    expect(column(0, limit - 1, 1 - limit)).toBe('accepted');
    for (const values of [
      [0, limit],
      [0, -limit],
      [0, 2 ** 31 - 1],
      [5, 5 + limit],
      [limit - 1, -1],
      [-1, limit - 1],
    ])
      expect(column(...values), values.join()).toMatch(/the values of a table$/);
  });
});

describe('windows that reach further than an index holds', () => {
  const wide = (change: object, outputs = 66): string => {
    const w = new IntNetworkWriter();
    const x = w.input([1, 1, 1, 80], { min: -128, max: 127 });
    const map = {
      ...{
        op: 'conv',
        weights: Int32Array.of(1),
        weightShape: [1, 1, 1, 1],
        strides: [1, 1],
        padsBefore: [0, 0],
        dilations: [1, 1],
        group: 1,
      },
      ...change,
    } as LinearTerm['map'];
    return read(w.finish(w.linear([1, 1, 1, outputs], [{ input: x, map }])));
  };
  const two = { weights: Int32Array.of(1, 1), weightShape: [1, 1, 1, 2] };
  it.each([
    ['strides', { strides: [1, 2 ** 26 - 1] }],
    ['strides that wrap to a place inside', { strides: [1, 2 ** 25] }],
    ['dilations', { ...two, dilations: [1, 2 ** 26 - 1] }],
    ['both together', { ...two, dilations: [1, 2 ** 25], strides: [1, 2 ** 20] }],
  ])('%s are refused', (_, change) => {
    expect(wide(change, 130)).toMatch(/^model\/integers-malformed: a window/);
  });
  it('a pool is held to the same', () => {
    const w = new IntNetworkWriter();
    const x = w.input([1, 1, 1, 80], { min: -128, max: 127 });
    const map = { op: 'sumPool', kernel: [1, 1], strides: [1, 2 ** 25], padsBefore: [0, 0], dilations: [1, 1] } as const;
    expect(read(w.finish(w.linear([1, 1, 1, 130], [{ input: x, map }])))).toMatch(/a window/);
  });
  it('what a model asks for is taken', () => {
    expect(wide({ strides: [1, 2] }, 40)).toBe('accepted');
  });
});
