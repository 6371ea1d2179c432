// `tacit prove` up to the proof: the call, the files, and every input that no proof can be made of. Nothing is written for any of them.
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoIssuerKey, holderCommitment, issuerPublicKey, newHolderSecret, signCredential } from '../../circuits/credit-score/index.ts';
import { canonicalJson, sha256, utf8ToBytes } from '../base/index.ts';
import { BN254_ORDER, type Credential, type CredentialSchema, type ProofRequest } from '../protocol/index.ts';
import { sampleRequest } from '../verify/testing/index.ts';
import { makeSandbox, NOW, type Sandbox, tacit } from './testing/index.ts';

let at: Sandbox;
let schema: CredentialSchema;
let request: ProofRequest;
let credential: Credential;
const holder = newHolderSecret(new Uint8Array(96).fill(7));

const attest = (change: Partial<Parameters<typeof signCredential>[1]> = {}, key = demoIssuerKey()): Credential => {
  const features = Object.fromEntries(schema.features.map((feature) => [feature.name, feature.kind === 'number' ? feature.min : 0]));
  const signed = signCredential(key, {
    schema,
    features,
    holder: holderCommitment(holder),
    issuedAt: NOW - 1000,
    expiresAt: NOW + 1000,
    issuerName: 'Demo',
    ...change,
  });
  if (!signed.ok) throw new Error(signed.error.code);
  return signed.value;
};

beforeAll(async () => {
  at = await makeSandbox();
  schema = JSON.parse(await readFile(new URL('../../circuits/credit-score/schema.json', import.meta.url), 'utf8'));
  const issuer = { name: 'Demo', ...issuerPublicKey(demoIssuerKey()), demo: true };
  request = sampleRequest(at.bundle.hash, { issuer, policy: { threshold: -(2 ** 30) }, issuedAt: NOW - 10, expiresAt: NOW + 10 });
  credential = attest();
});
afterAll(() => at.done());

const refusal = async (...args: string[]) => {
  const before = (await readdir(at.dir)).sort();
  const { exit, out } = await tacit(at.bundles, 'prove', ...args, '--json');
  expect((await readdir(at.dir)).sort()).toEqual(before);
  return [exit, (JSON.parse(out) as { error?: { code: string } }).error?.code];
};
const out = () => join(at.dir, 'proof.json');
const ofInput = async (value: unknown) => refusal('credit-score', '--input', await at.file('input.json', value), '--out', out());
const ofChange = (change: object) => ofInput({ request, credential, holder, ...change });

describe('the call', () => {
  it.each<[string[]]>([
    [[]],
    [['face-match']],
    [['credit-score']],
    [['credit-score', '--input', 'x']],
    [['credit-score', '--out', 'x']],
    [['credit-score', '--input', 'x', '--out', '']],
    [['credit-score', '--input', '--out', 'x']],
    [['credit-score', '--input', 'x', '--example', '--out', 'x']],
    [['credit-score', 'somebody', '--input', 'x', '--out', 'y']],
    [['credit-score', 'a', 'b', '--example', '--out', 'y']],
    [['credit-score', '--input', 'x', '--threshold', '5', '--out', 'y']],
    [['credit-score', '--input', 'x', '--save-input', 'z', '--out', 'y']],
    [['credit-score', '--example', '--threshold', 'high', '--out', 'y']],
    [['credit-score', '--example', '--threshold', '99999999999', '--out', 'y']],
    [['credit-score', '--fast']],
  ])('%j is bad use', async (args) => expect(await refusal(...args)).toEqual([2, 'cli/usage']));
});

describe('the files', () => {
  it('must be there, and be files', async () => {
    const input = await at.file('input.json', { request, credential, holder });
    expect(await refusal('credit-score', '--input', join(at.dir, 'none'), '--out', out())).toEqual([2, 'cli/file']);
    expect(await refusal('credit-score', '--input', at.dir, '--out', out())).toEqual([2, 'cli/file']);
    expect(await refusal('credit-score', '--input', input, '--out', join(at.dir, 'no', 'proof.json'))).toEqual([2, 'cli/file']);
    expect(await refusal('credit-score', '--input', input, '--out', join(input, 'proof.json'))).toEqual([2, 'cli/file']);
    expect(await refusal('credit-score', '--input', input, '--out', at.dir)).toEqual([2, 'cli/file']);
    expect(await refusal('credit-score', '--input', input, '--out', '/dev/null')).toEqual([2, 'cli/file']);
  });

  it('are never the input itself, whose secret would be lost', async () => {
    const input = await at.file('input.json', { request, credential, holder });
    const link = join(at.dir, 'link.json');
    await symlink(input, link);
    await mkdir(join(at.dir, 'sub'));
    for (const file of [input, link, join(at.dir, 'sub', '..', 'input.json')])
      expect(await refusal('credit-score', '--input', input, '--out', file)).toEqual([2, 'cli/usage']);
    expect(JSON.parse(await readFile(input, 'utf8'))).toHaveProperty('holder');
    expect(await refusal('credit-score', '--example', '--save-input', out(), '--out', out())).toEqual([2, 'cli/usage']);
  });

  it('keep what they hold when no proof can be made', async () => {
    await writeFile(out(), 'an older proof');
    expect(await ofChange({ holder: newHolderSecret(new Uint8Array(96).fill(8)) })).toEqual([1, 'credential/holder']);
    expect(await readFile(out(), 'utf8')).toBe('an older proof');
  });
});

describe('the input', () => {
  it('is JSON of its form', async () => {
    for (const value of ['', '{', '[]', 'null', '['.repeat(100_000), new Uint8Array([0x22, 0xff, 0x22]), { request, credential }])
      expect(await ofInput(value)).toEqual([1, 'input/malformed']);
    expect(await ofChange({ more: 1 })).toEqual([1, 'input/malformed']);
    expect(await ofChange({ holder: { ...holder, secret: '1' } })).toEqual([1, 'input/malformed']);
    expect(await ofChange({ holder: { ...holder, secret: BN254_ORDER.toString(16).padStart(64, '0') } })).toEqual([1, 'input/malformed']);
    expect(await ofInput(new Uint8Array(10_000_000).map((_, i) => (i * 2654435761) >>> 24))).toEqual([1, 'input/too-large']);
  });

  it('has a request that lives and that this installation can prove', async () => {
    expect(await ofChange({ request: {} })).toEqual([1, 'request/malformed']);
    expect(await ofChange({ request: undefined })).toEqual([1, 'input/malformed']);
    expect(await ofChange({ request: { ...request, statement: 'face-match' } })).toEqual([1, 'request/malformed']);
    expect(await ofChange({ request: { ...request, expiresAt: NOW } })).toEqual([1, 'request/expired']);
    expect(await ofChange({ request: { ...request, bundle: 'ab'.repeat(32) } })).toEqual([1, 'bundle/unknown']);
    expect(await ofChange({ request: 'a.b.c' })).toEqual([2, 'cli/usage']);
    const input = await at.file('input.json', { request: 'a.b.c', credential, holder });
    const jwks = await at.file('jwks.json', { keys: [] });
    expect(await refusal('credit-score', '--input', input, '--jwks', jwks, '--out', out())).toEqual([1, 'request/signature']);
  });

  it('has a credential of the right schema, issuer, holder and time, unchanged', async () => {
    expect(await ofChange({ credential: {} })).toEqual([1, 'credential/malformed']);
    expect(await ofChange({ request: { ...request, issuedAt: NOW + 400, expiresAt: NOW + 900 } })).toEqual([1, 'request/malformed']);
    expect(await ofChange({ credential: { ...credential, expiresAt: credential.issuedAt } })).toEqual([1, 'credential/malformed']);
    expect(await ofChange({ credential: { ...credential, schema: 'ab'.repeat(32) } })).toEqual([1, 'credential/unknown-schema']);
    expect(await ofChange({ credential: attest({}, sha256(utf8ToBytes('another'))) })).toEqual([1, 'credential/unknown-issuer']);
    expect(await ofChange({ credential: { ...credential, expiresAt: credential.expiresAt + 1 } })).toEqual([1, 'credential/signature']);
    expect(await ofChange({ credential: { ...credential, features: { ...credential.features, age: 99 } } })).toEqual([
      1,
      'credential/signature',
    ]);
    expect(await ofChange({ credential: attest({ holder: holderCommitment(newHolderSecret(new Uint8Array(96))) }) })).toEqual([
      1,
      'credential/holder',
    ]);
    expect(await ofChange({ credential: attest({ expiresAt: NOW - 11 }) })).toEqual([1, 'credential/expired']);
  });

  it('has every feature, no other, each in its range', async () => {
    const { age: _, ...rest } = credential.features;
    const changed = (features: object) => ofChange({ credential: { ...credential, features } });
    expect(await changed(rest)).toEqual([1, 'input/feature-missing']);
    expect(await changed({ ...credential.features, shoe: 1 })).toEqual([1, 'input/feature-unknown']);
    expect(await changed({ ...credential.features, age: 10_000 })).toEqual([1, 'input/feature-out-of-range']);
    expect(await changed({ ...credential.features, age: 0.5 })).toEqual([1, 'credential/malformed']);
  });

  it('reaches the threshold', async () => {
    expect(await ofChange({ request: { ...request, policy: { threshold: 2 ** 30 } } })).toEqual([1, 'policy/not-met']);
  });

  it('is not told of on stderr', async () => {
    const input = await at.file('input.json', {
      request,
      credential: { ...credential, features: { ...credential.features, age: 99 } },
      holder,
    });
    const { err } = await tacit(at.bundles, 'prove', 'credit-score', '--input', input, '--out', out());
    expect(err).toBe(
      'rejected: The issuer’s signature does not match this credential: it was changed. Ask the issuer for a new one. [credential/signature]\n',
    );
    expect(canonicalJson(err)).not.toContain(holder.secret);
  });
});

describe('the bundle', () => {
  it('has a circuit and a key that hold what their hashes say', async () => {
    const { wasm } = at.bundle.manifest.artefacts;
    const file = join(at.folder, wasm.file);
    await writeFile(file, 'wasM');
    expect(await ofChange({})).toEqual([2, 'bundle/hash-mismatch']);
    await writeFile(file, 'wasm');
    expect(await ofChange({})).toEqual([2, 'bundle/malformed']); // right by its hash, and no circuit
  });
});
