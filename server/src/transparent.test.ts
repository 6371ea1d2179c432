// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoIssuerKey, holderCommitment, issuerPublicKey, newHolderSecret, signRoot } from '../../circuits/credit-score/index.ts';
import { fieldHolder, fieldSecret } from '../../circuits/credit-score/transparent/index.ts';
import { applicantFeatures, proveTwin, register, twinBundle } from '../../circuits/credit-score/transparent/testing/index.ts';
import type { Credential, HolderSecret, ProofRequest, TransparentProof } from '../../src/protocol/index.ts';
import {
  bucketsOf,
  type Digest,
  digestToHex,
  hashToElements,
  parseRegistryState,
  RegistryTree,
  type RootStatement,
  readLeaves,
  treeOf,
} from '../../src/registry/index.ts';
import { checkProof } from './answers.ts';
import { scopeKey } from './requests.ts';
import { applicants, type Harness, openHarness } from './testing/harness.ts';

let at: Harness;
let services: Harness['services'];
beforeAll(async () => {
  at = await openHarness({ twin: true, rootMinutes: 60 });
  // An applicant with the values of one who passes.
  services = at.services;
  Object.assign(applicants[0]?.features ?? {}, applicantFeatures(0));
});
afterAll(() => at.close());

const ID = 'issuer.demo';
const holderOf = (name: string): HolderSecret =>
  newHolderSecret(Uint8Array.from([0, 1, 2].flatMap((i) => [...createHash('sha256').update(`${name} ${i}`).digest()])));

interface Person {
  readonly holder: HolderSecret;
  readonly credential: Credential;
}
/** Gets a credential as a wallet does, for both systems. */
async function person(name: string): Promise<Person> {
  const holder = holderOf(name);
  const order = { applicant: 'held-out-1', holder: holderCommitment(holder), leafHolder: digestToHex(fieldHolder(fieldSecret(holder))) };
  const { json } = await at.post('/v1/issuer/credentials', order);
  if (json.credential === undefined) throw new Error(JSON.stringify(json));
  return { holder, credential: json.credential };
}
async function fetchTree(): Promise<RegistryTree> {
  const { json } = await at.get(`/v1/registries/${ID}`);
  const state = parseRegistryState(decodeJwt(json.registry));
  if (!state.ok) throw new Error(state.error.code);
  const leaves: Digest[] = [];
  for (const { from, to } of bucketsOf(state.value.size)) {
    const response = await at.fetch(`/v1/registries/${ID}/leaves?from=${from}&to=${to}`);
    const read = readLeaves(new Uint8Array(await response.arrayBuffer()), to - from);
    if (!read.ok) throw new Error(read.error.code);
    leaves.push(...read.value);
  }
  const tree = treeOf(leaves, state.value);
  if (!tree.ok) throw new Error(tree.error.code);
  return tree.value;
}
const leafPosition = (tree: RegistryTree, { credential, holder }: Person): number => {
  const scratch = new RegistryTree();
  register(scratch, credential, holder);
  const position = tree.find(scratch.leaf(0));
  if (position === undefined) throw new Error('not registered');
  return position;
};
const prove = (request: ProofRequest, someone: Person, tree: RegistryTree): TransparentProof =>
  proveTwin(request, someone.credential, someone.holder, tree, leafPosition(tree, someone));

let scopes = 0;
const freshScope = (): string => `scope-${scopes++}`;
const twinRequest = (change: Record<string, unknown> = {}, by = at.partner): Promise<ProofRequest> =>
  at.request({ system: 'transparent', policy: { threshold: -1_000_000 }, scope: freshScope(), ...change }, by);
const send = (request: ProofRequest, proof: unknown) => at.post(`/v1/requests/${request.id}/proof`, proof);

describe('a request for the transparent system', () => {
  it('goes from order to accepted verdict', async () => {
    const someone = await person('ada');
    const request = await twinRequest();
    expect(request).toMatchObject({ system: 'transparent', registry: ID, bundle: twinBundle().prepared.hash });
    const proof = prove(request, someone, await fetchTree());
    const { json } = await send(request, proof);
    expect(json).toMatchObject({ result: 'accepted', code: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(await at.verdict(request.id)).toMatchObject({
      result: 'accepted',
      system: 'transparent',
      keys: 'none',
      soundnessBits: 100,
      nullifier: proof.nullifier,
      model: twinBundle().manifest.model,
      assurance: 'demo-attested',
    });
    // The same proof again is told the same code; another by the same person in the same scope is not taken.
    expect((await send(request, proof)).json.code).toBe(json.code);
    const again = await twinRequest({ scope: request.scope });
    const second = prove(again, someone, await fetchTree());
    expect(second.nullifier).toBe(proof.nullifier);
    expect((await send(again, second)).json).toMatchObject({ code: 'nullifier/used' });
    // Two partners that use one scope name learn two numbers.
    const elsewhere = await twinRequest({ scope: request.scope }, at.other);
    const third = prove(elsewhere, someone, await fetchTree());
    expect(third.nullifier).not.toBe(proof.nullifier);
    expect((await send(elsewhere, third)).json).toMatchObject({ result: 'accepted' });
    // And anybody can check it later.
    const { json: checked } = await at.post('/v1/verify', { request: elsewhere, proof: third });
    expect(checked).toEqual({
      valid: true,
      nullifier: third.nullifier,
      signed: false,
      system: 'transparent',
      keys: 'none',
      soundnessBits: 100,
      assurance: 'demo-attested',
    });
    expect((await at.post('/v1/verify', { request, proof: third })).json).toMatchObject({ code: 'proof/invalid' });
  });

  it('is refused where there is no bundle for it, and for a threshold its program does not bear: request/unsupported', async () => {
    const without = await openHarness();
    const { json } = await without.post('/v1/requests', {
      order: await without.partner.order(without.time.now, { system: 'transparent' }),
    });
    expect(json).toMatchObject({ code: 'request/unsupported' });
    await without.close();
    const wide = await at.post('/v1/requests', {
      order: await at.partner.order(at.time.now, { system: 'transparent', policy: { threshold: 2 ** 28 + 1 } }),
    });
    expect(wide.json).toMatchObject({ code: 'request/unsupported' });
    expect((await twinRequest({ policy: { threshold: 2 ** 28 } })).policy.threshold).toBe(2 ** 28);
  });

  it('takes no proof that is changed in any member, and stays open for the right one', async () => {
    const someone = await person('bela');
    const request = await twinRequest();
    const tree = await fetchTree();
    const proof = prove(request, someone, tree);
    const other = await twinRequest();
    const flip = (text: string, i: number): string => `${text.slice(0, i)}${text[i] === 'A' ? 'B' : 'A'}${text.slice(i + 1)}`;
    const wrong: readonly (readonly [string, unknown, string])[] = [
      ['another request’s', prove(other, someone, tree), 'proof/invalid'],
      ['another nullifier', { ...proof, nullifier: digestToHex(hashToElements('x', 'y')) }, 'proof/invalid'],
      ['a nullifier that is no digest', { ...proof, nullifier: 'ff'.repeat(32) }, 'proof/non-canonical'],
      ['a root that is no digest', { ...proof, root: 'ff'.repeat(32) }, 'registry/unknown-root'],
      ['a root nobody had', { ...proof, root: digestToHex(hashToElements('x', 'z')) }, 'registry/unknown-root'],
      ['an older root of the registry', { ...proof, root: digestToHex(tree.root(1)) }, 'registry/signature'],
      ['no issuer’s word on the root', { ...proof, issued: { ...proof.issued, size: proof.issued.size + 1 } }, 'registry/signature'],
      ['a bit flipped at the start', { ...proof, proof: flip(proof.proof, 8) }, ''],
      ['a bit flipped in the middle', { ...proof, proof: flip(proof.proof, 40_000) }, ''],
      ['a bit flipped at the end', { ...proof, proof: flip(proof.proof, proof.proof.length - 4) }, ''],
      ['cut short', { ...proof, proof: proof.proof.slice(0, -4) }, 'proof/malformed'],
      ['made longer', { ...proof, proof: `${proof.proof}AAAA` }, 'proof/malformed'],
      ['empty', { ...proof, proof: '' }, 'proof/malformed'],
      ['not base64url', { ...proof, proof: `${proof.proof.slice(0, -1)}+` }, 'proof/malformed'],
      ['another bundle', { ...proof, bundle: '00'.repeat(32) }, 'bundle/unknown'],
      ['of another version', { ...proof, v: 2 }, 'proof/version'],
      ['a member too many', { ...proof, extra: 1 }, 'proof/malformed'],
      ['a Groth16 one', at.prove(await at.request({ scope: freshScope() })), 'request/mismatch'],
    ];
    for (const [name, body, code] of wrong) {
      const { status, json } = await send(request, body);
      expect(status, name).toBeGreaterThanOrEqual(400);
      expect(status, name).toBeLessThan(500);
      if (code !== '') expect(json.code, name).toBe(code);
    }
    expect(await at.verdict(request.id)).toMatchObject({ result: 'rejected', system: 'transparent', keys: 'none' });
    expect((await send(request, proof)).json).toMatchObject({ result: 'accepted' });
  });

  it('reads no body longer than its program’s proofs', async () => {
    const request = await twinRequest();
    const { status, json } = await send(request, { proof: 'A'.repeat(twinBundle().prepared.proofText + 20_000) });
    expect([status, json.code]).toEqual([413, 'input/too-large']);
    const keyed = await at.request({ scope: freshScope() });
    expect((await send(keyed, { proof: 'A'.repeat(20_000) })).json.code).toBe('input/too-large');
  });

  it('holds in a registry of its issuer alone, and not too old a one', async () => {
    const someone = await person('cyd');
    // A registry of one's own, with a credential that its issuer never put anywhere.
    const own = new RegistryTree();
    own.append(hashToElements('a leaf', 'of one’s own'));
    const position = register(own, someone.credential, someone.holder);
    const request = await twinRequest();
    const selfMade = proveTwin(request, someone.credential, someone.holder, own, position);
    expect((await send(request, selfMade)).json).toMatchObject({ code: 'registry/unknown-root' });
    expect((await at.post('/v1/verify', { request, proof: selfMade })).json).toMatchObject({ code: 'registry/unknown-root' });

    // A request that anybody may write names an issuer accepted here, and the registry of another in which its author has a leaf.
    const bank = { name: 'Bank', ...issuerPublicKey(new Uint8Array(32).fill(7)), demo: false };
    const two = { ...services, issuers: new Map([...services.issuers, ['bank', bank]]) };
    const borrowed = { ...request, issuer: bank };
    const tree = await fetchTree();
    const lent = proveTwin(request, someone.credential, someone.holder, tree, leafPosition(tree, someone), tree.size, borrowed);
    expect(await checkProof(two, borrowed, lent)).toMatchObject({ ok: false, error: { code: 'registry/signature' } });
    const genuine = prove(request, someone, tree);
    expect(await checkProof(two, request, genuine)).toMatchObject({ ok: true, value: { assurance: 'demo-attested', signed: false } });

    const old = await fetchTree();
    at.time.now += 10;
    await person('dot');
    // Replaced before the request, but within the hour.
    at.time.now += 3600;
    const soon = await twinRequest({ lifetime: 60 });
    expect((await send(soon, prove(soon, someone, old))).json).toMatchObject({ result: 'accepted' });
    at.time.now += 1;
    const late = await twinRequest();
    expect((await send(late, prove(late, someone, old))).json).toMatchObject({ code: 'registry/stale-root' });
    expect((await send(late, prove(late, someone, await fetchTree()))).json).toMatchObject({ result: 'accepted' });
  });
});

describe('a scope', () => {
  it('belongs to the system it was first answered in: scope/system', async () => {
    const someone = await person('eve');
    // Groth16 first.
    const keyed = await at.request({ scope: freshScope() });
    const waiting = await twinRequest({ scope: keyed.scope });
    expect((await send(keyed, at.prove(keyed))).json).toMatchObject({ result: 'accepted' });
    const refused = { code: 'scope/system', params: { system: 'groth16' } };
    expect((await send(waiting, prove(waiting, someone, await fetchTree()))).json).toMatchObject(refused);
    expect(await at.verdict(waiting.id)).toMatchObject({ result: 'rejected', reason: 'scope/system' });
    const order = (system: string, scope: string) => at.partner.order(at.time.now, { system, scope });
    expect((await at.post('/v1/requests', { order: await order('transparent', keyed.scope) })).json).toMatchObject(refused);
    // The transparent system first.
    const twin = await twinRequest();
    const open = await at.request({ scope: twin.scope });
    expect((await send(twin, prove(twin, someone, await fetchTree()))).json).toMatchObject({ result: 'accepted' });
    const other = { code: 'scope/system', params: { system: 'transparent' } };
    expect((await send(open, at.prove(open))).json).toMatchObject(other);
    expect((await at.post('/v1/requests', { order: await order('groth16', twin.scope) })).json).toMatchObject(other);
    // Another partner's scope of that name is another scope.
    expect((await at.request({ scope: twin.scope }, at.other)).system).toBe('groth16');
  });

  it('is won by one system when both are answered at once', async () => {
    const someone = await person('fay');
    const tree = await fetchTree();
    const scope = freshScope();
    const requests = await Promise.all([at.request({ scope }), twinRequest({ scope }), at.request({ scope }), twinRequest({ scope })]);
    const proofs = requests.map((request) => (request.system === 'groth16' ? at.prove(request) : prove(request, someone, tree)));
    const answers = await Promise.all(requests.map((request, i) => send(request, proofs[i])));
    const winner = await services.store.scopeSystem(scopeKey('harbour', scope));
    answers.forEach(({ json }, i) => {
      if (requests[i]?.system !== winner) expect(json).toMatchObject({ code: 'scope/system', params: { system: winner } });
    });
    const accepted = answers.filter(({ json }) => json.result === 'accepted');
    // One person, so one transparent answer; two forged Groth16 ones have two numbers.
    expect(accepted).toHaveLength(winner === 'groth16' ? 2 : 1);
  });
});

describe('the demo issuer', () => {
  it('puts every credential asked for both systems into its registry, also when many ask at once', async () => {
    const before = (await fetchTree()).size;
    const people = await Promise.all(['g1', 'g2', 'g3', 'g4', 'g5'].map(person));
    const tree = await fetchTree();
    expect(tree.size).toBe(before + 5);
    for (const someone of people) expect(leafPosition(tree, someone)).toBeGreaterThanOrEqual(before);
  });

  it('registers one leaf holder a holder, and the reverse: else one holder could answer once with each of several leaves', async () => {
    const [alice, mallory] = [holderOf('alice of one leaf'), holderOf('another secret')];
    const leafOf = (holder: HolderSecret): string => digestToHex(fieldHolder(fieldSecret(holder)));
    const ask = (holder: HolderSecret, leaf: HolderSecret) =>
      at.post('/v1/issuer/credentials', { applicant: 'held-out-1', holder: holderCommitment(holder), leafHolder: leafOf(leaf) });
    const size = async (): Promise<number> => (await services.store.registry(ID))?.frontier.size ?? 0;
    expect((await ask(alice, alice)).status).toBe(201);
    const before = await size();
    for (const [holder, leaf] of [
      [alice, mallory],
      [mallory, alice],
    ] as const) {
      const refused = await ask(holder, leaf);
      expect([refused.status, refused.json.code]).toEqual([409, 'issuer/other-leaf']);
    }
    expect(await size()).toBe(before);
    // The same wallet again: another leaf of the same holder, and so no other nullifier.
    expect((await ask(alice, alice)).status).toBe(201);
    expect((await ask(mallory, mallory)).status).toBe(201);
  });

  it('goes on serving wallets that know one system, and refuses a commitment that is none', async () => {
    const before = (await fetchTree()).size;
    const order = { applicant: 'held-out-1', holder: holderCommitment(holderOf('h')) };
    expect((await at.post('/v1/issuer/credentials', order)).json.credential).toBeDefined();
    const wrong = await at.post('/v1/issuer/credentials', { ...order, leafHolder: 'ff'.repeat(32) });
    expect(wrong).toMatchObject({ status: 400, json: { code: 'input/malformed' } });
    expect((await fetchTree()).size).toBe(before);
  });

  it('cannot be spoken for: a root that its key did not sign is not taken in', async () => {
    const tree = await fetchTree();
    const from = tree.size;
    const leaf = hashToElements('forged', 'leaf');
    tree.append(leaf);
    const root = digestToHex(tree.root());
    const statement: RootStatement = { format: 'tacit-registry-root', v: 1, registry: ID, size: tree.size, root, time: at.time.now };
    const push = (key: Uint8Array) =>
      at.post(`/v1/registries/${ID}/leaves`, { from, leaves: [digestToHex(leaf)], statement, signature: signRoot(key, statement) });
    expect((await push(new Uint8Array(32).fill(9))).json).toMatchObject({ code: 'registry/signature' });
    expect((await fetchTree()).size).toBe(from);
    expect((await push(demoIssuerKey())).status).toBe(201);
  });
});
