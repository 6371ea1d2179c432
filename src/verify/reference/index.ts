// SPDX-License-Identifier: Apache-2.0
//
// verify/reference: a second verifier of transparent proofs, written from docs/protocol.md alone: big integers, brute force over every
// cell, no shared arithmetic, transcript, plan or equations. It imports types and nothing else from the other rooms (the
// program it is given, the shape of a result). The suites ask both verifiers about every proof; nothing else imports it.

export { verifyReference } from './verifier.ts';
