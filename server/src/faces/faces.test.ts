// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { decodeJwt, exportJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { near, smallFrame } from '../../../circuits/face/testing/networks.ts';
import { type Enrolled, enrolPerson, matchPerson } from '../../../circuits/face/testing/people.ts';
import { sha256Hex } from '../../../src/base/index.ts';
import {
  type FaceAnswer,
  type FaceRequest,
  type FaceVerdict,
  parseAnyRequest,
  parseFaceVerdict,
  requestDigest,
} from '../../../src/protocol/index.ts';
import {
  bucketsOf,
  type Digest,
  digestFromHex,
  parseRegistryState,
  type RegistryTree,
  readLeaves,
  STRUCK,
  treeOf,
} from '../../../src/registry/index.ts';
import { type Harness, ORIGIN, openHarness } from '../testing/harness.ts';
import { makePartner, type TestPartner } from '../testing/partner.ts';
import { demoRegistrar } from './demo-registrar.ts';
import { openRegistrars } from './faces.ts';

let at: Harness;
let registrar: TestPartner;
beforeAll(async () => {
  registrar = await makePartner('town', ORIGIN);
  at = await openHarness({ faces: { registrar: registrar.jwk }, rootMinutes: 60 });
});
afterAll(() => at.close());

const keyOf = (name: string): string => createHash('sha256').update(`revoke ${name}`).digest('hex');
const revocationOf = (name: string): string => sha256Hex(new Uint8Array(Buffer.from(keyOf(name), 'hex')));
const body = ({ proof }: Enrolled, name: string, more: Record<string, unknown> = {}) => ({
  format: 'tacit-face-enrolment',
  v: 1,
  proof,
  revocation: revocationOf(name),
  ...more,
});
const post = (someone: Enrolled, name: string, more?: Record<string, unknown>) => at.post('/v1/faces', body(someone, name, more));

/** Enrolled once, by the name alone. */
const known = new Map<string, Enrolled>();
async function enrolled(name: string): Promise<Enrolled> {
  const before = known.get(name);
  if (before !== undefined) return before;
  const someone = enrolPerson(frameOf(name), name, ORIGIN);
  expect((await post(someone, name)).status).toBe(201);
  known.set(name, someone);
  return someone;
}
const seeds = new Map<string, number>();
const frameOf = (name: string): Int32Array => {
  if (!seeds.has(name)) seeds.set(name, 100 + seeds.size);
  return smallFrame(seeds.get(name) ?? 0);
};

async function tree(registry: string): Promise<RegistryTree> {
  const { json } = await at.get(`/v1/registries/${registry}`);
  const state = parseRegistryState(decodeJwt(json.registry));
  if (!state.ok) throw new Error(state.error.code);
  const leaves: Digest[] = [];
  for (const { from, to } of bucketsOf(state.value.size)) {
    const response = await at.fetch(`/v1/registries/${registry}/leaves?from=${from}&to=${to}`);
    const read = readLeaves(new Uint8Array(await response.arrayBuffer()), to - from);
    if (!read.ok) throw new Error(read.error.code);
    leaves.push(...read.value);
  }
  const made = treeOf(leaves, state.value);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
}

let scopes = 0;
async function request(change: Record<string, unknown> = {}): Promise<FaceRequest> {
  const order = { statement: 'face-match', policy: { threshold: 2000 }, scope: `face-${scopes++}`, ...change };
  const { json } = await at.post('/v1/requests', { order: await at.partner.order(at.time.now, order) });
  if (json.request === undefined) throw new Error(JSON.stringify(json));
  const read = parseAnyRequest(decodeJwt(json.request));
  if (!read.ok || read.value.statement !== 'face-match') throw new Error('not a request for a face');
  return read.value;
}
const send = ({ id }: FaceRequest, proof: unknown) => at.post(`/v1/requests/${id}/proof`, proof);
async function verdict({ id }: FaceRequest): Promise<FaceVerdict> {
  const read = parseFaceVerdict(await at.verdict(id));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}
const answer = async (asked: FaceRequest, name: string, change = {}): Promise<FaceAnswer> =>
  matchPerson(asked, near(frameOf(name), 2), (await enrolled(name)).holder, await tree(asked.registry), change);

describe('a face', () => {
  it('is enrolled, matched, and the partner gets a verdict that says what it is worth', async () => {
    await enrolled('anna');
    const asked = await request();
    expect(asked.registry).toBe('faces.1');
    const sent = await send(asked, await answer(asked, 'anna'));
    expect(sent.status, JSON.stringify(sent.json)).toBe(200);
    expect(await verdict(asked)).toMatchObject({
      result: 'accepted',
      statement: 'face-match',
      assurance: 'enrolled',
      keys: 'none',
      registry: 'faces.1',
      attacks: 'attack detection not independently measured',
      request: requestDigest(asked),
    });
  });

  it('sent again adds nothing, and the same answer is told the same code again', async () => {
    const before = (await tree('faces.1')).size;
    const again = await post(await enrolled('anna'), 'anna');
    expect([again.status, again.json.known]).toEqual([201, true]);
    expect((await tree('faces.1')).size).toBe(before);
    const asked = await request();
    const proof = await answer(asked, 'anna');
    const [first, second] = [await send(asked, proof), await send(asked, proof)];
    expect(second.json).toEqual(first.json);
    expect((await send(asked, await answer(await request(), 'anna'))).json.code).toBe('request/used');
  });

  it('answers once in a scope', async () => {
    const asked = await request();
    expect((await send(asked, await answer(asked, 'anna'))).status).toBe(200);
    const again = await request({ scope: asked.scope });
    expect((await send(again, await answer(again, 'anna'))).json.code).toBe('nullifier/used');
    expect(await verdict(again)).toMatchObject({ result: 'rejected', reason: 'nullifier/used' });
    // Somebody else may, and the same person elsewhere has another number.
    await enrolled('ben');
    expect((await send(again, await answer(again, 'ben'))).status).toBe(200);
  });

  it('of two answers at once with one nullifier, one is accepted', async () => {
    await enrolled('anna');
    const scope = `race-${scopes++}`;
    const [one, two] = [await request({ scope }), await request({ scope })];
    const proofs = [await answer(one, 'anna'), await answer(two, 'anna')];
    const codes = await Promise.all([send(one, proofs[0]), send(two, proofs[1])]);
    expect(codes.map(({ json }) => json.code ?? json.result).sort()).toEqual(expect.arrayContaining(['nullifier/used']));
    expect(codes.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('what is not answered', () => {
  it('another request, scope, a lower threshold, an enrolment, or a request that was made for another program', async () => {
    const asked = await request();
    const signalOf = async (proof: unknown) => (await send(asked, proof)).json;
    const elsewhere = await request();
    expect(await signalOf(await answer(elsewhere, 'anna'))).toMatchObject({ code: 'request/mismatch', params: { signal: 'nonce' } });
    expect(await signalOf(await answer(asked, 'anna', { scope: 'another' }))).toMatchObject({ params: { signal: 'scope' } });
    expect(await signalOf(await answer(asked, 'anna', { threshold: 1999 }))).toMatchObject({ params: { signal: 'threshold' } });
    expect(await signalOf((await enrolled('anna')).proof)).toMatchObject({ code: 'request/mismatch', params: { signal: 'statement' } });
    const right = await answer(asked, 'anna');
    expect(await signalOf({ ...right, model: '00'.repeat(32) })).toMatchObject({ params: { signal: 'model' } });
    expect(await signalOf({ ...right, v: 2 })).toMatchObject({ code: 'proof/version' });
    expect(await signalOf({ ...right, extra: 1 })).toMatchObject({ code: 'proof/malformed' });
    // A proof for more than was asked is more than was asked.
    expect((await send(asked, await answer(asked, 'anna', { threshold: 2001 }))).status).toBe(200);
  });

  it('a proof whose values were changed after it was made', async () => {
    const asked = await request();
    const right = await answer(asked, 'anna');
    const nullifier = `${(Number.parseInt(right.nullifier.slice(0, 2), 16) ^ 1).toString(16).padStart(2, '0')}${right.nullifier.slice(2)}`;
    expect((await send(asked, { ...right, nullifier })).json.code).toBe('proof/invalid');
    expect((await send(asked, { ...right, threshold: 2500 })).json.code).toBe('proof/invalid');
    expect((await send(asked, { ...right, nullifier: 'ff'.repeat(32) })).json.code).toMatch(/^proof\/(?:non-canonical|statement)$/);
    expect((await send(asked, { ...right, soundnessBits: 128 })).json.code).toBe('proof/statement');
    const middle = Math.floor(right.proof.length / 2);
    const broken = `${right.proof.slice(0, middle)}${right.proof[middle] === 'A' ? 'B' : 'A'}${right.proof.slice(middle + 1)}`;
    expect((await send(asked, { ...right, proof: broken })).json.code).toMatch(/^proof\/(?:invalid|non-canonical|malformed)$/);
    expect(await verdict(asked)).toMatchObject({ result: 'rejected' });
  });

  it('a root that never was, and one that was replaced too long ago', async () => {
    await enrolled('anna');
    const asked = await request();
    const right = await answer(asked, 'anna');
    expect((await send(asked, { ...right, root: '01000000'.repeat(8) })).json.code).toBe('registry/unknown-root');
    const old = await tree(asked.registry);
    at.time.now += 10;
    await enrolled('carla');
    at.time.now += 3600 + 10;
    const late = await request();
    const stale = matchPerson(late, near(frameOf('anna'), 2), (await enrolled('anna')).holder, old);
    expect((await send(late, stale)).json.code).toBe('registry/stale-root');
    expect((await send(late, await answer(late, 'anna'))).status).toBe(200);
  });

  it('an order for a registrar nobody knows, or a threshold out of range', async () => {
    const place = async (change: Record<string, unknown>) =>
      (
        await at.post('/v1/requests', {
          order: await at.partner.order(at.time.now, { statement: 'face-match', policy: { threshold: 2000 }, ...change }),
        })
      ).json.code;
    expect(await place({ registrar: 'nobody' })).toBe('request/unsupported');
    expect(await place({ policy: { threshold: 4096 } })).toBe('request/malformed');
    expect(await place({ policy: { threshold: 0 } })).toBe('request/malformed');
  });
});

describe('an enrolment', () => {
  it('is taken only for this verifier and family, and only with a proof that holds', async () => {
    const foreign = enrolPerson(frameOf('dora'), 'dora', 'https://elsewhere.example');
    expect((await post(foreign, 'dora')).json).toMatchObject({ code: 'request/mismatch', params: { signal: 'nonce' } });
    const own = enrolPerson(frameOf('dora'), 'dora', ORIGIN);
    const stolen = { ...own, proof: { ...own.proof, commitment: `02${own.proof.commitment.slice(2)}` } };
    expect((await post(stolen, 'dora')).json.code).toBe('proof/invalid');
    expect((await post(own, 'dora', { extra: 1 })).json.code).toBe('proof/malformed');
    expect((await at.get('/v1/faces')).json).toMatchObject({ family: 'faces', registrars: [{ id: 'town', demo: false }] });
  });

  it('by a registrar counts as such, when the registrar signed for exactly this commitment, here and now', async () => {
    const emil = enrolPerson(frameOf('emil'), 'emil', ORIGIN, 'faces-town');
    const word = (change: Record<string, unknown> = {}, by = registrar) =>
      by.sign({ iss: 'town', aud: ORIGIN, commitment: emil.proof.commitment, iat: at.time.now, ...change }, { typ: 'tacit-registrar+jwt' });
    const stranger = await makePartner('town', ORIGIN);
    for (const attestation of [
      await word({}, stranger),
      await word({ commitment: '11'.repeat(32) }),
      await word({ aud: 'https://elsewhere.example' }),
      await word({ iat: at.time.now - 1000 }),
      await word({ iss: 'other' }),
      await registrar.sign({ iss: 'town', aud: ORIGIN, commitment: emil.proof.commitment, iat: at.time.now }, { typ: 'tacit-order+jwt' }),
      'nonsense',
    ])
      expect((await post(emil, 'emil', { attestation })).json.code).toBe('face/attestation');
    // Without a registrar's word, a proof for a registrar's family is for another one.
    expect((await post(emil, 'emil')).json).toMatchObject({ code: 'request/mismatch', params: { signal: 'nonce' } });
    const taken = await post(emil, 'emil', { attestation: await word() });
    expect([taken.status, taken.json.registry]).toEqual([201, 'faces-town.1']);
    const asked = await request({ registrar: 'town' });
    const proof = matchPerson(asked, near(frameOf('emil'), 2), emil.holder, await tree(asked.registry));
    expect((await send(asked, proof)).status).toBe(200);
    expect(await verdict(asked)).toMatchObject({ result: 'accepted', assurance: 'registrar-attested', registrar: 'Town hall' });
    // Who enrolled alone is in another registry, whose roots this request does not take.
    const alone = await answer(await request(), 'anna');
    const again = await request({ registrar: 'town' });
    const cheat = matchPerson(again, near(frameOf('anna'), 2), (await enrolled('anna')).holder, await tree('faces.1'));
    expect((await send(again, cheat)).json.code).toBe('registry/unknown-root');
    expect((await send(again, alone)).json.code).toBe('request/mismatch');
  });

  it('that is revoked answers nothing that is asked from then on, does not come back, and leaves the others in place', async () => {
    const frida = await enrolled('frida');
    await enrolled('anna');
    const before = await tree((await at.get('/v1/faces')).json.registry);
    const revoke = (more: Record<string, unknown> = {}) =>
      at.post('/v1/faces/revocations', { commitment: frida.proof.commitment, key: keyOf('frida'), ...more });
    expect((await revoke({ key: keyOf('anna') })).json.code).toBe('face/revocation');
    expect((await revoke({ commitment: '11'.repeat(32) })).json.code).toBe('face/unknown');
    expect((await revoke({ registrar: 'town' })).json.code).toBe('face/unknown');
    expect((await revoke({ key: 'short' })).json.code).toBe('input/malformed');
    const done = await revoke();
    expect([done.status, done.json.registry]).toEqual([200, 'faces.2']);
    expect((await revoke()).status, 'revoked twice is revoked').toBe(200);
    expect((await at.get('/v1/faces')).json.registry).toBe('faces.2');
    expect((await post(frida, 'frida')).json.code).toBe('face/revoked');

    const asked = await request();
    expect(asked.registry).toBe('faces.2');
    const after = await tree('faces.2');
    // Nobody's leaf lies where hers did, and everybody else's where it was.
    const hers = before.find(digestFromHex(frida.proof.commitment) ?? []) ?? -1;
    expect(after.size).toBe(before.size);
    for (let at = 0; at < before.size; at++) expect(after.leaf(at)).toEqual(at === hers ? STRUCK : before.leaf(at));
    const stale = matchPerson(asked, near(frameOf('frida'), 2), frida.holder, before);
    expect((await send(asked, stale)).json.code).toBe('registry/unknown-root');
    expect((await send(asked, await answer(asked, 'anna'))).status).toBe(200);
    // Enrolled anew with another blinding, the same person has the same number in a scope.
    const anew = enrolPerson(frameOf('frida'), 'frida', ORIGIN, 'faces', 1);
    expect((await post(anew, 'frida')).json).toMatchObject({ registry: 'faces.2', known: false });
    expect((await post(await enrolled('anna'), 'anna')).json).toMatchObject({ known: true });
  });
});

describe('the demo registrar', () => {
  it('signs for anybody, and what it signed for is worth a demonstration', async () => {
    const demo = await openHarness({ faces: { registrar: registrar.jwk, demo: true } });
    expect((await demo.get('/v1/faces')).json.registrars).toContainEqual(expect.objectContaining({ id: 'demo', demo: true }));
    const gita = enrolPerson(frameOf('gita'), 'gita', ORIGIN, 'faces-demo');
    const desk = await demo.post('/v1/registrar/attestations', { commitment: gita.proof.commitment });
    expect(desk.status).toBe(201);
    const { attestation } = desk.json;
    expect((await demo.post('/v1/faces', body(gita, 'gita', { attestation }))).json).toMatchObject({ registry: 'faces-demo.1' });
    const order = { statement: 'face-match', policy: { threshold: 2000 }, registrar: 'demo' };
    const { json } = await demo.post('/v1/requests', { order: await demo.partner.order(demo.time.now, order) });
    expect(decodeJwt(json.request)).toMatchObject({ registrar: { id: 'demo', demo: true }, registry: 'faces-demo.1' });
    expect((await demo.post('/v1/registrar/attestations', { commitment: 'none' })).json.code).toBe('input/malformed');
    // Where it does not run, its word is nobody's.
    expect((await at.post('/v1/registrar/attestations', { commitment: gita.proof.commitment })).json.code).toBe('request/unsupported');
    expect((await post(gita, 'gita', { attestation })).json.code).toBe('face/attestation');
    await demo.close();
  });

  it('has a key that no other registrar may have', async () => {
    const [key] = (await demoRegistrar()).keys.values();
    if (key === undefined) throw new Error('no key');
    const { kty, crv, x } = await exportJWK(key);
    const keys = [{ kty, crv, x } as never];
    await expect(openRegistrars([{ id: 'town', name: 'Town hall', keys }])).rejects.toThrow('published');
  });
});

it('without networks nothing of faces is there', async () => {
  const bare = await openHarness();
  expect((await bare.get('/v1/faces')).json.code).toBe('request/unsupported');
  expect((await bare.post('/v1/faces', {})).json.code).toBe('request/unsupported');
  expect((await bare.post('/v1/faces/revocations', {})).json.code).toBe('request/unsupported');
  expect((await bare.get('/v1/registries/faces.1')).json.code).toBe('registry/unknown');
  const order = await bare.partner.order(bare.time.now, { statement: 'face-match', policy: { threshold: 2000 } });
  expect((await bare.post('/v1/requests', { order })).json.code).toBe('request/unsupported');
  await bare.close();
});
