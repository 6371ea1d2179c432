// SPDX-License-Identifier: Apache-2.0
//
// groth16: our own strict check of Groth16 proofs over BN254 (Groth, EUROCRYPT 2016), on the pairing of @noble/curves. Part of the
// room verify; knows nothing of statements.

export { holds, type PreparedKey, prepareKey, readProof } from './check.ts';
export { MAX_KEY_BYTES, parseVerificationKey } from './key.ts';
