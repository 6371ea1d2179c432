// SPDX-License-Identifier: Apache-2.0
//
// Hostile model files: each is refused with its code, in bounded time and memory; and mutated files never throw.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../base/index.ts';
import { evaluateFloat, type Graph, importOnnx, importTfjs, importTflite } from '../index.ts';
import { type OnnxSpec, onnxFile, tfjsFile, tfliteFile } from '../testing/files.test-util.ts';
import corpus from './corpus.json' with { type: 'json' };

const code = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code);
const relu = { op: 'Relu', inputs: ['x'], outputs: ['y'] };
const onnx = (spec: Partial<OnnxSpec>): Result<Graph> => importOnnx(onnxFile({ nodes: [relu], ...spec }));
const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

describe('whole files', () => {
  it('of the three formats are read', () => {
    const x = { dtype: 'float32' as const, shape: [1, 4], data: Float64Array.of(0, -5, 1, 1) };
    for (const graph of [importTflite(tfliteFile()), importTfjs(tfjsFile().json, tfjsFile().weights)]) {
      if (!graph.ok) throw new Error(JSON.stringify(graph.error));
      const y = evaluateFloat(graph.value, new Map([['x', x]]));
      expect(y.ok && [...(y.value[0]?.data ?? [])]).toEqual([0, 0, 2, 3]);
    }
    expect(code(onnx({}))).toBe('ok');
  });
});

describe('a hostile ONNX file', () => {
  it.each<[string, Partial<OnnxSpec>, string]>([
    ['with an unknown operator', { nodes: [{ ...relu, op: 'Frobnicate' }] }, 'model/unsupported'],
    ['with an operator of another domain', { nodes: [{ ...relu, domain: 'com.example' }] }, 'model/unsupported'],
    ['with a subgraph', { nodes: [{ ...relu, op: 'If', subgraph: true }] }, 'model/unsupported'],
    [
      'with a cycle',
      {
        nodes: [
          { op: 'Add', inputs: ['x', 'y'], outputs: ['z'] },
          { op: 'Relu', inputs: ['z'], outputs: ['y'] },
        ],
      },
      'model/cyclic',
    ],
    ['that reads itself', { nodes: [{ op: 'Add', inputs: ['x', 'y'], outputs: ['y'] }] }, 'model/cyclic'],
    ['with a value defined twice', { nodes: [relu, relu] }, 'model/malformed'],
    ['with a missing initialiser', { nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }] }, 'model/missing'],
    ['with a missing output', { output: 'elsewhere' }, 'model/missing'],
    ['with external data', { weights: [{ name: 'w', dims: [4], external: true }] }, 'model/external-data'],
    ['with a length that is not its shape', { weights: [{ name: 'w', dims: [5], values: [1, 2] }] }, 'model/malformed'],
    ['with an overflowing shape', { weights: [{ name: 'w', dims: [65536, 65536, 65536, 65536], values: [] }] }, 'model/too-large'],
    ['with a negative axis', { weights: [{ name: 'w', dims: [-4], values: [] }] }, 'model/malformed'],
    ['with an absurd input', { input: [1, 2 ** 40] }, 'model/too-large'],
    ['with an open axis', { input: [1, 'width'] }, 'model/open-axis'],
    [
      'with weights that are not finite',
      { nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }], weights: [{ name: 'w', dims: [4], values: [1, Number.NaN, 1, 1] }] },
      'model/not-finite',
    ],
    [
      'with shapes that do not fit',
      { nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }], weights: [{ name: 'w', dims: [3], values: [1, 2, 3] }] },
      'model/shape',
    ],
    ['with an unknown element type', { weights: [{ name: 'w', dims: [1], values: [1], type: 99 }] }, 'model/unsupported'],
    ['of a newer operator set', { opset: 999 }, 'model/opset'],
    ['without nodes that make its output', { nodes: [] }, 'model/missing'],
  ])('%s is refused', (_, spec, expected) => {
    expect(code(onnx(spec))).toBe(expected);
  });

  it('of 100 MB of zeros, of random bytes, or empty is refused at once', () => {
    const started = performance.now();
    expect(code(importOnnx(new Uint8Array(100 * 2 ** 20)))).toBe('model/malformed');
    expect(code(importOnnx(Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) % 251)))).toBe('model/malformed');
    expect(code(importOnnx(new Uint8Array()))).toBe('model/malformed');
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('a hostile TFLite or TF.js file', () => {
  it('is refused with its code', () => {
    expect(code(importTflite(tfliteFile(110)))).toBe('model/unsupported');
    expect(code(importTflite(tfliteFile(0, 4, 3)))).toBe('model/unsupported');
    expect(code(importTflite(new Uint8Array(16)))).toBe('model/malformed');
    const spoiled = (change: Parameters<typeof tfjsFile>[0]): string => {
      const { json, weights } = tfjsFile(change);
      return code(importTfjs(json, weights));
    };
    expect(spoiled((_, nodes) => nodes.push({ name: 'z', op: 'Frobnicate', input: ['y'] }))).toBe('model/unsupported');
    expect(spoiled((_, nodes) => Object.assign(nodes[2] ?? {}, { input: ['y', 'w'] }))).toBe('model/cyclic');
    expect(spoiled((_, nodes) => Object.assign(nodes[2] ?? {}, { input: ['x', 'nowhere'] }))).toBe('model/missing');
    expect(spoiled((_, nodes) => nodes.push({ name: 'y', op: 'Relu', input: ['x'] }))).toBe('model/malformed');
    expect(spoiled((model) => delete model.weightsManifest)).toBe('model/malformed');
    expect(
      spoiled((model) => Object.assign(model, { weightsManifest: [{ weights: [{ name: 'w', shape: [5], dtype: 'float32' }] }] })),
    ).toBe('model/malformed');
    expect(
      code(
        importTfjs(
          Uint8Array.from('['.repeat(100_000), () => 91),
          new Uint8Array(),
        ),
      ),
    ).toBe('model/malformed');
  });
});

describe('mutated files', () => {
  const seeds = [
    {
      bytes: onnxFile({
        nodes: [
          { op: 'Add', inputs: ['x', 'w'], outputs: ['z'] },
          { op: 'Relu', inputs: ['z'], outputs: ['y'] },
        ],
        weights: [{ name: 'w', dims: [4], values: [1, 2, 3, 4] }],
      }),
      read: (bytes: Uint8Array) => importOnnx(bytes),
    },
    { bytes: tfliteFile(), read: (bytes: Uint8Array) => importTflite(bytes) },
    { bytes: tfjsFile().json, read: (bytes: Uint8Array) => importTfjs(bytes, tfjsFile().weights) },
  ]; // prettier-ignore
  const edit = fc.record({
    at: fc.nat(),
    value: fc.integer({ min: 0, max: 255 }),
    kind: fc.constantFrom('set', 'cut', 'insert', 'repeat'),
  });

  it('are read or refused, never thrown on', () => {
    for (const { bytes, read } of seeds) {
      fc.assert(
        fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
          let current = [...bytes];
          for (const { at, value, kind } of edits) {
            const position = current.length === 0 ? 0 : at % current.length;
            if (kind === 'set') current[position] = value;
            else if (kind === 'cut') current = current.slice(0, position);
            else if (kind === 'insert') current.splice(position, 0, value);
            else current.splice(position, 0, ...current.slice(position, position + (value % 32)));
          }
          const result = read(Uint8Array.from(current));
          if (!result.ok) expect(result.error.code).toMatch(/^model\//);
        }),
        { numRuns: 1500 },
      );
    }
  });

  it('cut short anywhere are refused as cut, and never taken for another model', () => {
    const whole = tfliteFile();
    expect(importTflite(whole).ok).toBe(true);
    for (let length = 8; length < whole.length; length++) {
      const cut = importTflite(whole.subarray(0, length));
      expect([length, code(cut), cut.ok || cut.error.params?.what]).toEqual([
        length,
        'model/malformed',
        expect.stringMatching(/outside the file|past the end/),
      ]);
    }
  });

  it('of the corpus keep their codes', () => {
    expect(corpus.length).toBeGreaterThan(30);
    for (const { format, bytes, code: expected } of corpus) {
      const file = hex(bytes);
      const result = format === 'onnx' ? importOnnx(file) : format === 'tflite' ? importTflite(file) : importTfjs(file, tfjsFile().weights);
      expect([format, bytes.slice(0, 40), code(result)]).toEqual([format, bytes.slice(0, 40), expected]);
    }
  });
});
