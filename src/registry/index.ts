// SPDX-License-Identifier: Apache-2.0
//
// registry: append-only trees of leaves that a private membership path leads out of (an issuer's credentials, enrolled templates):
// the tree and its roots at every size, what a server keeps to append to one, the shelves that a large one is fetched by, the
// elements that digests and scopes are, and the strict readers of roots and leaves. Pure. Imports base, field and protocol; statements
// (circuits), verify, client, cli and the verifier service may import it.

export * from './digest.ts';
export * from './frontier.ts';
export * from './messages.ts';
export * from './shelves.ts';
export * from './tree.ts';
