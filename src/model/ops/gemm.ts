// SPDX-License-Identifier: Apache-2.0
import { broadcastShapes, broadcastStrides, sameShape, walk } from '../tensor.ts';
import { transposed } from './matMul.ts';
import { floatAttr, intAttr, misfit, type Op, type OpCall, result, tensorAt, typeOf, unsupported } from './op.ts';

interface Plan {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly turnA: boolean;
  readonly turnB: boolean;
}

function planOf(call: OpCall): Plan {
  const a = typeOf(call, 0).shape;
  const b = typeOf(call, 1).shape;
  if (a.length !== 2 || b.length !== 2) misfit(call, 'both operands must be matrices');
  const turnA = intAttr(call, 'transA', 0) !== 0;
  const turnB = intAttr(call, 'transB', 0) !== 0;
  const [rows, inner] = (turnA ? [a[1], a[0]] : a) as [number, number];
  const [height, columns] = (turnB ? [b[1], b[0]] : b) as [number, number];
  if (inner !== height) misfit(call, `${rows}x${inner} times ${height}x${columns}`);
  const c = call.types[2];
  if (c !== undefined && !sameShape(broadcastShapes(c.shape, [rows, columns]) ?? [], [rows, columns]))
    misfit(call, 'the addend does not broadcast to the product');
  return { rows, inner, columns, turnA, turnB };
}

export const gemm: Op = {
  name: 'Gemm',
  summary: 'alpha · A · B + beta · C',
  proof: 'linear map (constant B)',
  arity: [2, 3],
  infer: (call) => {
    const { rows, columns } = planOf(call);
    return [{ dtype: typeOf(call, 0).dtype, shape: [rows, columns] }];
  },
  evaluate: (call, inputs) => {
    const { rows, inner, columns, turnA, turnB } = planOf(call);
    const a = tensorAt(inputs, 0);
    const b = tensorAt(inputs, 1);
    const alpha = floatAttr(call, 'alpha', 1);
    const beta = floatAttr(call, 'beta', 1);
    const out = new Float64Array(rows * columns);
    const c = inputs[2];
    if (c !== undefined) {
      walk([rows, columns], broadcastStrides(c.shape, [rows, columns]), 0, (position, offset) => {
        out[position] = beta * (c.data[offset] as number);
      });
    }
    for (let r = 0; r < rows; r++) {
      for (let o = 0; o < columns; o++) {
        let sum = 0;
        for (let i = 0; i < inner; i++) {
          sum += (a.data[turnA ? i * rows + r : r * inner + i] as number) * (b.data[turnB ? o * inner + i : i * columns + o] as number);
        }
        out[r * columns + o] = (out[r * columns + o] as number) + alpha * sum;
      }
    }
    return [result(a.dtype, [rows, columns], out)];
  },
  lower: (q, call, [a, b, c]) => {
    const weights = b && q.constantOf(b);
    if (a === undefined || weights === undefined) return unsupported(call, 'B must be a constant');
    const { turnA, turnB } = planOf(call);
    const alpha = floatAttr(call, 'alpha', 1);
    const turned = turnB ? weights : transposed(weights);
    const x = turnA ? q.transpose(call, a, [1, 0]) : a;
    const y = q.dense(call, x, { shape: turned.shape, data: turned.data.map((w) => w * alpha) });
    if (c === undefined) return [y];
    return [q.add(call, y, q.scale(call, c, { shape: [], data: Float64Array.of(floatAttr(call, 'beta', 1)) }))];
  },
};
