// SPDX-License-Identifier: Apache-2.0
//
// Test helper: onnxruntime as the oracle of the float reference.
import fc from 'fast-check';
import * as ort from 'onnxruntime-web';
import { expect } from 'vitest';
import { GraphBuilder } from '../builder.ts';
import { runGraph } from '../evaluate/float.ts';
import { exportOnnx } from '../export/onnx.ts';
import type { AttrValue, Graph } from '../graph.ts';
import { importOnnx } from '../import/onnx/index.ts';
import { attempt } from '../refuse.ts';
import type { Tensor } from '../tensor.ts';
import { filled, noise } from './random.test-util.ts';

ort.env.wasm.numThreads = 1;

export interface Sample {
  readonly graph: Graph;
  readonly inputs: ReadonlyMap<string, Tensor>;
}

/** Builds a graph of one node; undefined where the shape rule refuses it. */
export function sample(
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

export async function agree({ graph, inputs }: Sample): Promise<void> {
  const bytes = exportOnnx(graph);
  const session = await ort.InferenceSession.create(bytes);
  const feeds = Object.fromEntries(
    [...inputs.values()].map((value, index) => [`x${index}`, new ort.Tensor('float32', Float32Array.from(value.data), [...value.shape])]),
  );
  const theirs = await session.run(feeds);
  await session.release();
  const ours = runGraph(graph, inputs);
  ours.forEach(({ shape, data }, index) => {
    const other = theirs[`y${index}`] as ort.Tensor;
    expect(shape).toEqual(other.dims);
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const off = data.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(other.data[i]))), 0);
    expect([graph.nodes.map((node) => node.op).join(' '), off <= 1e-5 * largest ? 0 : off]).toEqual([
      graph.nodes.map((node) => node.op).join(' '),
      0,
    ]);
  });
  // What we export we also read back, to the same values.
  const again = importOnnx(bytes);
  const renamed = new Map([...inputs.values()].map((value, index) => [`x${index}`, value]));
  expect(again.ok).toBe(true);
  if (again.ok) expect(runGraph(again.value, renamed).map(({ data }) => data)).toEqual(ours.map(({ data }) => data));
}

export const small = (max: number) => fc.integer({ min: 1, max });
export const seed = fc.integer({ min: 1, max: 2 ** 30 });
export const window2 = fc.record({
  kernel: fc.tuple(small(3), small(3)),
  strides: fc.tuple(small(3), small(3)),
  dilations: fc.tuple(small(2), small(2)),
  pads: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 2 }))),
  auto: fc.constantFrom('NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'),
});
export const windowAttrs = (w: { strides: number[]; dilations: number[]; pads: number[]; auto: string }): Record<string, AttrValue> => ({
  strides: w.strides,
  dilations: w.dilations,
  ...(w.auto === 'NOTSET' ? { pads: w.pads } : { auto_pad: w.auto }),
});

export async function check(arbitrary: fc.Arbitrary<Sample | undefined>, runs = 40): Promise<void> {
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
