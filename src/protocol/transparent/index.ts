// SPDX-License-Identifier: Apache-2.0
//
// protocol/transparent: what the transparent prover and its fast verifier share: the plan of a program (where every cell lies, how
// long every message is), parameters with their computed soundness, the labelled transcript, the proof codec, and the linear
// equations that the messages amount to. docs/protocol.md says the same in prose. Imports base, field and program.

export * from './codec.ts';
export * from './equations.ts';
export * from './header.ts';
export * from './labels.ts';
export * from './memory.ts';
export * from './model.ts';
export * from './parameters.ts';
export * from './plan.ts';
export * from './soundness.ts';
export * from './transcript.ts';
