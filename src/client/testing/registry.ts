import {
  appendLeaf,
  completedBy,
  type Digest,
  digestToHex,
  EMPTY_FRONTIER,
  frontierRoot,
  leavesToBytes,
  nodesOf,
  REGISTRY_TYPE,
  type RegistryState,
  SHELF_LEVEL,
} from '../../registry/index.ts';
import { json, type Network, ORIGIN, type SigningVerifier } from './fakes.ts';

/** A verifier's registry as it tells of it; `leaves` is what it keeps. */
export interface Told {
  readonly state: RegistryState;
  readonly nodes: readonly string[] | undefined;
  readonly leaves: readonly Digest[];
}

/** The truth about a registry of these leaves. */
export function told(registry: string, leaves: readonly Digest[], level = SHELF_LEVEL): Told {
  let frontier = EMPTY_FRONTIER;
  const full: Digest[] = [];
  for (const leaf of leaves) {
    const node = completedBy(frontier, leaf, level);
    if (node !== undefined) full.push(node);
    frontier = appendLeaf(frontier, leaf);
  }
  const root = digestToHex(frontierRoot(frontier));
  return {
    state: { v: 1, iss: ORIGIN, registry, size: leaves.length, root, time: 6, iat: 7 },
    nodes: full.length > 1 ? nodesOf(full, frontier, level).map(digestToHex) : undefined,
    leaves,
  };
}

/** Serves it as the registry `id`, whatever it says it is. Returns what is asked for of it, piece by piece. */
export function serveRegistry(net: Network, verifier: SigningVerifier, id: string, { state, nodes, leaves }: Told): string[] {
  const asked: string[] = [];
  net.routes.set('GET /.well-known/jwks.json', () => json(verifier.jwks));
  net.routes.set(`GET /v1/registries/${id}`, async () =>
    json({ registry: await verifier.sign(state, { typ: REGISTRY_TYPE }), ...(nodes !== undefined && { nodes }) }),
  );
  net.routes.set(`GET /v1/registries/${id}/leaves`, (request) => {
    const query = new URL(request.url).searchParams;
    const [from, to] = [Number(query.get('from')), Number(query.get('to'))];
    asked.push(`${from}-${to}`);
    return new Response(leavesToBytes(leaves.slice(from, to)) as Uint8Array<ArrayBuffer>);
  });
  return asked;
}
