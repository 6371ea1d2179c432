// SPDX-License-Identifier: Apache-2.0
//
// The product of two values: one quadratic a position.
import type { OpCall } from '../../ops/op.ts';
import { broadcastShapes } from '../../tensor.ts';
import type { QValue } from '../lowering.ts';
import { combine } from '../reals.ts';
import { type Context, refuseAt } from './context.ts';
import { scaleOf } from './scales.ts';
import { loneOf, narrow, roundAgain, settle } from './settle.ts';
import { expand } from './structure.ts';

export function product(cx: Context, call: OpCall, a: QValue, b: QValue): QValue {
  const shape = broadcastShapes(a.shape, b.shape) ?? refuseAt(call, 'the shapes do not broadcast');
  const operand = (x: QValue): QValue => {
    const settled = settle(cx, call, x);
    return settled.terms.every((term) => narrow(cx, term.tensor)) ? settled : roundAgain(cx, call, x);
  };
  const left = loneOf(cx, call, expand(cx, call, operand(a), shape), false);
  const right = a === b ? left : loneOf(cx, call, expand(cx, call, operand(b), shape), false);
  const factors = combine(left.factors, right.factors, (x, y) => x * y);
  const tensor = cx.builder.product(call.node.name, left.tensor, right.tensor, scaleOf(factors));
  return {
    shape,
    terms: [{ tensor, map: { kind: 'scale', factors } }],
    bias: undefined,
    name: '',
  };
}
