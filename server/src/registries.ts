// SPDX-License-Identifier: Apache-2.0
import { checkRoot } from '../../circuits/credit-score/index.ts';
import { err, ok, type Result } from '../../src/base/index.ts';
import { slug } from '../../src/protocol/index.ts';
import {
  digestFromHex,
  digestToHex,
  EMPTY,
  isBucket,
  isEmptyLeaf,
  parsePush,
  REGISTRY_TYPE,
  type RegistryState,
} from '../../src/registry/index.ts';
import { isFaceRegistry } from './faces/faces.ts';
import type { Issuer, Issuers } from './issuers.ts';
import type { Services } from './services.ts';
import { StartError } from './start-error.ts';

/** A registry: of an issuer, whose key signs every root, or (without one) kept by this service itself. */
export interface Registry {
  readonly id: string;
  readonly issuer?: Issuer;
}

export interface Registries {
  readonly byId: ReadonlyMap<string, Registry>;
  /** Seconds for which a root may have been replaced before a request was made and still be proven against. */
  readonly rootAge: number;
}

/** The registry of the issuer that is configured as `issuer`. */
export const issuerRegistryId = (issuer: string): string => `issuer.${issuer}`;

/** `kept`: ids of the registries that this service keeps itself. Throws StartError for an id that cannot be written in messages. */
export function openRegistries(issuers: Issuers, rootMinutes: number, kept: readonly string[] = []): Registries {
  const all: Registry[] = [...issuers].map(([id, issuer]) => ({ id: issuerRegistryId(id), issuer }));
  all.push(...kept.map((id) => ({ id })));
  for (const { id } of all)
    if (!slug.safeParse(id).success) throw new StartError(`The registry id ${id} is too long: shorten the issuer’s id.`);
  return { byId: new Map(all.map((registry) => [registry.id, registry])), rootAge: 60 * rootMinutes };
}

/** The registry called `id`, an untrusted text. Errors: registry/unknown. */
export function findRegistry({ registries, faces }: Pick<Services, 'registries' | 'faces'>, id: string): Result<Registry> {
  const registry = registries.byId.get(id) ?? (isFaceRegistry(faces, id) ? { id } : undefined);
  return registry === undefined ? err('registry/unknown', { registry: id.slice(0, 64) }) : ok(registry);
}

/**
 * How a registry stands, as a JWS by this verifier; beside it, for one of several shelves, the nodes that give the signed root. Errors:
 * registry/unknown.
 */
export async function registryState(services: Services, id: string): Promise<Result<{ registry: string; nodes?: readonly string[] }>> {
  const found = findRegistry(services, id);
  if (!found.ok) return found;
  const stored = await services.store.registry(id);
  const state: RegistryState = {
    v: 1,
    iss: services.origin,
    registry: id,
    size: stored?.frontier.size ?? 0,
    root: stored?.root ?? digestToHex(EMPTY[EMPTY.length - 1] ?? []),
    time: stored?.time ?? 0,
    iat: services.clock(),
    ...(stored?.issued === undefined ? {} : { issued: stored.issued }),
  };
  const nodes = stored === undefined ? [] : await services.store.registryNodes(id, stored.frontier);
  const registry = await services.keys.sign(REGISTRY_TYPE, state);
  return ok({ registry, ...(nodes.length === 0 ? {} : { nodes: nodes.map(digestToHex) }) });
}

/**
 * Leaves [from, to) of a registry, 32 bytes each; `from` and `to` as decimal texts of the address, one piece of `bucketsOf` of some size
 * up to the present one. Errors: registry/unknown, input/malformed.
 */
export async function registryLeaves(services: Services, id: string, from = '', to = ''): Promise<Result<Uint8Array>> {
  const found = findRegistry(services, id);
  if (!found.ok) return found;
  const decimal = /^(?:0|[1-9][0-9]{0,9})$/;
  const size = (await services.store.registry(id))?.frontier.size ?? 0;
  if (!decimal.test(from) || !decimal.test(to) || !isBucket(Number(from), Number(to), size))
    return err('input/malformed', { what: 'from, to: not a piece of this registry' });
  return ok(await services.store.leaves(id, Number(from), Number(to)));
}

/**
 * Appends what an issuer pushes to its registry, in one transaction, when its own key signed the root that comes of it. Needs no other
 * authentication: whoever can sign such a root is the issuer. Errors: registry/unknown (also for one that has no issuer),
 * registry/malformed, registry/signature, registry/conflict, registry/mismatch.
 */
export async function pushLeaves(services: Services, id: string, body: unknown): Promise<Result<{ size: number; root: string }>> {
  const found = findRegistry(services, id);
  if (!found.ok) return found;
  const { issuer } = found.value;
  if (issuer === undefined) return err('registry/unknown', { registry: id.slice(0, 64) });
  const push = parsePush(body);
  if (!push.ok) return push;
  const { from, leaves, statement, signature } = push.value;
  const now = services.clock();
  if (statement.registry !== id || statement.size !== from + leaves.length)
    return err('registry/malformed', { what: 'statement: of another registry or size' });
  if (Math.abs(now - statement.time) > services.limits.freshness) return err('registry/malformed', { what: 'statement: time' });
  if (!checkRoot(issuer, statement, signature)) return err('registry/signature', { registry: id });
  const digests = leaves.map((hex) => digestFromHex(hex) ?? []);
  if (digests.some(isEmptyLeaf)) return err('registry/malformed', { what: 'an empty leaf' });
  const { root, time } = statement;
  const appended = await services.store.appendLeaves({ registry: id, from, leaves: digests, root, now, issued: { time, signature } });
  if (appended.outcome === 'conflict') return err('registry/conflict', { registry: id, size: appended.size });
  if (appended.outcome === 'mismatch') return err('registry/mismatch', { registry: id });
  return ok({ size: statement.size, root });
}

/**
 * Whether a proof for a request made at `requestedAt` may stand on `root`: the root was the newest one at some moment that lies at
 * most `rootAge` before the request, or after it. Errors: registry/unknown, registry/unknown-root, registry/stale-root.
 */
export async function freshRoot(services: Services, id: string, root: string, requestedAt: number): Promise<Result<void>> {
  const found = findRegistry(services, id);
  if (!found.ok) return found;
  const history = await services.store.rootHistory(id, root);
  if (history === undefined) return err('registry/unknown-root', { registry: id });
  const { replaced } = history;
  return replaced !== undefined && replaced < requestedAt - services.registries.rootAge ? err('registry/stale-root') : ok(undefined);
}
