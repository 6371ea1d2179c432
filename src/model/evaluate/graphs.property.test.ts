// SPDX-License-Identifier: Apache-2.0
//
// onnxruntime as oracle: whole random graphs, ops that move values, and quantised ops.
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import type { AttrValue } from '../graph.ts';
import { attempt } from '../refuse.ts';
import { sizeOf, type Tensor } from '../tensor.ts';
import { check, type Sample, sample, seed, small } from '../testing/ort.test-util.ts';
import { filled, noise, randomInput, randomNetwork } from '../testing/random.test-util.ts';

/** A graph of nodes over one input `x0` and constants. */
function graphOf(
  shape: readonly number[],
  at: number,
  make: (b: GraphBuilder, next: () => number) => readonly string[],
): Sample | undefined {
  const next = noise(at);
  const built = attempt(() => {
    const builder = new GraphBuilder();
    const value = filled(shape, next, 4);
    builder.input('x0', value);
    return { graph: builder.finish(make(builder, next)), inputs: new Map([['x0', value]]) };
  });
  return built.ok ? built.value : undefined;
}
const rank4 = fc.tuple(small(2), small(4), small(4), small(4));
const constant = (dtype: Tensor['dtype'], shape: readonly number[], data: readonly number[]): Tensor => ({
  dtype,
  shape,
  data: Float64Array.from(data),
});

describe('the float reference agrees with onnxruntime', () => {
  it('on whole random networks', () =>
    check(
      fc.record({ at: seed, steps: fc.integer({ min: 2, max: 12 }), side: fc.integer({ min: 4, max: 11 }) }).map(({ at, steps, side }) => {
        const graph = randomNetwork(at, steps, side);
        const x = randomInput(graph, at + 1).get('x') as Tensor;
        return { graph, inputs: new Map([['x', x]]) };
      }),
      60,
    ));

  it.each<[string, (shape: readonly number[], axis: number) => Record<string, AttrValue>]>([
    ['Flatten', (_, axis) => ({ axis })],
    ['Reshape', (shape) => ({ shape: [shape[0] as number, -1] })],
    ['Squeeze', (shape) => ({ axes: shape.flatMap((n, at) => (n === 1 ? [at] : [])) })],
    ['Unsqueeze', (_, axis) => ({ axes: [Math.abs(axis)] })],
    ['Clip', (_, axis) => ({ min: -0.5, max: 0.25 + Math.abs(axis) / 4 })],
    ['Expand', (shape) => ({ shape: shape.map((n) => (n === 1 ? 3 : n)) })],
    ['Sqrt', () => ({})],
  ])('on %s', (op, attrs) =>
    check(
      fc.record({ shape: rank4, axis: fc.integer({ min: -3, max: 3 }), at: seed }).map(({ shape, axis, at }) => {
        const own = attrs(shape, axis);
        if (Array.isArray(own.axes) && own.axes.length === 0) return undefined;
        return graphOf(shape, at, (b) => [b.add(op, 'node', [op === 'Sqrt' ? b.add('Abs', 'abs', ['x0'], {}) : 'x0'], own)]);
      }),
      20,
    ),
  );

  it('on Concat and Split', () =>
    check(
      fc
        .record({
          shape: rank4,
          axis: fc.integer({ min: -4, max: 3 }),
          parts: fc.array(small(3), { minLength: 1, maxLength: 3 }),
          at: seed,
        })
        .map(({ shape, axis, parts, at }) => {
          const along = axis < 0 ? axis + 4 : axis;
          const total = parts.reduce((a, b) => a + b);
          const own = shape.map((n, i) => (i === along ? total : n));
          return graphOf(own, at, (b) => {
            const names = parts.map((_, i) => `part${i}`);
            b.add('Split', 'split', ['x0'], { axis, split: parts }, names);
            return [b.add('Concat', 'concat', [...names].reverse(), { axis }), names[0] as string];
          });
        }),
    ));

  it('on ArgMax, ties and all', () =>
    check(
      fc
        .record({
          shape: rank4,
          axis: fc.integer({ min: -4, max: 3 }),
          keep: fc.integer({ min: 0, max: 1 }),
          last: fc.integer({ min: 0, max: 1 }),
          at: seed,
        })
        .map(({ shape, axis, keep, last, at }) =>
          graphOf(shape, at, (b) => [
            // Rounded to few values, so that there are ties.
            b.add('ArgMax', 'best', [b.add('Clip', 'clip', ['x0'], { min: -0.5, max: 0.5 })], {
              axis,
              keepdims: keep,
              select_last_index: last,
            }),
          ]),
        ),
      30,
    ));

  it('on dilated MaxPool', () =>
    check(
      fc
        .record({ c: small(3), h: fc.integer({ min: 5, max: 9 }), d: small(2), s: small(2), k: small(3), at: seed })
        .map(({ c, h, d, s, k, at }) =>
          sample('MaxPool', [[1, c, h, h]], { kernel_shape: [k, k], strides: [s, s], dilations: [d, d] }, at),
        ),
      30,
    ));

  it('on QuantizeLinear and DequantizeLinear, for the tensor and along an axis', () =>
    check(
      fc
        .record({
          shape: rank4,
          axis: fc.integer({ min: 0, max: 3 }),
          each: fc.boolean(),
          kind: fc.constantFrom('uint8' as const, 'int8' as const),
          at: seed,
        })
        .map(({ shape, axis, each, kind, at }) =>
          graphOf(shape, at, (b, next) => {
            const count = each ? (shape[axis] as number) : 1;
            const form = each ? [count] : [];
            const scale = b.define(
              'scale',
              constant(
                'float32',
                form,
                Array.from({ length: count }, () => Math.fround(0.01 + Math.abs(next()) / 16)),
              ),
            );
            const zero = b.define(
              'zero',
              constant(
                kind,
                form,
                Array.from({ length: count }, () => (kind === 'uint8' ? 120 : -7)),
              ),
            );
            const quantized = b.add('QuantizeLinear', 'q', ['x0', scale, zero], { axis });
            return [b.add('DequantizeLinear', 'd', [quantized, scale, zero], { axis })];
          }),
        ),
    ));

  it('on QLinearConv and QLinearMatMul', () =>
    check(
      fc
        .record({
          c: small(3),
          o: small(3),
          h: fc.integer({ min: 3, max: 6 }),
          k: small(3),
          pad: fc.integer({ min: 0, max: 1 }),
          matrix: fc.boolean(),
          at: seed,
        })
        .map(({ c, o, h, k, pad, matrix, at }) =>
          graphOf(matrix ? [h, c] : [1, c, h, h], at, (b, next) => {
            const one = (name: string, dtype: Tensor['dtype'], value: number): string => b.define(name, constant(dtype, [], [value]));
            const [xs, xz, ws, wz, ys, yz] = [
              one('xs', 'float32', 0.03125),
              one('xz', 'uint8', 128),
              one('ws', 'float32', 0.0625),
              one('wz', 'int8', 0),
              one('ys', 'float32', 0.125),
              one('yz', 'uint8', 131),
            ]; // prettier-ignore
            const shape = matrix ? [c, o] : [o, c, k, k];
            const w = b.define(
              'w',
              constant(
                'int8',
                shape,
                Array.from({ length: sizeOf(shape) }, () => Math.round(next() * 40)),
              ),
            );
            const q = b.add('QuantizeLinear', 'q', ['x0', xs, xz], {});
            const y = matrix
              ? b.add('QLinearMatMul', 'y', [q, xs, xz, w, ws, wz, ys, yz], {})
              : b.add('QLinearConv', 'y', [q, xs, xz, w, ws, wz, ys, yz], { pads: [pad, pad, pad, pad] });
            return [b.add('DequantizeLinear', 'd', [y, ys, yz], {})];
          }),
        ),
    ));
});
