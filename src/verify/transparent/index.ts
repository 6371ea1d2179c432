// SPDX-License-Identifier: Apache-2.0
//
// verify/transparent: the verifier of transparent proofs: pure, total on any bytes, work and memory bounded by the program. Imports
// base, field, program, protocol and protocol/transparent. Whoever checks proofs imports it: server, CLI, the app's verify page.

export { type FaceVerifyJob, facePublics, verifyFaceProof } from './face.ts';
export { checkModelFile, type ModelVerifyJob, verifyModelProof } from './model.ts';
export { type Verified, type VerifyJob, verifyTransparent } from './verifier.ts';
