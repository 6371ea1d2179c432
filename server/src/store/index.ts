// SPDX-License-Identifier: Apache-2.0
//
// store: what the verifier remembers (requests, verdicts, spent nullifiers) behind one interface, and its SQLite form. All SQL of
// the project is in this folder. Imports base, protocol and registry; only the server may import it.

export { openSqliteStore } from './sqlite.ts';
export * from './store.ts';
