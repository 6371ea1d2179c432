// SPDX-License-Identifier: Apache-2.0
//
// credit-score/transparent: the statement of credit-score for the transparent system: the leaf of a credential, the program of a model,
// its public values and its witness. Pure; imports base, field, program, protocol, registry and the statement above it. prove's
// callers (workers, cli), verify, the verifier service and its demo issuer may import it.

export * from './leaf.ts';
export { type CreditProgram, creditProgram } from './program.ts';
export * from './statement.ts';
export * from './witness.ts';
