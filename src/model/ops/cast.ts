// SPDX-License-Identifier: Apache-2.0
import { rounder } from '../dtype.ts';
import { type DType, dtypes, isFloat } from '../tensor.ts';
import { intAttr, type Op, type OpCall, tensorAt, textAttr, typeOf, unsupported } from './op.ts';

function target(call: OpCall): DType {
  const name = textAttr(call, 'to', '');
  return dtypes.find((dtype) => dtype === name) ?? unsupported(call, `type ${name}`);
}

export const cast: Op = {
  name: 'Cast',
  summary: 'another element type',
  proof: 'removed (between floats); a cast that rounds has no integer form',
  arity: [1, 1],
  infer: (call) => [{ dtype: target(call), shape: typeOf(call, 0).shape }],
  evaluate: (call, inputs) => {
    const x = tensorAt(inputs, 0);
    const dtype = target(call);
    return [{ dtype, shape: x.shape, data: x.data.map(rounder(dtype, intAttr(call, 'saturate', 1) !== 0)) }];
  },
  lower: (q, call, [x]) => {
    if (x === undefined) return unsupported(call, 'no input');
    return isFloat(target(call)) ? [x] : q.refuse(call, 'it rounds to whole numbers');
  },
};
