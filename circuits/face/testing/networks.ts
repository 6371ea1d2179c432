// Small networks of the right form with weights drawn from a seed: what the tests of the statements run on.
import type { IntGraph, LinearMap } from '../../../src/model/integer.ts';
import { IntBuilder } from '../../../src/model/quantize/intBuilder.ts';
import { seeded } from '../../../src/program/testing/samples.ts';
import type { FaceNetworks } from '../index.ts';

/** Frame of 16 x 16 pixels: a crop of 8 x 8 in the middle, boxes of 4 x 4 for the other network. */
export const SMALL_MARGIN = 4;
export const SMALL_FRAME = 16;

function network(next: () => number, side: number, range: { min: number; max: number }, outputs: number, stride: number): IntGraph {
  const weights = (count: number): Int32Array => Int32Array.from({ length: count }, () => (next() % 31) - 15);
  const b = new IntBuilder();
  const x = b.input('x', [1, 3, side, side], 1, range);
  const out = side / stride;
  const conv: LinearMap = {
    op: 'conv',
    weights: weights(4 * 27),
    weightShape: [4, 3, 3, 3],
    strides: [stride, stride],
    padsBefore: [1, 1],
    dilations: [1, 1],
    group: 1,
  };
  const a = b.linear('conv', [{ input: x, map: conv }], weights(4), [1, 4, 1, 1], [1, 4, out, out], 1);
  const relu = Int32Array.from({ length: 256 }, (_, i) => Math.max(0, i - 128));
  const [y] = b.lookup('relu', { name: 'relu', shift: 8, lo: -128, hi: 127, columns: [relu] }, a, [1]);
  const flat = b.single('flat', { input: y as number, map: { op: 'reshape' } }, [1, 4 * out * out], 1);
  const inputs = 4 * out * out;
  const dense: LinearMap = { op: 'dense', weights: weights(inputs * outputs), weightShape: [outputs, inputs] };
  const z = b.single('dense', { input: flat, map: dense }, [1, outputs], 1);
  const graph = b.finish([z]);
  return { ...graph, tables: graph.tables.map((table) => ({ ...table, domain: { min: -(2 ** 17), max: 2 ** 17 - 1 }, total: true })) };
}

export function smallNetworks(seed: number, leastScore = -511): FaceNetworks {
  const next = seeded(seed);
  return {
    embedding: network(next, 8, { min: -255, max: 255 }, 192, 2),
    embeddingShift: 5,
    antispoof: network(next, 4, { min: 0, max: 255 }, 2, 1),
    scoreShift: 3,
    leastScore,
  };
}

/** The same at the true sizes of crop (112) and anti-spoof input (32), still of few activations. */
export function thinNetworks(seed: number, leastScore = -511): FaceNetworks {
  const next = seeded(seed);
  return {
    embedding: network(next, 112, { min: -255, max: 255 }, 192, 8),
    embeddingShift: 6,
    antispoof: network(next, 32, { min: 0, max: 255 }, 2, 2),
    scoreShift: 6,
    leastScore,
  };
}

/** A frame of noise. */
export const smallFrame = (seed: number): Int32Array => {
  const next = seeded(seed);
  return Int32Array.from({ length: 3 * SMALL_FRAME ** 2 }, () => (next() >>> 9) & 255);
};

/** Another picture of "the same": some levels of noise on every pixel. */
export const near = (frame: Int32Array, seed: number, levels = 8): Int32Array => {
  const next = seeded(seed);
  return frame.map((p) => Math.min(255, Math.max(0, p + ((next() >>> 9) % (2 * levels + 1)) - levels)));
};
