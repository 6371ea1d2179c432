// SPDX-License-Identifier: Apache-2.0
import type { Lowering, QValue, Reals } from '../quantize/lowering.ts';
import { broadcastShapes, broadcastStrides, sizeOf, type Tensor, type TensorType, walk } from '../tensor.ts';
import { misfit, type Op, type OpCall, result, tensorAt, typeOf, unsupported } from './op.ts';

interface Plan {
  readonly batch: readonly number[];
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly shape: readonly number[];
}

/** numpy matmul: one-axis operands get an axis that is dropped again. */
export function matMulPlan(call: OpCall, a: TensorType, b: TensorType): Plan {
  if (a.shape.length === 0 || b.shape.length === 0) misfit(call, 'an operand is a scalar');
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  const [rows, inner] = left.slice(-2) as [number, number];
  const [height, columns] = right.slice(-2) as [number, number];
  if (inner !== height) misfit(call, `${a.shape.join('x')} times ${b.shape.join('x')}`);
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2)) ?? misfit(call, 'the batch axes do not broadcast');
  const shape = [...batch, ...(a.shape.length === 1 ? [] : [rows]), ...(b.shape.length === 1 ? [] : [columns])];
  sizeOf([...batch, rows, columns], call.node.name);
  return { batch, rows, inner, columns, left, right, shape };
}

export function multiply(plan: Plan, a: (position: number) => number, b: (position: number) => number): Float64Array {
  const { batch, rows, inner, columns } = plan;
  const out = new Float64Array(sizeOf([...batch, rows, columns]));
  const rightBase: number[] = [];
  const scaled = (shape: readonly number[], size: number): number[] =>
    broadcastStrides(shape.slice(0, -2), batch).map((stride) => stride * size);
  walk(batch, scaled(plan.right, inner * columns), 0, (_, offset) => rightBase.push(offset));
  walk(batch, scaled(plan.left, rows * inner), 0, (position, offset) => {
    const base = rightBase[position] as number;
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < inner; i++) {
        const x = a(offset + r * inner + i);
        for (let c = 0; c < columns; c++) {
          const at = (position * rows + r) * columns + c;
          out[at] = (out[at] as number) + x * b(base + i * columns + c);
        }
      }
    }
  });
  return out;
}

/** Weights [I, O] as the [O, I] of a dense map. */
export function transposed(weights: Reals): Reals {
  const [inputs, outputs] = weights.shape as [number, number];
  const data = new Float64Array(inputs * outputs);
  for (let i = 0; i < inputs; i++) for (let o = 0; o < outputs; o++) data[o * inputs + i] = weights.data[i * outputs + o] as number;
  return { shape: [outputs, inputs], data };
}

export const matMul: Op = {
  name: 'MatMul',
  summary: 'matrix product over the last two axes, batch axes broadcast',
  proof: 'by constant weights: linear map; of two values: one quadratic a term',
  arity: [2, 2],
  infer: (call) => {
    const a = typeOf(call, 0);
    const b = typeOf(call, 1);
    if (a.dtype !== b.dtype) misfit(call, 'element types differ');
    return [{ dtype: a.dtype, shape: matMulPlan(call, a, b).shape }];
  },
  evaluate: (call, inputs) => {
    const a = tensorAt(inputs, 0);
    const b: Tensor = tensorAt(inputs, 1);
    const plan = matMulPlan(call, a, b);
    return [
      result(
        a.dtype,
        plan.shape,
        multiply(
          plan,
          (at) => a.data[at] as number,
          (at) => b.data[at] as number,
        ),
      ),
    ];
  },
  lower: (q, call, [a, b]) => (a && b ? [lowerMatMul(q, call, a, b)] : unsupported(call, 'an input is missing')),
};

export function lowerMatMul(q: Lowering, call: OpCall, a: QValue, b: QValue): QValue {
  const plan = matMulPlan(call, { dtype: 'float32', shape: a.shape }, { dtype: 'float32', shape: b.shape });
  const right = q.constantOf(b);
  const left = q.constantOf(a);
  if (right !== undefined && right.shape.length <= 2) {
    const weights = transposed({ shape: [plan.inner, plan.columns], data: right.data });
    return q.reshape(call, q.dense(call, q.reshape(call, a, plan.left), weights), plan.shape);
  }
  if (left !== undefined && left.shape.length === 2 && b.shape.length >= 2) {
    // (A B) = (Bᵀ Aᵀ)ᵀ, so that the constant is again a dense map over the last axis.
    const swap = b.shape.map((_, axis) => (axis < b.shape.length - 2 ? axis : 2 * b.shape.length - 3 - axis));
    return q.transpose(call, q.dense(call, q.transpose(call, b, swap), left), swap);
  }
  if (left !== undefined || right !== undefined) return q.refuse(call, 'a constant operand with batch axes');
  const full = [...plan.batch, plan.rows, plan.columns, plan.inner];
  if (sizeOf(full) > 2 ** 22) return q.refuse(call, `a product of two values with ${sizeOf(full)} terms`);
  const rank = full.length;
  const lone = (x: QValue, shape: readonly number[], axis: number): QValue => {
    const padded = [...new Array<number>(rank - 1 - shape.length).fill(1), ...shape];
    return q.reshape(call, x, [...padded.slice(0, axis), 1, ...padded.slice(axis)]);
  };
  const x = lone(a, plan.left, rank - 2);
  const swap = plan.right.map((_, axis) => (axis < plan.right.length - 2 ? axis : 2 * plan.right.length - 3 - axis));
  const turned = q.transpose(call, q.reshape(call, b, plan.right), swap);
  const y = lone(
    turned,
    swap.map((axis) => plan.right[axis] as number),
    rank - 3,
  );
  const terms = q.product(call, q.expand(call, x, full), q.expand(call, y, full));
  return q.reshape(call, q.reduceSum(call, terms, [rank - 1]), plan.shape);
}
