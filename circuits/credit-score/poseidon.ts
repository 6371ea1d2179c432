// SPDX-License-Identifier: Apache-2.0
import { poseidon3 } from 'poseidon-lite/poseidon3';
import { poseidon5 } from 'poseidon-lite/poseidon5';
import { poseidon6 } from 'poseidon-lite/poseidon6';
import { hashToField } from '../../src/protocol/index.ts';

// Poseidon over BN254 with circomlib's parameters (Grassi et al., USENIX Security 2021; x^5, 8 full rounds).
// Every use of ours begins with a tag of its own, so that a value hashed for one purpose is never a hash for another.
// The signature's own hash (poseidon5 of R, A, message) has no tag, because circomlib's verifier has none: its arity is used nowhere else.

export const TAG_HOLDER = hashToField('tacit/holder/v1');
export const TAG_NULLIFIER = hashToField('tacit/nullifier/v1');
export const TAG_CREDENTIAL = hashToField('tacit/credential/v1');

/** Inputs are canonical field elements; the callers read them with hexToField. */
export const hash3 = (a: bigint, b: bigint, c: bigint): bigint => poseidon3([a, b, c]) as bigint;
export const hash5 = (a: bigint, b: bigint, c: bigint, d: bigint, e: bigint): bigint => poseidon5([a, b, c, d, e]) as bigint;
export const hash6 = (a: bigint, b: bigint, c: bigint, d: bigint, e: bigint, f: bigint): bigint => poseidon6([a, b, c, d, e, f]) as bigint;
