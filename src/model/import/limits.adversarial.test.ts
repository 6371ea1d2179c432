// SPDX-License-Identifier: Apache-2.0
//
// Files that are small or plausible and ask for much: each is refused before the time or memory is spent.
import { gzipSync } from 'node:zlib';
import { Builder } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../base/index.ts';
import { GraphBuilder } from '../builder.ts';
import { type Graph, importOnnx, importTfjs, importTflite, quantize } from '../index.ts';
import { attempt } from '../refuse.ts';
import { onnxFile, tfjsFile, tfliteFile } from '../testing/files.test-util.ts';

const code = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code);

/** Runs within a generous bound: what is guarded against takes hours or all memory. */
function soon(work: () => Result<Graph>): string {
  const before = process.memoryUsage();
  const started = performance.now();
  const found = code(work());
  expect(performance.now() - started).toBeLessThan(60_000);
  const after = process.memoryUsage();
  expect(after.rss - before.rss).toBeLessThan(3 * 2 ** 30);
  return found;
}

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]);
/** A field of bytes, many times over, inside nested length-delimited fields. */
function nested(path: readonly number[], unit: Uint8Array, times: number): Uint8Array {
  let body = new Uint8Array(unit.length * times);
  // Doubling copies: unit by unit would take longer than what is tested.
  body.set(unit.subarray(0, body.length));
  for (let filled = unit.length; filled > 0 && filled < body.length; filled *= 2) body.copyWithin(filled, 0, filled);
  for (const field of [...path].reverse()) {
    const head = Uint8Array.from([(field << 3) | 2, ...varint(body.length)]);
    const outer = new Uint8Array(head.length + body.length);
    outer.set(head);
    outer.set(body, head.length);
    body = outer;
  }
  return body;
}

describe('an ONNX file', () => {
  it('of millions of empty nodes, tensors or inputs, two bytes each', () => {
    for (const field of [1, 5, 11])
      expect(soon(() => importOnnx(nested([7], Uint8Array.of((field << 3) | 2, 0), 20e6)))).toBe('model/too-large');
  });

  it('of a hundred million numbers, one byte each', () => {
    // graph.initializer.int64_data, packed.
    expect(soon(() => importOnnx(nested([7, 5, 7], Uint8Array.of(1), 100e6)))).toBe('model/too-large');
  });

  it('whose shapes multiply past every limit, step by step', () => {
    const grow = (rounds: number): Result<Graph> => {
      const nodes = Array.from({ length: rounds }, (_, i) => ({ op: 'Concat', inputs: [`v${i}`, `v${i}`], outputs: [`v${i + 1}`] }));
      return importOnnx(
        onnxFile({
          nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['v0'] }, ...nodes],
          output: `v${rounds}`,
          input: [1024, 1024],
          opset: 3,
        }),
      );
    };
    expect(soon(() => grow(3))).toBe('ok');
    expect(soon(() => grow(40))).toBe('model/too-large');
  });

  it('whose constants grow by folding alone', () => {
    const nodes = Array.from({ length: 60 }, (_, i) => ({ op: 'Concat', inputs: [`w${i}`, `w${i}`], outputs: [`w${i + 1}`] }));
    const file = onnxFile({ nodes, weights: [{ name: 'w0', dims: [1, 4], values: [1, 2, 3, 4] }], output: 'w60', opset: 3 });
    expect(soon(() => importOnnx(file))).toBe('model/too-large');
  });

  it('with hundreds of inputs', () => {
    const inputs = (count: number): Result<unknown> =>
      attempt(() => {
        const builder = new GraphBuilder();
        for (let i = 0; i < count; i++) builder.input(`x${i}`, { dtype: 'float32', shape: [1] });
      });
    expect([code(inputs(256)), code(inputs(257))]).toEqual(['ok', 'model/too-large']);
  });

  it('that is compressed, whatever it would unpack to', () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(200 * 2 ** 20)));
    expect(bomb.length).toBeLessThan(2 ** 20);
    for (const read of [importOnnx, importTflite, (bytes: Uint8Array) => importTfjs(bytes, new Uint8Array())])
      expect(soon(() => read(bomb))).toBe('model/malformed');
  });
});

/** A TFLite file whose operators all point to one list of `length` indices. */
function sharedLists(operators: number, length: number): Uint8Array {
  const b = new Builder(1024);
  const ints = (values: ArrayLike<number>): number => {
    b.startVector(4, values.length, 4);
    for (let i = values.length - 1; i >= 0; i--) b.addInt32(values[i] as number);
    return b.endVector();
  };
  const list = ints(new Int32Array(length));
  const tables = Array.from({ length: operators }, () => {
    b.startObject(9);
    b.addFieldOffset(1, list, 0);
    b.addFieldOffset(2, list, 0);
    return b.endObject();
  });
  b.startVector(4, tables.length, 4);
  for (const table of tables) b.addOffset(table);
  const operatorList = b.endVector();
  b.startObject(5);
  b.addFieldOffset(3, operatorList, 0);
  const graph = b.endObject();
  b.startVector(4, 1, 4);
  b.addOffset(graph);
  const graphs = b.endVector();
  b.startObject(8);
  b.addFieldOffset(2, graphs, 0);
  b.finish(b.endObject(), 'TFL3');
  return b.asUint8Array().slice();
}

describe('a TFLite file', () => {
  it('whose operators share one long list', () => {
    expect(soon(() => importTflite(sharedLists(5000, 1e6)))).toBe('model/too-large');
  });

  it('of more operators than anybody has', () => {
    expect(soon(() => importTflite(sharedLists(150_000, 1)))).toBe('model/too-large');
  });

  it('whose root or tables point at themselves or outside', () => {
    const bytes = tfliteFile();
    for (let at = 0; at + 4 <= bytes.length; at++) {
      for (const value of [0, 0xffffffff, at, bytes.length]) {
        const changed = bytes.slice();
        new DataView(changed.buffer).setUint32(at, value, true);
        const found = code(importTflite(changed));
        expect(found === 'ok' || found.startsWith('model/')).toBe(true);
      }
    }
  });
});

describe('a TF.js file', () => {
  it('with a description of forty megabytes', () => {
    expect(soon(() => importTfjs(new Uint8Array(40 * 2 ** 20).fill(0x20), new Uint8Array()))).toBe('model/too-large');
  });

  it('with shapes that overflow, weights that are not finite, and wrong types', () => {
    const spoiled = (change: Parameters<typeof tfjsFile>[0], weights?: Uint8Array): string => {
      const file = tfjsFile(change);
      return code(importTfjs(file.json, weights ?? file.weights));
    };
    const spec = (value: Record<string, unknown>) => (model: Record<string, unknown>) => {
      model.weightsManifest = [{ paths: ['w.bin'], weights: [{ name: 'w', shape: [4], dtype: 'float32', ...value }] }];
    };
    expect(spoiled(spec({ shape: [65536, 65536, 65536] }))).toBe('model/too-large');
    expect(spoiled(spec({ shape: [2 ** 53, 2] }))).toBe('model/malformed');
    expect(spoiled(spec({ shape: 'four' }))).toBe('model/malformed');
    expect(spoiled(spec({ dtype: 'complex64' }))).toBe('model/unsupported');
    expect(spoiled(spec({}), new Uint8Array(Float32Array.of(1, Number.NaN, 1, 1).buffer))).toBe('model/not-finite');
    expect(spoiled(spec({}), new Uint8Array(Float32Array.of(1, Number.POSITIVE_INFINITY, 1, 1).buffer))).toBe('model/not-finite');
    expect(spoiled(spec({}), new Uint8Array(15))).toBe('model/malformed');
    expect(spoiled((_, nodes) => Object.assign(nodes[3] ?? {}, { input: ['y'] }))).toBe('model/cyclic');
    expect(spoiled((_, nodes) => Object.assign(nodes[3] ?? {}, { input: 'sum' }))).toBe('model/malformed');
    expect(spoiled((model) => Object.assign(model, { modelTopology: [] }))).toMatch(/^model\//);
  });
});

describe('calibration data', () => {
  it('of a wrong shape, type or name, or not finite, is refused by what is wrong', () => {
    const graph = importOnnx(onnxFile({ nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }] }));
    if (!graph.ok) throw new Error(graph.error.code);
    const sample = (shape: readonly number[], data: readonly number[], dtype: 'float32' | 'int32' = 'float32', name = 'x') =>
      quantize(graph.value, [new Map([[name, { dtype, shape, data: Float64Array.from(data) }]])], { target: 10 });
    expect(code(sample([1, 4], [1, 2, 3, 4]))).toBe('ok');
    expect(code(sample([4, 1], [1, 2, 3, 4]))).toBe('model/input');
    expect(code(sample([1, 5], [1, 2, 3, 4, 5]))).toBe('model/input');
    expect(code(sample([1, 4], [1, 2, 3, 4], 'int32'))).toBe('model/input');
    expect(code(sample([1, 4], [1, 2, 3, 4], 'float32', 'z'))).toBe('model/input');
    expect(code(sample([1, 4], [1, Number.NaN, 3, 4]))).toBe('model/calibration');
    expect(code(sample([1, 4], [1, Number.POSITIVE_INFINITY, 3, 4]))).toBe('model/calibration');
    expect(code(sample([1, 4], [0, 0, 0, 0]))).toBe('ok');
  });
});
