// SPDX-License-Identifier: Apache-2.0
//
// model: from model files to exact integer networks (import → Graph → quantise → IntGraph → evaluate). Imports base only;
// program, prove, cli, workers and circuits may import it. Pure: bytes in, values out.

export { compareGraphs, compareIntGraphs, type GraphComparison } from './compare.ts';
export { type ConformanceCase, type ConformanceOutcome, type OpenedCase, openCase, runConformanceCase } from './conformance.ts';
export { integerKind, integerRange, rounder } from './dtype.ts';
export { evaluateFloat, runGraph } from './evaluate/float.ts';
export { exportOnnx } from './export/onnx.ts';
export type { Graph, GraphNode } from './graph.ts';
export { importOnnx } from './import/onnx/index.ts';
export type { ImportOptions } from './import/options.ts';
export { importTfjs, tfjsShards } from './import/tfjs/index.ts';
export { importTflite } from './import/tflite/index.ts';
export * from './integer.ts';
export { ops } from './ops/index.ts';
export { commandSeconds, type ProofCost } from './quantize/cost.ts';
export { type Quantized, type QuantizeOptions, type QuantizeStep, quantize } from './quantize/index.ts';
export type { InputReport, LayerReport, QuantizeReport } from './quantize/report.ts';
export { namesByOp, opsOf, supportedNames } from './supported.ts';
export type { DType, TensorType } from './tensor.ts';
