// SPDX-License-Identifier: Apache-2.0
//
// static: serves the built app and the proof bundles from a list made at start-up: types, lifetimes, conditional and range requests,
// precompressed forms, and the security headers of every answer. Imports no other room; only the server may import it.

export { listFiles, type StaticFile, type StaticFiles } from './files.ts';
export { securityHeaders } from './headers.ts';
export { serveFile } from './serve.ts';
