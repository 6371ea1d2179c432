import * as z from 'zod';
import { checkRoot } from '../../circuits/credit-score/index.ts';
import { err, ok, type Result } from '../base/index.ts';
import type { ProofRequest } from '../protocol/index.ts';
import {
  bucketsOf,
  type Digest,
  issuedStatement,
  parseRegistryState,
  REGISTRY_TYPE,
  type RegistryState,
  type RegistryTree,
  readLeaves,
  treeOf,
} from '../registry/index.ts';
import type { Http } from './http.ts';
import { readSigned } from './jws.ts';

/** An issuer's registry as it was fetched: checked against the issuer's signature, all of its leaves here. */
export interface FetchedRegistry {
  readonly tree: RegistryTree;
  readonly issued: NonNullable<RegistryState['issued']>;
}

/** A registry of 2^20 leaves has 32 MB; what is larger is not for a browser to fetch whole. */
const MAX_LEAVES = 2 ** 20;

/** Of which registry, at which verifier. */
interface Named {
  readonly registry: string;
  readonly verifier: string;
}

/**
 * Fetches a whole registry, in pieces that are the same for everybody, so that nobody learns whose leaf is wanted. What leaves the device
 * is the registry's name and its size. `accept`: whether this state may be used, before the leaves are asked for. Errors: registry/*,
 * network/*, verifier/*, job/cancelled, and those of `accept`.
 */
export async function fetchTree(
  http: Http,
  { registry, verifier }: Named,
  { accept, signal }: { readonly accept?: (state: RegistryState) => Result<unknown>; readonly signal?: AbortSignal | undefined } = {},
): Promise<Result<{ readonly tree: RegistryTree; readonly state: RegistryState }>> {
  const stop = signal && { signal };
  const path = `/v1/registries/${registry}`;
  const [answer, jwks] = await Promise.all([
    http.json({ purpose: 'registry', method: 'GET', path, ...stop }),
    http.json({ purpose: 'keys', method: 'GET', path: '/.well-known/jwks.json', ...stop }),
  ]);
  if (!answer.ok) return answer;
  if (!jwks.ok) return jwks;
  const shaped = z.object({ registry: z.string() }).safeParse(answer.value);
  if (!shaped.success) return err('verifier/unavailable');
  const signed = await readSigned(shaped.data.registry, jwks.value, REGISTRY_TYPE);
  if (!signed.ok) return signed.error.code === 'request/signature' ? err('registry/signature', { registry }) : signed;
  const state = parseRegistryState(signed.value.payload);
  if (!state.ok) return state;
  if (state.value.registry !== registry || state.value.iss !== verifier) return err('registry/malformed', { what: 'another registry' });
  const accepted = accept?.(state.value);
  if (accepted?.ok === false) return accepted;
  if (state.value.size > MAX_LEAVES) return err('registry/malformed', { what: `${state.value.size} leaves` });
  const leaves: Digest[] = [];
  for (const { from, to } of bucketsOf(state.value.size)) {
    const piece = await http.bytes({ purpose: 'registry', path: `${path}/leaves?from=${from}&to=${to}`, limit: 32 * (to - from), ...stop });
    if (!piece.ok) return piece;
    const read = readLeaves(piece.value, to - from);
    if (!read.ok) return read;
    leaves.push(...read.value);
  }
  const tree = treeOf(leaves, state.value);
  return tree.ok ? ok({ tree: tree.value, state: state.value }) : tree;
}

/** The registry of the issuer a request names, checked against that issuer's signature. Errors beside: credential/not-registered while it is empty. */
export async function fetchRegistry(
  http: Http,
  { registry = '', issuer, verifier }: ProofRequest,
  signal?: AbortSignal,
): Promise<Result<FetchedRegistry>> {
  const accept = (state: RegistryState): Result<unknown> => {
    const statement = issuedStatement(state);
    if (statement === undefined || state.issued === undefined) return err('credential/not-registered', { issuer: issuer.name });
    return checkRoot(issuer, statement, state.issued.signature) ? ok(statement) : err('registry/signature', { registry });
  };
  const fetched = await fetchTree(http, { registry, verifier: verifier.url }, { accept, signal });
  if (!fetched.ok) return fetched;
  const { tree, state } = fetched.value;
  return state.issued === undefined ? err('credential/not-registered', { issuer: issuer.name }) : ok({ tree, issued: state.issued });
}
