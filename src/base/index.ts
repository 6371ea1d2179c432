// SPDX-License-Identifier: Apache-2.0
//
// base: Result, the error catalogue, bytes, hashes and canonical JSON. Imports no other room; every room may import it.
// Runs unchanged in a page, a worker and Node: no DOM, no Node, no clock, no randomness.

export * from './bytes.ts';
export * from './errors.ts';
export * from './json.ts';
export * from './result.ts';
