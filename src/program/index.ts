// SPDX-License-Identifier: Apache-2.0
//
// program: the compiled, quantised statement that the transparent system proves: blocks, linear forms with adjoints, lookups,
// quadratics, equalities and public values; builders and gadgets that make programs, and the plain meaning of one
// (evaluation, honest witnesses). Imports base, field and model's integer graph; prove, verify and the statements import it.

export * from './builder.ts';
export * from './check.ts';
export { addGraph, type Collector, type CompiledGraph, type FilledBlock } from './compile.ts';
export * from './encode.ts';
export { evaluateForm } from './evaluate.ts';
export * from './forms.ts';
export * from './gadgets/commitment.ts';
export * from './gadgets/compare.ts';
export * from './gadgets/cosine.ts';
export * from './gadgets/limbs.ts';
export * from './gadgets/merkle.ts';
export * from './gadgets/poseidon2.ts';
export * from './gadgets/sponge.ts';
export * from './linear.ts';
export { type Evaluate, INPUT_TAG, type ModelOptions, type ModelStatement, modelStatement } from './model.ts';
export { type ModelOutput, type ModelProgram, modelProgram } from './modelProgram.ts';
export type { ModelPolicy } from './policy.ts';
export { MOST_CELLS, MOST_ROWS, type PlanningSize, planningSize } from './size.ts';
export * from './tables.ts';
export * from './types.ts';
export * from './witness.ts';
export { TooMuchWork, Work } from './work.ts';
