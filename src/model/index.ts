// SPDX-License-Identifier: Apache-2.0
//
// model: from model files to exact integer networks (import → Graph → quantise → IntGraph → evaluate). Imports base only;
// program, prove, cli, workers and circuits may import it. Pure: bytes in, values out.

export * from './intGraph.ts';
