// SPDX-License-Identifier: Apache-2.0
import type { AnyRequest, ProofSystem } from '../../../src/protocol/index.ts';
import type { Digest, Frontier, RegistryState } from '../../../src/registry/index.ts';

/** A request as it is kept: what was signed, and what has happened to it. Times are Unix seconds. */
export interface StoredRequest {
  readonly request: AnyRequest;
  /** The compact JWS the app reads. */
  readonly jws: string;
  readonly status: 'open' | 'accepted';
  readonly attempts: number;
}

export interface NewRequest {
  readonly request: AnyRequest;
  readonly jws: string;
  /** The partner's idempotency key, and the hash of the order it came with. */
  readonly key: string;
  readonly orderHash: string;
}

export interface StoredVerdict {
  readonly result: 'accepted' | 'rejected';
  readonly jws: string;
}

export interface Acceptance {
  readonly id: string;
  /** The scope as a field element, and the nullifier, both canonical hex: one person answers once in a scope. */
  readonly scope: string;
  /** A person has another nullifier in another system, so the first acceptance in a scope pins it to one. */
  readonly system: ProofSystem;
  readonly nullifier: string;
  readonly verdict: string;
  /** What the person's browser is given to bring to the partner; 16 bytes, hex. */
  readonly returnCode: string;
  readonly now: number;
  /** A leaf that enters a registry of the service with this acceptance, or not at all. */
  readonly append?: { readonly registry: string; readonly leaf: Digest };
}

/** How a registry stands. */
export interface StoredRegistry {
  readonly frontier: Frontier;
  /** Hex, as `digestToHex` writes it. */
  readonly root: string;
  /** When this root became the newest. */
  readonly time: number;
  readonly issued?: RegistryState['issued'];
}

export interface NewLeaves {
  readonly registry: string;
  /** The size that the leaves follow on; when it is another by now, nothing is appended. */
  readonly from: number;
  readonly leaves: readonly Digest[];
  /** The root that must come of it; checked before anything is kept. */
  readonly root?: string;
  readonly now: number;
  readonly issued?: RegistryState['issued'];
}

/** A face that was proven to be enrolled: one leaf of a family of registries, of which the newest is the one that counts. */
export interface NewFace {
  readonly family: string;
  /** Hex. */
  readonly commitment: string;
  /** SHA-256 of what revokes it, hex. */
  readonly revocation: string;
  readonly now: number;
}

export type Appended =
  | { readonly outcome: 'appended'; readonly root: string }
  /** `size`: what the registry has by now. */
  | { readonly outcome: 'conflict'; readonly size: number }
  /** The leaves lead to another root than the one given. */
  | { readonly outcome: 'mismatch' };

/**
 * What the service remembers. Every method is atomic on its own and safe from any number of processes; what has been
 * answered with success survives a crash and a power loss. Promises, so that a database across a network fits too.
 */
export interface Store {
  /** `created: false`: the partner has used this key before, and here is the order and the request it was used for. */
  createRequest(entry: NewRequest): Promise<{ created: boolean; stored: StoredRequest; orderHash: string }>;
  request(id: string): Promise<StoredRequest | undefined>;
  /** Counts one attempt before it is checked, so that parallel ones cannot exceed `limit`. */
  takeAttempt(id: string, now: number, limit: number): Promise<'taken' | Refusal>;
  /** Keeps the newest rejection of a request that is still open; an accepted request keeps its verdict. */
  reject(id: string, verdict: string, now: number): Promise<void>;
  /** One transaction: request used, scope pinned, nullifier spent, verdict kept; or none of them. */
  accept(acceptance: Acceptance): Promise<'accepted' | 'nullifier-used' | 'scope-pinned' | Refusal>;
  /** The system that a scope was first answered in. */
  scopeSystem(scope: string): Promise<ProofSystem | undefined>;
  /** Whose proof was accepted, and the code it was answered with; undefined while none was (or before codes were made). */
  acceptance(id: string): Promise<{ nullifier: string; returnCode: string } | undefined>;
  verdict(id: string): Promise<StoredVerdict | undefined>;
  /** A registry that has leaves; undefined while it has none. */
  registry(id: string): Promise<StoredRegistry | undefined>;
  /** One transaction: leaves, frontier, root and root history; or nothing of it. */
  appendLeaves(leaves: NewLeaves): Promise<Appended>;
  /**
   * Whether `holder` (what a credential names) and `leafHolder` (what its leaf names) belong together in a registry: the first time that either is
   * seen they are bound to one another, and for good.
   */
  bindHolder(registry: string, holder: string, leafHolder: string, now: number): Promise<boolean>;
  /**
   * The nodes of every begun shelf of a registry at the size of `frontier`, which it had or has; none while it has one shelf.
   */
  registryNodes(registry: string, frontier: Frontier): Promise<readonly Digest[]>;
  /** Leaves [from, to) as bytes, 32 each; the caller knows that they are there. */
  leaves(registry: string, from: number, to: number): Promise<Uint8Array>;
  /** When a root was the newest: from `since` until `replaced`, which is absent while it still is. undefined: it never was. */
  rootHistory(registry: string, root: string): Promise<{ since: number; replaced?: number } | undefined>;
  /**
   * One transaction: a face that is new enters the newest registry of its family. `known`: it is there already; `revoked`: it was, and
   * does not come back.
   */
  enrolFace(face: NewFace): Promise<{ readonly outcome: 'enrolled' | 'known' | 'revoked'; readonly registry: string }>;
  /**
   * One transaction: the face is struck off, and a new registry of the family begins with all other leaves in their places. `revocation`:
   * the hash of the key that was brought. Copies the leaves, and hashes one shelf of them.
   */
  revokeFace(face: NewFace): Promise<'revoked' | 'unknown' | 'refused'>;
  /** The newest registry of a family. */
  faceRegistry(family: string): Promise<string>;
  /** Forgets requests and verdicts that expired before `before`; nullifiers stay. Returns how many were forgotten. */
  purge(before: number): Promise<number>;
  /** Throws when the store cannot answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type Refusal = 'unknown' | 'used' | 'expired' | 'exhausted';

/** Another process held the database for longer than the patience of this one. */
export class StoreBusyError extends Error {
  override readonly name = 'StoreBusyError';
}
