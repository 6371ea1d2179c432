// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { compactVerify, decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkRoot, demoIssuerKey, issuerPublicKey, signRoot } from '../../circuits/credit-score/index.ts';
import {
  bucketsOf,
  type Digest,
  digestToHex,
  EMPTY,
  hashToElements,
  issuedStatement,
  openShelf,
  parseRegistryState,
  type RegistryState,
  RegistryTree,
  type RootStatement,
  readLeaves,
  readNodes,
  rootOf,
  shelfSpan,
  treeOf,
} from '../../src/registry/index.ts';
import { openIssuers } from './issuers.ts';
import { freshRoot, openRegistries } from './registries.ts';
import { openSqliteStore } from './store/index.ts';
import { bankKey, type Harness, ORIGIN, openHarness } from './testing/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await openHarness();
});
afterEach(() => harness.close());

const ID = 'issuer.demo';
const leafOf = (name: string): Digest => hashToElements('test leaf', name);

const stateOf = async (id = ID): Promise<RegistryState> => {
  const { json } = await harness.get(`/v1/registries/${id}`);
  const state = parseRegistryState(decodeJwt(json.registry));
  if (!state.ok) throw new Error(state.error.code);
  return state.value;
};
/** Everything a client does: state, all pieces, tree. */
const fetchTree = async (id = ID): Promise<RegistryTree> => {
  const state = await stateOf(id);
  const leaves: Digest[] = [];
  for (const { from, to } of bucketsOf(state.size)) {
    const response = await harness.fetch(`/v1/registries/${id}/leaves?from=${from}&to=${to}`);
    const read = readLeaves(new Uint8Array(await response.arrayBuffer()), to - from);
    if (!read.ok) throw new Error(read.error.code);
    leaves.push(...read.value);
  }
  const tree = treeOf(leaves, state);
  if (!tree.ok) throw new Error(tree.error.code);
  return tree.value;
};
/** A push as the issuer makes it; `tree` is the issuer's own. */
const pushOf = (tree: RegistryTree, leaves: readonly Digest[], change: Partial<RootStatement> = {}, key = demoIssuerKey()) => {
  const from = tree.size;
  for (const leaf of leaves) tree.append(leaf);
  const statement: RootStatement = {
    format: 'tacit-registry-root',
    v: 1,
    registry: ID,
    size: tree.size,
    root: digestToHex(tree.root()),
    time: harness.time.now,
    ...change,
  };
  return { from, leaves: leaves.map(digestToHex), statement, signature: signRoot(key, statement) };
};
const push = (body: unknown, id = ID) => harness.post(`/v1/registries/${id}/leaves`, body);

describe('an issuer’s registry', () => {
  it('is empty at first, and says so under the verifier’s signature', async () => {
    const { json, headers } = await harness.get(`/v1/registries/${ID}`);
    const key = harness.services.keys.publicKey(harness.services.keys.kid);
    if (key === undefined) throw new Error('no key');
    const { protectedHeader } = await compactVerify(json.registry, key);
    expect(protectedHeader.typ).toBe('tacit-registry+jwt');
    expect(headers.get('cache-control')).toBe('no-store');
    const state = await stateOf();
    expect(state).toEqual({ v: 1, iss: ORIGIN, registry: ID, size: 0, root: digestToHex(EMPTY[32] ?? []), time: 0, iat: harness.time.now });
    expect((await fetchTree()).size).toBe(0);
  });

  it('grows by what its issuer signs, and gives it back whole', async () => {
    const tree = new RegistryTree();
    for (const names of [['a'], ['b', 'c', 'd'], ['e']]) {
      harness.time.now += 60;
      expect(await push(pushOf(tree, names.map(leafOf)))).toMatchObject({ status: 201, json: { size: tree.size } });
    }
    const fetched = await fetchTree();
    expect(fetched.root()).toEqual(tree.root());
    expect(fetched.find(leafOf('c'))).toBe(2);
    const state = await stateOf();
    const statement = issuedStatement(state);
    if (statement === undefined || state.issued === undefined) throw new Error('not issued');
    expect(checkRoot(issuerPublicKey(demoIssuerKey()), statement, state.issued.signature)).toBe(true);
    expect(checkRoot(issuerPublicKey(bankKey), statement, state.issued.signature)).toBe(false);
  });

  it('lets pieces be kept for ever, and only whole pieces be asked for', async () => {
    const tree = new RegistryTree();
    await push(pushOf(tree, ['a', 'b', 'c'].map(leafOf)));
    const piece = await harness.fetch(`/v1/registries/${ID}/leaves?from=0&to=2`);
    expect(piece.headers.get('cache-control')).toContain('immutable');
    expect(new Uint8Array(await piece.arrayBuffer())).toHaveLength(64);
    for (const query of ['', '?from=1&to=3', '?from=0&to=4', '?from=0&to=0', '?from=0x0&to=1', '?from=0&to=1e0', '?from=-0&to=1']) {
      const refused = await harness.get(`/v1/registries/${ID}/leaves${query}`);
      expect(refused, query).toMatchObject({ status: 400, json: { code: 'input/malformed' } });
      expect(refused.headers.get('cache-control')).toBe('no-store');
    }
  });

  it.each([
    ['another issuer’s key', () => pushOf(new RegistryTree(), [leafOf('a')], {}, bankKey), 'registry/signature'],
    [
      'a signature over another root',
      () => ({ ...pushOf(new RegistryTree(), [leafOf('a')]), signature: pushOf(new RegistryTree(), [leafOf('b')]).signature }),
      'registry/signature',
    ],
    [
      'a signed root that is not that of the leaves',
      () => pushOf(new RegistryTree(), [leafOf('a')], { root: digestToHex(leafOf('x')) }),
      'registry/mismatch',
    ],
    [
      'another leaf than was signed',
      () => ({ ...pushOf(new RegistryTree(), [leafOf('a')]), leaves: [digestToHex(leafOf('b'))] }),
      'registry/mismatch',
    ],
    ['a statement of another registry', () => pushOf(new RegistryTree(), [leafOf('a')], { registry: 'issuer.bank' }), 'registry/malformed'],
    ['a statement of another size', () => pushOf(new RegistryTree(), [leafOf('a')], { size: 2 }), 'registry/malformed'],
    ['an old statement', () => pushOf(new RegistryTree(), [leafOf('a')], { time: harness.time.now - 301 }), 'registry/malformed'],
    [
      'a statement from the future',
      () => pushOf(new RegistryTree(), [leafOf('a')], { time: harness.time.now + 301 }),
      'registry/malformed',
    ],
    ['the empty leaf', () => ({ ...pushOf(new RegistryTree(), [leafOf('a')]), leaves: ['00'.repeat(32)] }), 'registry/malformed'],
    [
      'an element of p',
      () => ({ ...pushOf(new RegistryTree(), [leafOf('a')]), leaves: [`0100007f${'00'.repeat(28)}`] }),
      'registry/malformed',
    ],
    ['no leaves', () => ({ ...pushOf(new RegistryTree(), [leafOf('a')]), leaves: [] }), 'registry/malformed'],
    ['something else', () => ({ leaves: 1 }), 'registry/malformed'],
  ])('%s: %s', async (_, body, code) => {
    expect((await push(body())).json).toMatchObject({ code });
    expect(await stateOf()).toMatchObject({ size: 0 });
  });

  it('refuses a push that was overtaken, and a replayed one: registry/conflict', async () => {
    const tree = new RegistryTree();
    const first = pushOf(tree, [leafOf('a')]);
    expect((await push(first)).status).toBe(201);
    expect((await push(first)).json).toMatchObject({ code: 'registry/conflict', params: { size: 1 } });
    const raced = ['b', 'c', 'd', 'e'].map((name) => {
      const mine = new RegistryTree();
      mine.append(leafOf('a'));
      return push(pushOf(mine, [leafOf(name)]));
    });
    const statuses = (await Promise.all(raced)).map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 409, 409, 409]);
    expect((await fetchTree()).size).toBe(2);
  });

  it('is not the service’s own, nor one that is not there: registry/unknown', async () => {
    const body = pushOf(new RegistryTree(), [leafOf('a')], { registry: 'kept' });
    expect((await push(body, 'kept')).json).toMatchObject({ code: 'registry/unknown' });
    expect((await push(body, 'issuer.nobody')).json).toMatchObject({ code: 'registry/unknown' });
    expect((await harness.get('/v1/registries/issuer.nobody')).json).toMatchObject({ code: 'registry/unknown' });
    expect((await harness.get('/v1/registries/__proto__/leaves?from=0&to=1')).json).toMatchObject({ code: 'registry/unknown' });
    expect(() => openRegistries(openIssuers({ issuers: [], demoIssuer: true }), 1, ['x'.repeat(65)])).toThrow('too long');
  });
});

describe('which roots a proof may stand on', () => {
  it('any that was newest within the hour before the request, or later; the setting decides', async () => {
    const { services, time } = harness;
    const tree = new RegistryTree();
    const roots: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      await push(pushOf(tree, [leafOf(name)]));
      roots.push(digestToHex(tree.root()));
      time.now += 1000;
    }
    const [a = '', b = '', c = ''] = roots;
    const begin = time.now - 3000;
    const check = (root: string, requestedAt: number) => freshRoot(services, ID, root, requestedAt);
    // a was replaced after 1000 s, b after 2000 s; the harness allows 3600 s.
    expect(await check(a, begin + 1000 + 3600)).toMatchObject({ ok: true });
    expect(await check(a, begin + 1000 + 3601)).toMatchObject({ ok: false, error: { code: 'registry/stale-root' } });
    expect(await check(b, begin + 1000 + 3601)).toMatchObject({ ok: true });
    expect(await check(c, begin + 10 ** 9)).toMatchObject({ ok: true });
    // A root that came after the request.
    expect(await check(c, begin)).toMatchObject({ ok: true });
    expect(await check(digestToHex(leafOf('x')), begin)).toMatchObject({ ok: false, error: { code: 'registry/unknown-root' } });
    // A root of another registry.
    expect(await freshRoot(services, 'kept', a, begin)).toMatchObject({ ok: false, error: { code: 'registry/unknown-root' } });
    expect(await freshRoot(services, 'issuer.nobody', a, begin)).toMatchObject({ ok: false, error: { code: 'registry/unknown' } });
    const strict = { ...services, registries: { ...services.registries, rootAge: 0 } };
    expect(await freshRoot(strict, ID, a, begin + 1000)).toMatchObject({ ok: true });
    expect(await freshRoot(strict, ID, a, begin + 1001)).toMatchObject({ ok: false, error: { code: 'registry/stale-root' } });
  });
});

describe('the store', () => {
  it('keeps leaves, root and history together, also over a restart and for two processes', async () => {
    const { store } = harness.services;
    const second = openSqliteStore(join(harness.directory, 'verifier.db'));
    const tree = new RegistryTree();
    for (let i = 0; i < 9; i++) {
      tree.append(leafOf(`${i}`));
      const through = i % 2 === 0 ? store : second;
      const appended = await through.appendLeaves({ registry: 'kept', from: i, leaves: [leafOf(`${i}`)], now: 100 + i });
      expect(appended).toEqual({ outcome: 'appended', root: digestToHex(tree.root()) });
    }
    expect((await second.registry('kept'))?.root).toBe(digestToHex(tree.root()));
    expect(await store.rootHistory('kept', digestToHex(tree.root(4)))).toEqual({ since: 103, replaced: 104 });
    expect(await store.appendLeaves({ registry: 'kept', from: 0, leaves: [leafOf('x')], now: 1 })).toEqual({
      outcome: 'conflict',
      size: 9,
    });
    // Nothing stays of a push that leads elsewhere.
    const wrong = { registry: 'kept', from: 9, leaves: [leafOf('x')], root: digestToHex(leafOf('y')), now: 200 };
    expect(await store.appendLeaves(wrong)).toEqual({ outcome: 'mismatch' });
    expect((await store.registry('kept'))?.frontier.size).toBe(9);
    await second.close();
  });

  it('takes a leaf in with an acceptance, or neither', async () => {
    const { store } = harness.services;
    const request = await harness.request();
    const acceptance = (nullifier: string) => ({
      id: request.id,
      scope: '01',
      system: 'groth16' as const,
      nullifier,
      verdict: 'v',
      returnCode: '00',
      now: harness.time.now,
      append: { registry: 'kept', leaf: leafOf(nullifier) },
    });
    expect(await store.accept(acceptance('n1'))).toBe('accepted');
    expect(await store.accept(acceptance('n2'))).toBe('used');
    const again = await harness.request();
    expect(await store.accept({ ...acceptance('n1'), id: again.id })).toBe('nullifier-used');
    expect((await fetchTree('kept')).size).toBe(1);
  });

  it('does not take time backwards', async () => {
    const { store } = harness.services;
    await store.appendLeaves({ registry: 'kept', from: 0, leaves: [leafOf('a')], now: 500 });
    await store.appendLeaves({ registry: 'kept', from: 1, leaves: [leafOf('b')], now: 400 });
    const tree = new RegistryTree();
    tree.append(leafOf('a'));
    expect(await store.rootHistory('kept', digestToHex(tree.root()))).toEqual({ since: 500, replaced: 500 });
  });
});

describe('a registry of several shelves', () => {
  const LEVEL = 12;
  it('comes with the nodes that give the signed root; their leaves give them', async () => {
    const at = await openHarness({ shelfLevel: LEVEL });
    const leaves = Array.from({ length: 3 * 2 ** LEVEL + 5 }, (_, i) => [1 + i, 2, 3, 4, 5, 6, 7, 8]);
    const { store } = at.services;
    const state = async () => {
      const { json } = await at.get('/v1/registries/kept');
      const read = parseRegistryState(decodeJwt(json.registry));
      if (!read.ok) throw new Error(read.error.code);
      return { state: read.value, nodes: json.nodes };
    };
    const first = 2 ** (LEVEL + 1) - 1;
    await store.appendLeaves({ registry: 'kept', from: 0, leaves: leaves.slice(0, first), now: 1 });
    expect((await state()).nodes, 'one shelf is fetched whole').toBeUndefined();
    await store.appendLeaves({ registry: 'kept', from: first, leaves: leaves.slice(first), now: 2 });
    const now = await state();
    const above = readNodes(now.nodes, now.state, LEVEL);
    if (!above.ok) throw new Error(above.error.code);
    expect(now.nodes).toHaveLength(4);
    const { from, to } = shelfSpan(2, leaves.length, LEVEL);
    const tree = new RegistryTree();
    for (const piece of bucketsOf(to, from)) {
      const response = await at.fetch(`/v1/registries/kept/leaves?from=${piece.from}&to=${piece.to}`);
      const read = readLeaves(new Uint8Array(await response.arrayBuffer()), piece.to - piece.from);
      if (read.ok) for (const leaf of read.value) tree.append(leaf);
    }
    const shelf = openShelf(2, tree, above.value, now.state, LEVEL);
    if (!shelf.ok) throw new Error(shelf.error.code);
    for (const position of [from, to - 6, to - 1]) {
      expect(shelf.value.find(leaves[position] ?? [])).toBe(position);
      expect(digestToHex(rootOf(leaves[position] ?? [], shelf.value.path(position)))).toBe(now.state.root);
    }
    await at.close();
  });
});

it('answers bytes of any kind with a code', async () => {
  for (let i = 0; i < 50; i++) {
    const { status } = await push(new Uint8Array(randomBytes(1 + i)));
    expect(status).toBeLessThan(500);
  }
});
