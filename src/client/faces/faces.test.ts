import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import parameters from '../../../circuits/face/parameters.json' with { type: 'json' };
import { fromHex, ok, sha256Hex } from '../../base/index.ts';
import type { FaceRequest } from '../../protocol/index.ts';
import { type Digest, digestToHex } from '../../registry/index.ts';
import type { FaceRecord, Vault } from '../../vault/index.ts';
import { codeOf, id, must, newVault, PASSPHRASE, face as sample } from '../../vault/testing/samples.ts';
import { json, type Network, network, ORIGIN, problem, signingVerifier } from '../testing/fakes.ts';
import { serveRegistry, told as truth } from '../testing/registry.ts';
import { createFaces, type RunningFaces } from './faces.ts';

// What is sent, kept and forgotten of an enrolment, without a proof: those are made in e2e and in the rooms that make them.

const proof: NonNullable<FaceRecord['waiting']>['proof'] = {
  format: 'tacit-face-proof',
  v: 1,
  system: 'transparent',
  statement: 'face-enrol',
  model: 'a1'.repeat(32),
  program: 'a5'.repeat(32),
  nonce: 'a6'.repeat(32),
  soundnessBits: 100,
  proof: 'AAAA',
  commitment: 'a2'.repeat(32),
};
const registrar = { id: 'demo', name: 'Demo registrar', demo: true };
const ENROL = 'POST /v1/faces';
const REVOKE = 'POST /v1/faces/revocations';

let net: Network;
let vault: Vault;
let faces: RunningFaces;
let told: number;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  net = network();
  vault = await newVault({ now: () => net.now });
  told = 0;
  faces = createFaces({
    http: net.http,
    vault,
    jobs: { prepare: () => ({ result: Promise.resolve(ok({})), cancel: () => undefined }) } as never,
    caches: undefined,
    origin: ORIGIN,
    published: async () => ({ parameters, files: {} as never }),
  });
  faces.subscribe(() => told++);
});
afterEach(() => {
  faces.close();
  vault.close();
});

const ours = (n: number): FaceRecord => ({ ...sample(n), network: parameters.embedding, enrolledAt: 1_800_000_000_000 + n });
const waits = (n: number, rest: Partial<FaceRecord> = {}): FaceRecord => {
  const { registry: _, ...record } = ours(n);
  return { ...record, waiting: { proof }, ...rest };
};
async function keep(...records: FaceRecord[]): Promise<void> {
  for (const record of records) must(await vault.faces.put(record));
}
const kept = async () => must(await faces.list());
const taken = (registry = 'faces.3', family = 'faces') => net.routes.set(ENROL, () => json({ registry, family, known: false }, 201));
const bodies = (path: string) => net.seen.filter(({ url }) => url === path).map(({ body }) => JSON.parse(body));
const asked = (registry: string) => ({ registry }) as FaceRequest;

describe('the face that answers a request', () => {
  it('is the newest of its family that today’s network saw, and there may be none', async () => {
    expect(codeOf(await faces.find())).toBe('face/not-enrolled');
    await keep(sample(1), ours(2), ours(3), { ...ours(4), family: 'faces-demo', registrar });
    expect(must(await faces.find()).id).toBe(id(3));
    expect(must(await faces.find(asked('faces.7'))).id).toBe(id(3));
    expect(must(await faces.find(asked('faces-demo.1'))).id).toBe(id(4));
    expect(codeOf(await faces.find(asked('faces-else.1')))).toBe('face/not-enrolled');
    expect((await kept()).map((record) => record.id)).toEqual([id(4), id(3), id(2), id(1)]);
  });
});

describe('an enrolment', () => {
  it('is sent with the hash of its revocation key, and never the key', async () => {
    const record = waits(1);
    await keep(record);
    taken();
    expect(must(await faces.send(record))).toEqual({ ...ours(1), family: 'faces', registry: 'faces.3' });
    const revocation = sha256Hex(fromHex(record.revocationKey) ?? new Uint8Array());
    expect(bodies('/v1/faces')).toEqual([{ format: 'tacit-face-enrolment', v: 1, revocation, proof }]);
    expect(net.seen[0]?.body).not.toContain(record.revocationKey);
    expect(told).toBe(1);
  });

  it('waits while there is no network, and goes when the device is back or the wallet opened', async () => {
    await keep(waits(1));
    net.online = false;
    expect(codeOf(await faces.flush())).toBe('network/offline');
    expect((await kept())[0]?.waiting).toEqual({ proof });
    net.online = true;
    taken();
    vault.lock();
    expect(codeOf(await faces.flush())).toBe('ok');
    expect(net.seen).toEqual([]);
    must(await vault.unlock({ kind: 'passphrase', passphrase: PASSPHRASE }));
    await expect.poll(async () => (await kept())[0]?.registry).toBe('faces.3');
  });

  it('goes on waiting when the verifier’s answer is none', async () => {
    await keep(waits(1));
    net.routes.set(ENROL, () => json({ welcome: 'to this café' }));
    expect(codeOf(await faces.flush())).toBe('verifier/unavailable');
    expect((await kept())[0]?.waiting).toEqual({ proof });
  });

  it('takes the place of the earlier one of its family, which is revoked; what cannot be revoked now goes with the next', async () => {
    await keep(ours(1), { ...ours(2), family: 'faces-demo', registrar }, waits(3));
    taken();
    must(await faces.flush());
    // Nobody answered the revocation.
    expect((await kept()).map((record) => record.id)).toEqual([id(3), id(2), id(1)]);
    await keep(waits(4));
    net.routes.set(REVOKE, async (request) => {
      const { commitment } = (await request.json()) as { commitment: string };
      return commitment === ours(1).face.commitment ? json({ revoked: true }) : problem('face/unknown');
    });
    must(await faces.flush());
    expect((await kept()).map((record) => record.id)).toEqual([id(4), id(2)]);
    expect(bodies('/v1/faces/revocations')).toContainEqual({ commitment: ours(1).face.commitment, key: ours(1).revocationKey });
  });
});

describe('the place of an enrolment in its registry', () => {
  const commitment = digestToHex([1, 2, 3, 4, 5, 6, 7, 8]);
  const record = { ...ours(1), face: { ...ours(1).face, commitment } };
  const others = Array.from({ length: 5 }, (_, i) => [2 + i, 2, 3, 4, 5, 6, 7, 8]);
  const request = { ...asked('faces.2'), id: id(9) };
  const prepare = () => faces.prepare(request).result;
  const serve = async (leaves: readonly Digest[]) => serveRegistry(net, await signingVerifier(), 'faces.2', truth('faces.2', leaves));

  it('is found once for a request, before any picture, and kept for the next', async () => {
    await keep(record);
    const pieces = await serve([...others, [1, 2, 3, 4, 5, 6, 7, 8]]);
    must(await prepare());
    must(await prepare());
    expect(pieces).toEqual(['0-6']);
    expect(await kept()).toEqual([{ ...record, position: 5 }]);
  });

  it('is for good: a leaf that is not where it was found is not looked for elsewhere', async () => {
    await keep({ ...record, position: 5 });
    await serve(others);
    expect(codeOf(await prepare())).toBe('face/path');
    await serve([[1, 2, 3, 4, 5, 6, 7, 8], ...others]);
    expect(codeOf(await prepare())).toBe('face/path');
    expect(await kept()).toEqual([{ ...record, position: 5 }]);
  });

  it('is looked for once, also by who asks while the first search is on its way; giving up ends the waiting', async () => {
    await keep(record);
    const pieces = await serve([...others, [1, 2, 3, 4, 5, 6, 7, 8]]);
    const leaves = net.routes.get('GET /v1/registries/faces.2/leaves');
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    net.routes.set('GET /v1/registries/faces.2/leaves', async (asking) => {
      await gate;
      return leaves?.(asking) ?? problem('registry/unknown');
    });
    const first = prepare();
    const second = prepare();
    const third = faces.prepare(request);
    await new Promise((resolve) => setTimeout(resolve, 20));
    third.cancel();
    expect(codeOf(await third.result)).toBe('job/cancelled');
    go();
    must(await first);
    must(await second);
    expect(pieces).toEqual(['0-6']);
  });

  it('does not bring back an enrolment that was deleted meanwhile', async () => {
    await keep(record);
    await serve([[1, 2, 3, 4, 5, 6, 7, 8]]);
    const leaves = net.routes.get('GET /v1/registries/faces.2/leaves');
    net.routes.set('GET /v1/registries/faces.2/leaves', async (asking) => {
      must(await vault.faces.remove(record.id));
      return leaves?.(asking) ?? problem('registry/unknown');
    });
    must(await prepare());
    expect(await kept()).toEqual([]);
  });

  it('is not asked for without an enrolment', async () => {
    expect(codeOf(await prepare())).toBe('face/not-enrolled');
    expect(net.seen).toEqual([]);
  });
});

describe('a registrar’s word', () => {
  const record = waits(1, { family: 'faces-demo', registrar });
  const DESK = 'POST /v1/registrar/attestations';

  it('is waited for before anything is sent', async () => {
    await keep(record);
    taken('faces-demo.1', 'faces-demo');
    must(await faces.flush());
    expect(codeOf(await faces.send(record))).toBe('face/attestation');
    expect(net.seen).toEqual([]);
    net.routes.set(DESK, () => json({ attestation: 'signed' }, 201));
    expect(must(await faces.attest(record))).toMatchObject({ family: 'faces-demo', registry: 'faces-demo.1' });
    expect(bodies('/v1/registrar/attestations')).toEqual([{ commitment: record.face.commitment }]);
    expect(bodies('/v1/faces')[0]).toMatchObject({ attestation: 'signed' });
  });

  it('as the person brings it is sent; too late or too long, it is asked for again', async () => {
    await keep(record);
    expect(codeOf(await faces.attest(record, 'x'.repeat(4_001)))).toBe('face/attestation');
    net.routes.set(ENROL, () => problem('face/attestation'));
    expect(codeOf(await faces.attest(record, 'stale'))).toBe('face/attestation');
    expect((await kept())[0]?.waiting).toEqual({ proof });
  });

  it('that the desk answers without is a typed error', async () => {
    await keep(record);
    net.routes.set(DESK, () => json({}));
    expect(codeOf(await faces.attest(record))).toBe('face/attestation');
    net.routes.set(DESK, () => problem('request/unsupported', { what: 'no demo registrar' }));
    expect(codeOf(await faces.attest(record))).toBe('request/unsupported');
  });
});

describe('revoking', () => {
  it('strikes off at the verifier with the key of the family’s registrar, and then forgets', async () => {
    const vouched: FaceRecord = { ...ours(1), family: 'faces-demo', registrar };
    await keep(vouched);
    expect(codeOf(await faces.revoke(vouched))).toBe('verifier/unavailable');
    expect(await kept()).toEqual([vouched]);
    net.routes.set(REVOKE, () => json({ revoked: true }));
    must(await faces.revoke(vouched));
    expect(bodies('/v1/faces/revocations').at(-1)).toEqual({
      commitment: vouched.face.commitment,
      registrar: 'demo',
      key: vouched.revocationKey,
    });
    expect(await kept()).toEqual([]);
  });

  it('forgets what was never sent, or is not known there, without more', async () => {
    await keep(waits(1), ours(2));
    must(await faces.revoke(waits(1)));
    expect(net.seen).toEqual([]);
    net.routes.set(REVOKE, () => problem('face/unknown'));
    must(await faces.revoke(ours(2)));
    expect(await kept()).toEqual([]);
  });
});
