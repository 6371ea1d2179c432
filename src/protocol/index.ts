// SPDX-License-Identifier: Apache-2.0
//
// protocol: the messages that partner, app and verifier exchange (request, credential, proof, bundle, verdict), their
// strict readers, and how each is hashed into a public signal. Imports base; every room above may import it.
// Signatures, clocks and stores are the callers': this room is pure.

export * from './bundle.ts';
export * from './credential.ts';
export * from './faceProof.ts';
export * from './faceRequest.ts';
export * from './field.ts';
export * from './modelProof.ts';
export * from './proof.ts';
export * from './request.ts';
export {
  hexBytes,
  type ProofSystem,
  parseShape,
  proofSystem,
  shortText,
  shownText,
  slug,
  unixSeconds,
  webOrigin,
  webUrl,
} from './shape.ts';
export * from './soundness.ts';
export * from './verdict.ts';
