// SPDX-License-Identifier: Apache-2.0
//
// credit-score, the statement in TypeScript: what is signed, what is public, what the circuit is given, and every check that can be
// made without the circuit. Pure; imports base and protocol. prove, verify, server, cli and app may import it. The circom side
// (circuit/, ceremony/) and the training (train/) are build tools: nothing here imports them.

export * from './credential.ts';
export * from './demo-issuer.ts';
export { type CurvePoint, isPublicKey, type Signature, SUBGROUP_ORDER } from './eddsa.ts';
export * from './features.ts';
export * from './model.ts';
export { type Field, packFeatures, packingLayout } from './packing.ts';
export * from './registry-root.ts';
export * from './statement.ts';
export * from './witness.ts';
