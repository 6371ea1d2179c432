// SPDX-License-Identifier: Apache-2.0
//
// The registry: every operation the room knows, by name. A new op is a new file and a line here.
import { abs } from './abs.ts';
import { add } from './add.ts';
import { argMax } from './argMax.ts';
import { averagePool } from './averagePool.ts';
import { batchNormalization } from './batchNormalization.ts';
import { cast } from './cast.ts';
import { clip } from './clip.ts';
import { concat } from './concat.ts';
import { conv } from './conv.ts';
import { dequantizeLinear } from './dequantizeLinear.ts';
import { div } from './div.ts';
import { expand } from './expand.ts';
import { flatten } from './flatten.ts';
import { gemm } from './gemm.ts';
import { globalAveragePool } from './globalAveragePool.ts';
import { globalMaxPool } from './globalMaxPool.ts';
import { hardSigmoid } from './hardSigmoid.ts';
import { hardSwish } from './hardSwish.ts';
import { leakyRelu } from './leakyRelu.ts';
import { lpNormalization } from './lpNormalization.ts';
import { matMul } from './matMul.ts';
import { max } from './max.ts';
import { maxPool } from './maxPool.ts';
import { min } from './min.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import type { Op } from './op.ts';
import { pad } from './pad.ts';
import { pRelu } from './pRelu.ts';
import { qLinearConv } from './qLinearConv.ts';
import { qLinearMatMul } from './qLinearMatMul.ts';
import { quantizeLinear } from './quantizeLinear.ts';
import { reduceMean } from './reduceMean.ts';
import { reduceSum } from './reduceSum.ts';
import { relu } from './relu.ts';
import { reshape } from './reshape.ts';
import { sigmoid } from './sigmoid.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { split } from './split.ts';
import { sqrt } from './sqrt.ts';
import { squeeze } from './squeeze.ts';
import { sub } from './sub.ts';
import { sum } from './sum.ts';
import { tanh } from './tanh.ts';
import { transpose } from './transpose.ts';
import { unsqueeze } from './unsqueeze.ts';

const all: readonly Op[] = [
  abs,
  add,
  argMax,
  averagePool,
  batchNormalization,
  cast,
  clip,
  concat,
  conv,
  dequantizeLinear,
  div,
  expand,
  flatten,
  gemm,
  globalAveragePool,
  globalMaxPool,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  lpNormalization,
  matMul,
  max,
  maxPool,
  min,
  mul,
  neg,
  pad,
  pRelu,
  qLinearConv,
  qLinearMatMul,
  quantizeLinear,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  sigmoid,
  slice,
  softmax,
  split,
  sqrt,
  squeeze,
  sub,
  sum,
  tanh,
  transpose,
  unsqueeze,
]; // prettier-ignore

export const ops: ReadonlyMap<string, Op> = new Map(all.map((op) => [op.name, op]));
