import { beforeEach, describe, expect, it } from 'vitest';
import { demoIssuerKey, issuerPublicKey, signRoot } from '../../circuits/credit-score/index.ts';
import { err } from '../base/index.ts';
import { type Digest, digestToHex, MAX_SHELVES, type RegistryState, type RootStatement, rootOf } from '../registry/index.ts';
import { codeOf, must } from '../vault/testing/samples.ts';
import { findLeaf, openIssued, openRegistry } from './registry.ts';
import { json, type Network, network, ORIGIN, requestFor, type SigningVerifier, signingVerifier } from './testing/fakes.ts';
import { serveRegistry, type Told, told } from './testing/registry.ts';

// Shelves of one piece, the least that can be asked for.
const LEVEL = 12;
const SHELF = 2 ** LEVEL;
const ID = 'issuer.demo';
const leafOf = (n: number): Digest => [1 + n, 2, 3, 4, 5, 6, 7, 8];

/** As its issuer signed it. */
function issued(leaves: readonly Digest[]): Told {
  const { state, ...rest } = told(ID, leaves, LEVEL);
  const { size, root } = state;
  const statement: RootStatement = { format: 'tacit-registry-root', v: 1, registry: ID, size, root, time: 5 };
  return { state: { ...state, issued: { time: 5, signature: signRoot(demoIssuerKey(), statement) } }, ...rest };
}
const many = (count: number): Digest[] => Array.from({ length: count }, (_, i) => leafOf(i));
const small = issued(many(SHELF + 3));
/** Four shelves; the last one has nine leaves behind its full node. */
const large = issued(many(4 * SHELF + 9));

let net: Network;
let verifier: SigningVerifier;
/** What was asked for, piece by piece. */
let asked: string[];
beforeEach(async () => {
  net = network();
  verifier = await signingVerifier();
  asked = [];
});

function serve(tale: Told): void {
  asked = serveRegistry(net, verifier, ID, tale);
}
const find = (leaf: Digest, more: { known?: number; accept?: (state: RegistryState) => ReturnType<typeof err> } = {}) =>
  findLeaf(net.http, { registry: ID, verifier: ORIGIN }, { leaf, level: LEVEL, ...more });

const piece = (i: number): string => `${i * SHELF}-${(i + 1) * SHELF}`;
const LAST = [piece(3), `${4 * SHELF}-${4 * SHELF + 9}`];

async function expectFound(position: number, pieces: readonly string[], known?: number): Promise<void> {
  asked.length = 0;
  const { place, root, state } = must(await find(leafOf(position), known === undefined ? {} : { known }));
  expect(place?.position).toBe(position);
  expect(digestToHex(root)).toBe(state.root);
  expect(place === undefined ? undefined : rootOf(leafOf(position), place.path)).toEqual(root);
  expect(asked).toEqual(pieces);
}

describe('a leaf in a registry', () => {
  it('that is small is found in the whole', async () => {
    serve(small);
    const whole = [piece(0), `${SHELF}-${SHELF + 3}`];
    await expectFound(7, whole);
    await expectFound(7, whole, 7);
    expect(must(await find(leafOf(SHELF + 2), { known: 0 })).place).toBeUndefined();
    expect(must(await find(leafOf(SHELF + 3))).place).toBeUndefined();
  });

  it('that is large is found on its shelf alone, once its place is known', async () => {
    serve(large);
    await expectFound(SHELF + 5, [piece(1)], SHELF + 5);
    // Everybody on a shelf asks for the same, whatever their place on it.
    await expectFound(SHELF, [piece(1)], SHELF);
    await expectFound(2 * SHELF - 1, [piece(1)], 2 * SHELF - 1);
  });

  it('behind the last full shelf is among those of that shelf, too', async () => {
    serve(large);
    for (const position of [3 * SHELF, 4 * SHELF - 1, 4 * SHELF, 4 * SHELF + 8]) await expectFound(position, LAST, position);
  });

  it('without a known place is looked for from the newest shelf on, and no further than it is', async () => {
    serve(large);
    await expectFound(4 * SHELF + 1, LAST);
    await expectFound(SHELF + 5, [...LAST, piece(2), piece(1)]);
  });

  it('that is no longer where it was is not looked for elsewhere, nor believed beside it', async () => {
    serve(large);
    expect(must(await find(leafOf(3), { known: 2 * SHELF })).place).toBeUndefined();
    expect(must(await find(leafOf(2 * SHELF + 1), { known: 2 * SHELF })).place).toBeUndefined();
    expect(asked).toEqual([piece(2), piece(2)]);
    // A registry that has shrunk below it.
    expect(must(await find(leafOf(2 * SHELF), { known: 5 * SHELF })).place).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  it('is looked for on the shelves that are here before another is fetched', async () => {
    serve(large);
    const registry = must(await openRegistry(net.http, { registry: ID, verifier: ORIGIN }, { level: LEVEL }));
    const place = async (position: number, known?: number) => must(await registry.find(leafOf(position), known, undefined))?.position;
    expect(await place(SHELF + 5, SHELF + 5)).toBe(SHELF + 5);
    expect(await place(SHELF + 9)).toBe(SHELF + 9);
    expect(asked).toEqual([piece(1)]);
    expect(await place(3 * SHELF)).toBe(3 * SHELF);
    expect(await place(4 * SHELF + 1, 4 * SHELF + 1)).toBe(4 * SHELF + 1);
    expect(asked).toEqual([piece(1), ...LAST]);
  });

  it('is asked for only when the state may be used', async () => {
    serve(large);
    expect(codeOf(await find(leafOf(3), { accept: () => err('registry/stale-root') }))).toBe('registry/stale-root');
    expect(asked).toEqual([]);
  });
});

describe('a verifier that lies', () => {
  const nodes = large.nodes ?? [];
  const other = digestToHex(leafOf(10 ** 6));

  it.each<[string, Partial<Told>, string]>([
    ['no nodes', { nodes: undefined }, 'registry/malformed'],
    ['a shelf missing', { nodes: nodes.slice(1) }, 'registry/malformed'],
    ['a shelf too many', { nodes: [...nodes, other] }, 'registry/malformed'],
    ['no digest', { nodes: nodes.with(0, 'ff'.repeat(32)) }, 'registry/malformed'],
    ['a shelf of its own for one client', { nodes: nodes.with(1, other) }, 'registry/mismatch'],
    ['shelves in another order', { nodes: nodes.with(1, nodes[2] ?? '').with(2, nodes[1] ?? '') }, 'registry/mismatch'],
  ])('%s: refused before a leaf is asked for', async (_, change, code) => {
    serve({ ...large, ...change });
    expect(codeOf(await find(leafOf(SHELF), { known: SHELF }))).toBe(code);
    expect(asked).toEqual([]);
  });

  it.each<[string, readonly Digest[]]>([
    ['another leaf beside it', large.leaves.with(SHELF, leafOf(10 ** 6))],
    ['the leaves of another shelf', [...large.leaves.slice(SHELF, 2 * SHELF), ...large.leaves]],
    ['two swapped', large.leaves.with(SHELF, leafOf(SHELF + 1)).with(SHELF + 1, leafOf(SHELF))],
  ])('%s: registry/mismatch', async (_, leaves) => {
    serve({ ...large, leaves });
    expect(codeOf(await find(leafOf(SHELF + 5), { known: SHELF + 5 }))).toBe('registry/mismatch');
  });

  it('another leaf behind the last full shelf, or in a small registry: registry/mismatch', async () => {
    serve({ ...large, leaves: large.leaves.with(4 * SHELF + 8, leafOf(10 ** 6)) });
    expect(codeOf(await find(leafOf(3 * SHELF)))).toBe('registry/mismatch');
    serve({ ...small, leaves: small.leaves.with(0, leafOf(10 ** 6)) });
    expect(codeOf(await find(leafOf(7)))).toBe('registry/mismatch');
  });

  it('leaves cut short, or no leaves: registry/malformed', async () => {
    serve({ ...large, leaves: large.leaves.slice(0, 2 * SHELF - 1) });
    expect(codeOf(await find(leafOf(SHELF), { known: SHELF }))).toBe('registry/malformed');
    serve({ ...large, leaves: large.leaves.with(SHELF + 1, Array(8).fill(0)) });
    expect(codeOf(await find(leafOf(SHELF), { known: SHELF }))).toBe('registry/malformed');
  });

  it('a size that is not to be looked into: registry/malformed, and no leaf is asked for', async () => {
    serve({ ...large, state: { ...large.state, size: (MAX_SHELVES + 1) * SHELF } });
    expect(await find(leafOf(3), { known: 3 })).toMatchObject({
      ok: false,
      error: { code: 'registry/malformed', params: { what: `${(MAX_SHELVES + 1) * SHELF} leaves` } },
    });
    expect(asked).toEqual([]);
  });

  it('another registry, another verifier, another’s signature, no state', async () => {
    serve({ ...small, state: { ...small.state, registry: 'issuer.other' } });
    expect(codeOf(await find(leafOf(7)))).toBe('registry/malformed');
    serve({ ...small, state: { ...small.state, iss: 'https://other.example' } });
    expect(codeOf(await find(leafOf(7)))).toBe('registry/malformed');
    serve(small);
    const stranger = await signingVerifier();
    net.routes.set('GET /.well-known/jwks.json', () => json(stranger.jwks));
    expect(codeOf(await find(leafOf(7)))).toBe('registry/signature');
    net.routes.set(`GET /v1/registries/${ID}`, () => json({}));
    expect(codeOf(await find(leafOf(7)))).toBe('verifier/unavailable');
    expect(asked).toEqual([]);
  });
});

describe('an issuer’s registry', () => {
  const request = () =>
    requestFor('A'.repeat(43), { registry: ID, issuer: { name: 'Demo issuer', demo: true, ...issuerPublicKey(demoIssuerKey()) } });
  const search = async (leaf: Digest) => {
    const opened = await openIssued(net.http, request(), { level: LEVEL });
    return opened.ok ? opened.value.find(leaf, undefined, undefined) : opened;
  };

  it('gives a place under the root that the issuer signed', async () => {
    serve(large);
    expect(must(await search(leafOf(4 * SHELF)))).toMatchObject({
      position: 4 * SHELF,
      issued: { size: large.leaves.length, time: 5, signature: large.state.issued?.signature },
    });
  });

  it('without the leaf, or empty: credential/not-registered', async () => {
    serve(small);
    expect(codeOf(await search(leafOf(10 ** 6)))).toBe('credential/not-registered');
    serve(told(ID, []));
    expect(codeOf(await search(leafOf(0)))).toBe('credential/not-registered');
  });

  it('whose root somebody else signed: registry/signature, and no leaf is asked for', async () => {
    const { issued: foreign } = large.state;
    serve({ ...small, state: { ...small.state, ...(foreign && { issued: foreign }) } });
    expect(codeOf(await search(leafOf(7)))).toBe('registry/signature');
    expect(asked).toEqual([]);
  });
});
