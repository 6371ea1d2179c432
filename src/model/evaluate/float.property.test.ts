// SPDX-License-Identifier: Apache-2.0
//
// onnxruntime as oracle: random nodes of random shapes and attributes, our reference against theirs.
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { sizeOf } from '../tensor.ts';
import { check, sample, seed, small, window2, windowAttrs } from '../testing/ort.test-util.ts';

describe('the float reference agrees with onnxruntime', () => {
  it('on convolutions', () =>
    check(
      fc
        .record({ n: small(2), g: small(3), i: small(3), o: small(3), h: small(8), w: small(8), frame: window2, seed })
        .map((c) =>
          sample(
            'Conv',
            [[c.n, c.g * c.i, c.h, c.w], [c.g * c.o, c.i, ...c.frame.kernel], [c.g * c.o]],
            { ...windowAttrs(c.frame), group: c.g },
            c.seed,
          ),
        ),
      80,
    ));

  it('on one-axis convolutions', () =>
    check(
      fc
        .record({
          g: small(2),
          i: small(3),
          o: small(3),
          h: fc.integer({ min: 3, max: 12 }),
          k: small(3),
          s: small(2),
          d: small(2),
          p: fc.integer({ min: 0, max: 2 }),
          seed,
        })
        .map((c) =>
          sample(
            'Conv',
            [
              [1, c.g * c.i, c.h],
              [c.g * c.o, c.i, c.k],
            ],
            { strides: [c.s], dilations: [c.d], pads: [c.p, 0], group: c.g },
            c.seed,
          ),
        ),
    ));

  for (const op of ['MaxPool', 'AveragePool']) {
    it(`on ${op}`, () =>
      check(
        fc
          .record({
            c: small(3),
            h: fc.integer({ min: 3, max: 9 }),
            w: fc.integer({ min: 3, max: 9 }),
            frame: window2,
            count: fc.integer({ min: 0, max: 1 }),
            seed,
          })
          .map((c) => {
            // Pads as wide as the kernel are refused by the runtime.
            const pads = c.frame.pads.map((p, i) => Math.min(p, (c.frame.kernel[i % 2] as number) - 1));
            const attrs = { ...windowAttrs({ ...c.frame, dilations: [1, 1], pads }), kernel_shape: c.frame.kernel };
            return sample(op, [[1, c.c, c.h, c.w]], op === 'AveragePool' ? { ...attrs, count_include_pad: c.count } : attrs, c.seed);
          }),
      ));
  }

  it('on matrix products', () =>
    check(
      fc.record({ b: fc.array(small(3), { maxLength: 2 }), m: small(5), k: small(9), n: small(5), seed }).map((c) =>
        sample(
          'MatMul',
          [
            [...c.b, c.m, c.k],
            [c.k, c.n],
          ],
          {},
          c.seed,
        ),
      ),
    ));

  it('on Gemm', () =>
    check(
      fc
        .record({
          m: small(5),
          k: small(9),
          n: small(5),
          a: fc.boolean(),
          b: fc.boolean(),
          alpha: fc.constantFrom(0.5, 1, 2),
          beta: fc.constantFrom(0.25, 1),
          seed,
        })
        .map((c) =>
          sample(
            'Gemm',
            [c.a ? [c.k, c.m] : [c.m, c.k], c.b ? [c.n, c.k] : [c.k, c.n], [c.n]],
            { transA: Number(c.a), transB: Number(c.b), alpha: c.alpha, beta: c.beta },
            c.seed,
          ),
        ),
    ));

  const rank4 = fc.tuple(small(2), small(4), small(4), small(4));
  it.each([
    'Relu',
    'Sigmoid',
    'Tanh',
    'HardSwish',
    'Abs',
    'Neg',
    'LeakyRelu',
    'HardSigmoid',
    'GlobalAveragePool',
    'GlobalMaxPool',
    'Softmax',
    'LpNormalization',
  ])('on %s', (op) =>
    check(
      fc
        .record({ shape: rank4, axis: fc.integer({ min: -4, max: 3 }), seed })
        .map((c) => sample(op, [c.shape], op === 'Softmax' || op === 'LpNormalization' ? { axis: c.axis } : {}, c.seed)),
      20,
    ),
  );

  it.each(['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'PRelu'])('on %s with broadcasting', (op) =>
    check(
      fc
        .record({ shape: rank4, mask: fc.tuple(...[0, 1, 2, 3].map(() => fc.boolean())), cut: fc.integer({ min: 0, max: 3 }), seed })
        .map((c) => sample(op, [c.shape, c.shape.map((n, i) => (c.mask[i] ? n : 1)).slice(c.cut)], {}, c.seed, op === 'PRelu' ? 1 : 2)),
      20,
    ),
  );

  it.each(['ReduceSum', 'ReduceMean'])('on %s', (op) =>
    check(
      fc
        .record({
          shape: rank4,
          axes: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1 }),
          keep: fc.integer({ min: 0, max: 1 }),
          seed,
        })
        .map((c) => sample(op, [c.shape], { axes: c.axes, keepdims: c.keep }, c.seed)),
      20,
    ),
  );

  it('on BatchNormalization', () =>
    check(
      fc
        .record({ shape: rank4, seed })
        .map((c) =>
          sample('BatchNormalization', [c.shape, ...[0, 1, 2, 3].map(() => [c.shape[1]])], { epsilon: Math.fround(1e-3) }, c.seed),
        ),
      20,
    ));

  it('on Slice', () =>
    check(
      fc
        .record({
          shape: rank4,
          axis: fc.integer({ min: -4, max: 3 }),
          start: fc.integer({ min: -5, max: 5 }),
          end: fc.integer({ min: -5, max: 5 }),
          step: fc.constantFrom(1, 2, -1, -2),
          seed,
        })
        .map((c) => sample('Slice', [c.shape], { starts: [c.start], ends: [c.end], axes: [c.axis], steps: [c.step] }, c.seed))
        .map((made) => (made && sizeOf(made.graph.types.get(made.graph.outputs[0] ?? '')?.shape ?? [0]) > 0 ? made : undefined)),
    ));

  it('on Pad', () =>
    check(
      fc
        .record({
          shape: rank4,
          pads: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 8 }),
          mode: fc.constantFrom('constant', 'edge', 'reflect'),
          seed,
        })
        .map((c) => sample('Pad', [c.shape], { pads: c.pads, mode: c.mode, value: 0.5 }, c.seed)),
    ));

  it('on Transpose', () =>
    check(
      fc
        .record({ shape: rank4, perm: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), seed })
        .map((c) => sample('Transpose', [c.shape], { perm: c.perm }, c.seed)),
      20,
    ));
});
