// SPDX-License-Identifier: Apache-2.0
//
// verify/transparent: the verifier of transparent proofs: pure, total on any bytes, work and memory bounded by the program. Imports
// base, field, program, protocol, protocol/transparent, registry and the statements of circuits. Whoever checks proofs imports it:
// server, CLI, the app's verify page.

export { prepareTransparentBundle, type TransparentAnswer, type TransparentBundle, verifyTransparentProof } from './credit.ts';
export { type FaceVerifyJob, facePublics, verifyFaceProof } from './face.ts';
export { checkModelFile, type ModelVerifyJob, verifyModelProof } from './model.ts';
export { type Verified, type VerifyJob, verifyTransparent } from './verifier.ts';
