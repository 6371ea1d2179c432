// SPDX-License-Identifier: Apache-2.0
//
// model: from model files to exact integer networks (import → Graph → quantise → IntGraph → evaluate). Imports base only;
// program, prove, cli, workers and circuits may import it. Pure: bytes in, values out.

export { type ConformanceCase, type ConformanceOutcome, runConformanceCase } from './conformance.ts';
export { evaluateFloat, runGraph } from './evaluate/float.ts';
export { exportOnnx } from './export/onnx.ts';
export type { Graph, GraphNode } from './graph.ts';
export { importOnnx } from './import/onnx/index.ts';
export type { ImportOptions } from './import/options.ts';
export * from './intGraph.ts';
export { ops } from './ops/index.ts';
export type { DType, Tensor, TensorType } from './tensor.ts';
