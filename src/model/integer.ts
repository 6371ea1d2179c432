// SPDX-License-Identifier: Apache-2.0
//
// The second door of model: exact integer networks alone, without the importers and the parser library behind them. Whoever proves
// or verifies a network comes in here, so that a verifier ships no parser of model files.

export { addBias, addMap, evaluateIntegers, type LinearEngine, plainLinear, type RunOptions, runIntegers } from './evaluate/integer.ts';
export { outsideRange } from './inputRange.ts';
export { checkIntGraph } from './intCheck.ts';
export { decodeIntGraph, encodeIntGraph, intGraphHash } from './intCodec.ts';
export * from './intGraph.ts';
export { columnRange, linearRange, productRange } from './intRange.ts';
export { decodeOutput, encodeInput, type InputCoding, rangeCoding } from './quantize/input.ts';
export type { Tensor } from './tensor.ts';
