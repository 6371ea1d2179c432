// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ops } from './ops/index.ts';
import { namesByOp, opsOf, supportedNames } from './supported.ts';

/** The operations that the project set out with. */
const LIST =
  'Conv Gemm MatMul Add Sub Mul Min Max Clip Relu LeakyRelu PRelu Sigmoid HardSigmoid HardSwish Tanh AveragePool MaxPool GlobalAveragePool BatchNormalization LpNormalization ReduceSum ReduceMean ArgMax Concat Split Slice Pad Reshape Flatten Squeeze Unsqueeze Transpose Softmax QuantizeLinear DequantizeLinear QLinearConv QLinearMatMul'; // prettier-ignore

describe('the names of the formats', () => {
  it('each become operations of the registry, or nothing by intent', () => {
    let seen = 0;
    for (const [format, names] of Object.entries(supportedNames()))
      for (const name of names) {
        seen++;
        const made = opsOf(format, name);
        expect([format, name, made]).not.toEqual([format, name, undefined]);
        for (const op of made ?? []) expect([format, name, op, ops.has(op)]).toEqual([format, name, op, true]);
      }
    expect(seen).toBeGreaterThan(180);
  });

  it('are all in the importers, none invented', () => {
    for (const [format, names] of Object.entries(supportedNames())) {
      const told = [...namesByOp().values()].flatMap((row) => row[format] ?? []);
      expect([...new Set(told)].filter((name) => !names.includes(name))).toEqual([]);
    }
    expect(opsOf('ONNX', 'Frobnicate')).toBeUndefined();
  });

  it('reach every operation of the list, in float and in integers, from ONNX', () => {
    for (const op of LIST.split(' ')) {
      expect([op, ops.get(op)?.lower !== undefined]).toEqual([op, true]);
      expect([op, namesByOp().get(op)?.ONNX?.includes(op)]).toEqual([op, true]);
    }
  });
});
