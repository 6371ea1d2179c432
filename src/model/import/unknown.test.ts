// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { importOnnx, importTflite } from '../index.ts';
import { onnxFile } from '../testing/files.test-util.ts';
import { tfliteOf } from '../testing/structures.test-util.ts';
import { operatorName } from './tflite/names.ts';
import { tfliteOps } from './tflite/table.ts';

const sentence = (result: ReturnType<typeof importOnnx>): string =>
  result.ok ? 'ok' : `${result.error.code} ${JSON.stringify(result.error.params)}`;

describe('operations that no importer knows', () => {
  it('are told all at once, by name and node', () => {
    const nodes = [
      { op: 'NoSuchOp', inputs: ['x'], outputs: ['a'] },
      { op: 'Relu', inputs: ['a'], outputs: ['b'] },
      { op: 'NorThis', inputs: ['b'], outputs: ['c'] },
      { op: 'NoSuchOp', inputs: ['c'], outputs: ['y'] },
    ];
    const said = sentence(importOnnx(onnxFile({ nodes })));
    expect(said).toMatch(/^model\/unsupported/);
    for (const words of ['NoSuchOp (2: ', 'NorThis (1: ']) expect(said).toContain(words);
    expect(said).not.toContain('Relu');
  });

  it('of a TFLite file have names', () => {
    const said = sentence(
      importTflite(
        tfliteOf({
          codes: [112, 150],
          tensors: [
            { shape: [1, 4], type: 0, buffer: 0, name: 'x' },
            { shape: [1, 4], type: 0, buffer: 0, name: 'y' },
            { shape: [1, 4], type: 0, buffer: 0, name: 'z' },
          ],
          inputs: [0],
          outputs: [2],
          operators: [
            { code: 0, inputs: [0], outputs: [1] },
            { code: 1, inputs: [1], outputs: [2] },
          ],
          buffers: [new Uint8Array()],
        }),
      ),
    );
    for (const words of ['REVERSE_SEQUENCE (1: y)', 'GELU (1: z)']) expect(said).toContain(words);
  });

  it('have the names that the table of known ones has, code by code', () => {
    expect(tfliteOps.size).toBeGreaterThan(20);
    for (const [code, [name]] of tfliteOps) expect(operatorName(code, ''), `${code}`).toBe(name);
    expect(operatorName(32, 'MyOp')).toBe('MyOp');
    expect(operatorName(9999, '')).toBe('operator 9999');
  });
});
