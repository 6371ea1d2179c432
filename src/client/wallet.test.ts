import { IDBFactory } from 'fake-indexeddb';
import { fieldHolder, fieldSecret } from '../../circuits/credit-score/transparent/leaf.ts';
import { digestToHex } from '../registry/index.ts';
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoIssuerKey, holderCommitment, issuerPublicKey, signCredential } from '../../circuits/credit-score/index.ts';
import schemaJson from '../../circuits/credit-score/schema.json' with { type: 'json' };
import { canonicalBytes } from '../base/index.ts';
import { type Credential, parseCredentialSchema } from '../protocol/index.ts';
import { openFiles, type Vault } from '../vault/index.ts';
import { codeOf, id, must, newVault, request } from '../vault/testing/samples.ts';
import { createBundleLoader } from './bundles.ts';
import { json, type Network, network, ORIGIN, problem, serveBundle, testBundle } from './testing/fakes.ts';
import type { OpenRequest, Wallet } from './types.ts';
import { createVerifierClient } from './verifier.ts';
import { createWallet } from './wallet.ts';

const schema = must(parseCredentialSchema(schemaJson));
const published = testBundle(new Uint8Array(canonicalBytes(schemaJson as never)));
const key = issuerPublicKey(demoIssuerKey());
const issuer = { name: 'Demo issuer', ...key, demo: true };
const features = Object.fromEntries(schema.features.map((feature) => [feature.name, feature.kind === 'number' ? feature.min : 0]));

let net: Network;
let vault: Vault;
let wallet: Wallet;
let change: (credential: Credential) => Credential;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  net = network();
  vault = await newVault();
  change = (credential) => credential;
  serveBundle(net, published);
  net.routes.set('GET /v1/issuer', () => json({ ...issuer, applicants: [{ id: 'a', label: 'Applicant A' }] }));
  net.routes.set('POST /v1/issuer/credentials', async (asked) => {
    const { holder } = (await asked.json()) as { holder: string };
    const now = Math.floor(net.now / 1000);
    const signed = signCredential(demoIssuerKey(), {
      schema,
      features,
      holder,
      issuedAt: now,
      expiresAt: now + 1000,
      issuerName: issuer.name,
    });
    return json({ credential: change(must(signed)) }, 201);
  });
  const bundles = createBundleLoader(net.http, must(await openFiles()));
  const verifier = createVerifierClient({ http: net.http, bundles, vault, origin: ORIGIN });
  wallet = createWallet({ vault, verifier, bundles, http: net.http });
});
afterEach(() => vault.close());

const applicant = { id: 'a', label: 'Applicant A' };
const open = (): OpenRequest => ({
  request: { ...request(), issuer, issuedAt: Math.floor(net.now / 1000), expiresAt: Math.floor(net.now / 1000) + 900 },
  manifest: published.manifest,
  status: 'open',
  offline: false,
});

describe('credentials', () => {
  it('are obtained for a commitment, under the wallet’s one secret, and kept', async () => {
    const one = must(await wallet.obtain(applicant));
    const two = must(await wallet.obtain(applicant));
    expect(one.holder.secret).toBe(must(await vault.identity()));
    expect(two.holder.secret).toBe(one.holder.secret);
    expect(two.holder.blinding).not.toBe(one.holder.blinding);
    expect(one.credential.holder).toBe(holderCommitment(one.holder));
    expect(must(await vault.credentials.list())).toHaveLength(2);
    const bodies = net.seen.map(({ body }) => body).filter((body) => body !== '');
    const leafHolder = digestToHex(fieldHolder(fieldSecret(one.holder)));
    expect(bodies[0]).toBe(JSON.stringify({ applicant: 'a', holder: one.credential.holder, leafHolder }));
    for (const secret of [one.holder.secret, one.holder.blinding]) expect(JSON.stringify(net.ledger.entries())).not.toContain(secret);
  });

  it('are not kept when the answer is not what was asked for', async () => {
    const other = { ...features, [schema.features[0]?.name ?? '']: 1 };
    for (const [expected, wrong] of [
      ['credential/signature', (credential: Credential) => ({ ...credential, features: { ...other } })],
      ['credential/unknown-schema', (credential: Credential) => ({ ...credential, schema: '00'.repeat(32) })],
      ['credential/unknown-issuer', (credential: Credential) => ({ ...credential, issuer: { ...credential.issuer, x: '00'.repeat(32) } })],
      ['credential/malformed', (credential: Credential) => ({ ...credential, signature: { ...credential.signature, s: 'ff'.repeat(32) } })],
    ] as const) {
      change = wrong;
      expect(codeOf(await wallet.obtain(applicant))).toBe(expected);
    }
    change = (credential) =>
      must(
        signCredential(demoIssuerKey(), {
          ...credential,
          schema,
          holder: holderCommitment({ secret: '01'.repeat(32), blinding: '02'.repeat(32) }),
          issuerName: 'x',
        }),
      );
    expect(codeOf(await wallet.obtain(applicant))).toBe('credential/holder');
    net.routes.set('POST /v1/issuer/credentials', () => problem('issuer/unknown-applicant', { applicant: 'a' }));
    expect(codeOf(await wallet.obtain(applicant))).toBe('issuer/unknown-applicant');
    expect(must(await vault.credentials.list())).toEqual([]);
  });

  it('ask nobody while the wallet is locked', async () => {
    vault.lock();
    expect(codeOf(await wallet.obtain(applicant))).toBe('vault/locked');
    expect(codeOf(await wallet.matches(open()))).toBe('vault/locked');
    expect(net.ledger.entries()).toEqual([]);
  });

  it('are matched to a request, usable ones first, with the reason for the others', async () => {
    expect(must(await wallet.matches(open()))).toEqual([]);
    const good = must(await wallet.obtain(applicant));
    const { holder } = good;
    must(await vault.credentials.put({ ...good, id: id(2), addedAt: good.addedAt + 1, holder: { ...holder, secret: '09'.repeat(32) } }));
    must(
      await vault.credentials.put({
        ...good,
        id: id(3),
        addedAt: good.addedAt + 2,
        credential: { ...good.credential, expiresAt: 1_700_000_001, issuedAt: 1_700_000_000 },
      }),
    );
    const matches = must(await wallet.matches(open()));
    expect(matches.map(({ record, problem: why }) => [record.id, why?.code])).toEqual([
      [good.id, undefined],
      [id(3), 'credential/signature'],
      [id(2), 'credential/holder'],
    ]);
    const late = open();
    const after = {
      ...late,
      request: { ...late.request, issuedAt: late.request.issuedAt + 2_000, expiresAt: late.request.expiresAt + 2_000 },
    };
    expect(must(await wallet.matches(after)).map(({ problem: why }) => why?.code)).toContain('credential/expired');
    const foreign = { ...late, request: { ...late.request, issuer: { ...issuer, x: '00'.repeat(32), name: 'A bank' } } };
    expect(must(await wallet.matches(foreign))[0]?.problem).toEqual({ code: 'credential/unknown-issuer', params: { issuer: 'A bank' } });
  });
});
