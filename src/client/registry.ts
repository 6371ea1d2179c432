import * as z from 'zod';
import { checkRoot } from '../../circuits/credit-score/index.ts';
import { err, ok, type Result } from '../base/index.ts';
import type { ProofRequest } from '../protocol/index.ts';
import {
  bucketsOf,
  type Digest,
  digestFromHex,
  issuedStatement,
  type Lookup,
  MAX_SHELVES,
  type MerklePath,
  openShelf,
  parseRegistryState,
  REGISTRY_TYPE,
  type RegistryState,
  RegistryTree,
  readLeaves,
  readNodes,
  SHELF_LEVEL,
  shelfCount,
  shelfOf,
  shelfSpan,
  signedTree,
} from '../registry/index.ts';
import type { Http } from './http.ts';
import { readSigned } from './jws.ts';

/** Of which registry, at which verifier. */
interface Named {
  readonly registry: string;
  readonly verifier: string;
}

export interface Search {
  readonly leaf: Digest;
  /** Where this device has found the leaf before. Places do not change, so it is looked for on that shelf and on no other. */
  readonly known?: number | undefined;
  /** Whether this state may be used, before any leaf is asked for. */
  readonly accept?: (state: RegistryState) => Result<unknown>;
  readonly signal?: AbortSignal | undefined;
  /** Of a shelf; small in tests. */
  readonly level?: number;
}

/** A place in a registry: what a membership proof takes. */
export interface Place {
  readonly position: number;
  readonly path: MerklePath;
}

export interface Searched {
  readonly state: RegistryState;
  /** The root that was signed. */
  readonly root: Digest;
  /** undefined: the leaf is not there. */
  readonly place: Place | undefined;
}

/**
 * Finds a leaf in a registry, and the path that leads out of it. Of what leaves the device nothing says which leaf: a small registry is
 * fetched whole, of a larger one all nodes of its shelves and the leaves of one shelf, in pieces that are the same for everybody.
 * Without a known place, shelves are taken from the newest on until the leaf is there, which tells no more than the shelf it is on.
 * Errors: registry/*, network/*, verifier/*, job/cancelled, and those of `accept`.
 */
export async function findLeaf(http: Http, named: Named, search: Search): Promise<Result<Searched>> {
  const { leaf, known, accept, level = SHELF_LEVEL } = search;
  const stop = search.signal && { signal: search.signal };
  const { registry } = named;
  const path = `/v1/registries/${registry}`;
  const [answer, jwks] = await Promise.all([
    http.json({ purpose: 'registry', method: 'GET', path, ...stop }),
    http.json({ purpose: 'keys', method: 'GET', path: '/.well-known/jwks.json', ...stop }),
  ]);
  if (!answer.ok) return answer;
  if (!jwks.ok) return jwks;
  const shaped = z.object({ registry: z.string(), nodes: z.unknown().optional() }).safeParse(answer.value);
  if (!shaped.success) return err('verifier/unavailable');
  const read = await readState(shaped.data.registry, jwks.value, named);
  if (!read.ok) return read;
  const state = read.value;
  const accepted = accept?.(state);
  if (accepted?.ok === false) return accepted;

  const { size } = state;
  const shelves = shelfCount(size, level);
  if (shelves > MAX_SHELVES) return err('registry/malformed', { what: `${size} leaves` });
  const above = shelves === 1 ? undefined : readNodes(shaped.data.nodes, state, level);
  if (above?.ok === false) return above;

  async function open(shelf: number): Promise<Result<Lookup>> {
    const tree = new RegistryTree();
    const { from, to } = shelfSpan(shelf, size, level);
    for (const piece of bucketsOf(to, from)) {
      const count = piece.to - piece.from;
      const bytes = await http.bytes({
        purpose: 'registry',
        path: `${path}/leaves?from=${piece.from}&to=${piece.to}`,
        limit: 32 * count,
        ...stop,
      });
      if (!bytes.ok) return bytes;
      const leaves = readLeaves(bytes.value, count);
      if (!leaves.ok) return leaves;
      // Hashed piece by piece between the answers, so that the page stays awake.
      for (const each of leaves.value) tree.append(each);
    }
    return above?.ok === true ? openShelf(shelf, tree, above.value, state, level) : signedTree(tree, state);
  }

  const root = digestFromHex(state.root) ?? [];
  const newestFirst = Array.from({ length: shelves }, (_, i) => shelves - 1 - i);
  for (const shelf of known === undefined || known >= size ? newestFirst : [shelfOf(known, size, level)]) {
    const opened = await open(shelf);
    if (!opened.ok) return opened;
    const position = opened.value.find(leaf);
    if (position !== undefined) return ok({ state, root, place: { position, path: opened.value.path(position) } });
  }
  return ok({ state, root, place: undefined });
}

/** The state that the verifier signed, of exactly this registry. */
async function readState(jws: string, jwks: unknown, { registry, verifier }: Named): Promise<Result<RegistryState>> {
  const signed = await readSigned(jws, jwks, REGISTRY_TYPE);
  if (!signed.ok) return signed.error.code === 'request/signature' ? err('registry/signature', { registry }) : signed;
  const state = parseRegistryState(signed.value.payload);
  if (!state.ok) return state;
  const asked = state.value.registry === registry && state.value.iss === verifier;
  return asked ? state : err('registry/malformed', { what: 'another registry' });
}

/** A leaf of an issuer's registry, under a root that the issuer signed. */
export interface Issued extends Place {
  readonly root: Digest;
  readonly issued: NonNullable<RegistryState['issued']> & { readonly size: number };
}

/**
 * The same in the registry of the issuer a request names, whose signature it carries. Errors beside: credential/not-registered when the
 * leaf is not there.
 */
export async function findIssued(
  http: Http,
  { registry = '', issuer, verifier }: ProofRequest,
  search: Omit<Search, 'accept'>,
): Promise<Result<Issued>> {
  const missing = err<Issued>('credential/not-registered', { issuer: issuer.name });
  const accept = (state: RegistryState): Result<unknown> => {
    const statement = issuedStatement(state);
    if (statement === undefined || state.issued === undefined) return missing;
    return checkRoot(issuer, statement, state.issued.signature) ? ok(statement) : err('registry/signature', { registry });
  };
  const searched = await findLeaf(http, { registry, verifier: verifier.url }, { ...search, accept });
  if (!searched.ok) return searched;
  const { place, root, state } = searched.value;
  if (place === undefined || state.issued === undefined) return missing;
  return ok({ ...place, root, issued: { ...state.issued, size: state.size } });
}
