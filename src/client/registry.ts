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

interface Opening {
  /** Whether this state may be used, before any leaf is asked for. */
  readonly accept?: (state: RegistryState) => Result<unknown>;
  readonly signal?: AbortSignal | undefined;
  /** Of a shelf; small in tests. */
  readonly level?: number;
}

export interface Search extends Opening {
  readonly leaf: Digest;
  /** Where this device has found the leaf before. */
  readonly known?: number | undefined;
}

/** A place in a registry: what a membership proof takes. */
export interface Place {
  readonly position: number;
  readonly path: MerklePath;
}

/** A registry as it stood when it was opened, and all that has been fetched of it since. */
export interface OpenRegistry {
  readonly state: RegistryState;
  /** The root that was signed. */
  readonly root: Digest;
  /** 1: to find one leaf is to have them all. */
  readonly shelves: number;
  /**
   * Where a leaf is; undefined: not there. Shelves that are here are looked at first; then they are fetched, from the newest on, until the leaf is
   * there, which tells no more than the shelf it is on. Places never change, so with a `known` one no other will do, and no other shelf is fetched: a
   * verifier that shuffles leaves learns nothing by watching where they are looked for next. Errors: registry/*, network/*, verifier/*,
   * job/cancelled.
   */
  find(leaf: Digest, known: number | undefined, signal: AbortSignal | undefined): Promise<Result<Place | undefined>>;
}

/**
 * Opens a registry: its signed state and the nodes of its shelves, the same for everybody. Of what leaves the device nothing says which leaf
 * is wanted: a small registry is fetched whole, of a larger one the leaves of one shelf, in pieces that are the same for everybody.
 * Errors: registry/*, network/*, verifier/*, job/cancelled, and those of `accept`.
 */
export async function openRegistry(
  http: Http,
  named: Named,
  { accept, signal, level = SHELF_LEVEL }: Opening = {},
): Promise<Result<OpenRegistry>> {
  const stop = signal && { signal };
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

  const kept = new Map<number, Lookup>();
  async function open(shelf: number, asking: AbortSignal | undefined): Promise<Result<Lookup>> {
    const tree = new RegistryTree();
    const { from, to } = shelfSpan(shelf, size, level);
    for (const piece of bucketsOf(to, from)) {
      const count = piece.to - piece.from;
      const bytes = await http.bytes({
        purpose: 'registry',
        path: `${path}/leaves?from=${piece.from}&to=${piece.to}`,
        limit: 32 * count,
        ...(asking && { signal: asking }),
      });
      if (!bytes.ok) return bytes;
      const leaves = readLeaves(bytes.value, count);
      if (!leaves.ok) return leaves;
      // Hashed piece by piece between the answers, so that the page stays awake.
      for (const each of leaves.value) tree.append(each);
    }
    const opened = above?.ok === true ? openShelf(shelf, tree, above.value, state, level) : signedTree(tree, state);
    if (opened.ok) kept.set(shelf, opened.value);
    return opened;
  }

  return ok({
    state,
    root: digestFromHex(state.root) ?? [],
    shelves,
    async find(leaf, known, asking) {
      if (known !== undefined && known >= size) return ok(undefined);
      const newestFirst = Array.from({ length: shelves }, (_, i) => shelves - 1 - i);
      const order =
        known === undefined ? [...kept.keys(), ...newestFirst.filter((shelf) => !kept.has(shelf))] : [shelfOf(known, size, level)];
      for (const shelf of order) {
        const here = kept.get(shelf);
        const opened = here === undefined ? await open(shelf, asking) : ok(here);
        if (!opened.ok) return opened;
        const position = opened.value.find(leaf);
        if (position !== undefined)
          return ok(known === undefined || known === position ? { position, path: opened.value.path(position) } : undefined);
      }
      return ok(undefined);
    },
  });
}

export interface Searched {
  readonly state: RegistryState;
  readonly root: Digest;
  /** undefined: the leaf is not there. */
  readonly place: Place | undefined;
}

/** One leaf of a registry that is opened for it alone. */
export async function findLeaf(http: Http, named: Named, { leaf, known, ...opening }: Search): Promise<Result<Searched>> {
  const opened = await openRegistry(http, named, opening);
  if (!opened.ok) return opened;
  const { state, root, find } = opened.value;
  const place = await find(leaf, known, opening.signal);
  return place.ok ? ok({ state, root, place: place.value }) : place;
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

export interface OpenIssued extends Pick<OpenRegistry, 'shelves'> {
  /** As {@link OpenRegistry}. Errors beside: credential/not-registered when the leaf is not there. */
  find(leaf: Digest, known: number | undefined, signal: AbortSignal | undefined): Promise<Result<Issued>>;
}

/** The registry of the issuer a request names, whose signature it carries. Errors beside: credential/not-registered while it is empty. */
export async function openIssued(
  http: Http,
  { registry = '', issuer, verifier }: ProofRequest,
  opening: Omit<Opening, 'accept'> = {},
): Promise<Result<OpenIssued>> {
  const missing = err<Issued>('credential/not-registered', { issuer: issuer.name });
  const accept = (state: RegistryState): Result<unknown> => {
    const statement = issuedStatement(state);
    if (statement === undefined || state.issued === undefined) return missing;
    return checkRoot(issuer, statement, state.issued.signature) ? ok(statement) : err('registry/signature', { registry });
  };
  const opened = await openRegistry(http, { registry, verifier: verifier.url }, { ...opening, accept });
  if (!opened.ok) return opened;
  const { state, root, shelves, find } = opened.value;
  return ok({
    shelves,
    async find(leaf, known, signal) {
      const place = await find(leaf, known, signal);
      if (!place.ok) return place;
      if (place.value === undefined || state.issued === undefined) return missing;
      return ok({ ...place.value, root, issued: { ...state.issued, size: state.size } });
    },
  });
}
