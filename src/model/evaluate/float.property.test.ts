// SPDX-License-Identifier: Apache-2.0
//
// onnxruntime as oracle: random nodes of random shapes and attributes, our reference against theirs.
import fc from 'fast-check';
import * as ort from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import { exportOnnx } from '../export/onnx.ts';
import type { AttrValue, Graph } from '../graph.ts';
import { importOnnx } from '../import/onnx/index.ts';
import { attempt } from '../refuse.ts';
import { sizeOf, type Tensor } from '../tensor.ts';
import { runGraph } from './float.ts';

ort.env.wasm.numThreads = 1;

/** A repeatable generator of weights in [-1, 1), exact in float32. */
function noise(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround(state / 2 ** 31 - 1);
  };
}
const filled = (shape: readonly number[], next: () => number): Tensor => ({
  dtype: 'float32',
  shape,
  data: Float64Array.from({ length: sizeOf(shape) }, next),
});

interface Sample {
  readonly graph: Graph;
  readonly inputs: ReadonlyMap<string, Tensor>;
}

/** Builds a graph of one node; undefined where the shape rule refuses it. */
function sample(
  op: string,
  shapes: readonly (readonly number[])[],
  attrs: Record<string, AttrValue>,
  seed: number,
  live = 1,
): Sample | undefined {
  const next = noise(seed);
  const built = attempt(() => {
    const builder = new GraphBuilder();
    const inputs = new Map<string, Tensor>();
    const names = shapes.map((shape, index) => {
      const value = filled(shape, next);
      if (index < live) {
        builder.input(`x${index}`, value);
        inputs.set(`x${index}`, value);
      } else
        builder.define(`w${index}`, {
          ...value,
          data: op === 'BatchNormalization' && index === 4 ? value.data.map((v) => Math.fround(Math.abs(v) + 0.5)) : value.data,
        });
      return index < live ? `x${index}` : `w${index}`;
    });
    return { graph: builder.finish([builder.add(op, 'node', names, attrs)]), inputs };
  });
  return built.ok ? built.value : undefined;
}

async function agree({ graph, inputs }: Sample): Promise<void> {
  const bytes = exportOnnx(graph);
  const session = await ort.InferenceSession.create(bytes);
  const feeds = Object.fromEntries(
    [...inputs.values()].map((value, index) => [`x${index}`, new ort.Tensor('float32', Float32Array.from(value.data), [...value.shape])]),
  );
  const theirs = (await session.run(feeds)).y0;
  await session.release();
  const ours = runGraph(graph, inputs)[0] as Tensor;
  expect(ours.shape).toEqual(theirs?.dims);
  const largest = Math.max(1e-3, ...ours.data.map(Math.abs));
  ours.data.forEach((value, i) => {
    expect(Math.abs(value - Number((theirs as ort.Tensor).data[i]))).toBeLessThanOrEqual(1e-5 * largest);
  });
  // What we export we also read back, to the same values.
  const again = importOnnx(bytes);
  expect(again.ok).toBe(true);
  if (again.ok) expect(runGraph(again.value, inputs)[0]?.data).toEqual(ours.data);
}

const small = (max: number) => fc.integer({ min: 1, max });
const seed = fc.integer({ min: 1, max: 2 ** 30 });
const window2 = fc.record({
  kernel: fc.tuple(small(3), small(3)),
  strides: fc.tuple(small(3), small(3)),
  dilations: fc.tuple(small(2), small(2)),
  pads: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 2 }))),
  auto: fc.constantFrom('NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'),
});
const windowAttrs = (w: { strides: number[]; dilations: number[]; pads: number[]; auto: string }): Record<string, AttrValue> => ({
  strides: w.strides,
  dilations: w.dilations,
  ...(w.auto === 'NOTSET' ? { pads: w.pads } : { auto_pad: w.auto }),
});

async function check(arbitrary: fc.Arbitrary<Sample | undefined>, runs = 40): Promise<void> {
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(arbitrary, async (made) => {
      if (made === undefined) return;
      seen++;
      await agree(made);
    }),
    { numRuns: runs },
  );
  expect(seen).toBeGreaterThan(runs / 8);
}

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
