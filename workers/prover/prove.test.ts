import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import applicants from '../../circuits/credit-score/applicants.json' with { type: 'json' };
import { demoIssuerKey, holderCommitment, issuerPublicKey, newHolderSecret, signCredential } from '../../circuits/credit-score/index.ts';
import { canonicalBytes, type Result } from '../../src/base/index.ts';
import type { ProverProgress, ProverTask } from '../../src/client/index.ts';
import { type BundleManifest, parseBundleIndex, parseBundleManifest, parseCredentialSchema } from '../../src/protocol/index.ts';
import { codeOf, must, request } from '../../src/vault/testing/samples.ts';
import { prepareBundle, verifyProof } from '../../src/verify/index.ts';
import { prove } from './prove.ts';

const bundles = fileURLToPath(new URL('../../public/bundles/', import.meta.url));
const readJson = (path: string): unknown => JSON.parse(readFileSync(bundles + path, 'utf8'));
const options = { onProgress: () => undefined, now: () => performance.now() };

let task: ProverTask;
let manifest: BundleManifest;
beforeAll(() => {
  const hash = must(parseBundleIndex(readJson('index.json'))).bundles[0]?.bundle ?? '';
  manifest = must(parseBundleManifest(readJson(`${hash}/manifest.json`), hash));
  const bytes = (name: keyof BundleManifest['artefacts']) =>
    new Uint8Array(readFileSync(`${bundles}${hash}/${manifest.artefacts[name].file}`));
  const files = { wasm: bytes('wasm'), zkey: bytes('zkey'), vkey: bytes('vkey'), model: bytes('model'), schema: bytes('schema') };
  const schema = must(parseCredentialSchema(JSON.parse(new TextDecoder().decode(files.schema))));
  const holder = newHolderSecret(new Uint8Array(96).fill(7));
  const issuedAt = request().issuedAt;
  const features: Record<string, number> = { ...applicants.applicants[0]?.features };
  const attestation = {
    schema,
    features,
    holder: holderCommitment(holder),
    issuedAt: issuedAt - 60,
    expiresAt: issuedAt + 60,
    issuerName: 'Demo',
  };
  const credential = must(signCredential(demoIssuerKey(), attestation));
  const issuer = { name: 'Demo', demo: true, ...issuerPublicKey(demoIssuerKey()) };
  task = { manifest, request: { ...request(), bundle: hash, issuer, policy: { threshold: -(2 ** 30) } }, credential, holder, files };
});

describe('the prover’s work', () => {
  it('goes from a credential to a proof that the verifier accepts, in stages that never go back', async () => {
    const seen: ProverProgress[] = [];
    const made = must(await prove(task, { ...options, onProgress: (progress) => seen.push(progress) }));
    const bundle = must(prepareBundle(manifest, task.files.vkey));
    expect(must(verifyProof(bundle, task.request, made.proof))).toEqual({ nullifier: made.nullifier });
    expect([...new Set(seen.map(({ stage }) => stage))]).toEqual(['witness', 'prove', 'check']);
    expect(seen.map(({ fraction }) => fraction)).toEqual(seen.map(({ fraction }) => fraction).sort((a, b) => a - b));
    const text = new TextDecoder().decode(canonicalBytes(made.proof));
    expect(text.length).toBeLessThan(4_000);
    for (const secret of [task.holder.secret, task.holder.blinding, task.credential.holder]) expect(text).not.toContain(secret);
  });

  it.each([
    ['policy/not-met', (t: ProverTask) => ({ ...t, request: { ...t.request, policy: { threshold: 2 ** 30 } } })],
    ['credential/holder', (t: ProverTask) => ({ ...t, holder: { ...t.holder, blinding: '01'.repeat(32) } })],
    [
      'credential/expired',
      (t: ProverTask) => ({ ...t, request: { ...t.request, issuedAt: t.request.issuedAt + 61, expiresAt: t.request.expiresAt + 61 } }),
    ],
    ['credential/signature', (t: ProverTask) => ({ ...t, credential: { ...t.credential, expiresAt: t.credential.expiresAt + 1 } })],
    ['bundle/unknown', (t: ProverTask) => ({ ...t, request: { ...t.request, bundle: '00'.repeat(32) } })],
    ['bundle/malformed', (t: ProverTask) => ({ ...t, files: { ...t.files, model: new Uint8Array([1, 2]) } })],
    ['bundle/hash-mismatch', (t: ProverTask) => ({ ...t, files: { ...t.files, vkey: t.files.vkey.slice(1) } })],
  ] as const)('%s, before anything is proved', async (code, change) => {
    const result: Result<unknown> = await prove(change(task), options);
    expect(codeOf(result)).toBe(code);
  });

  it('offers no proof that does not hold: made with another key, it fails its own check', async () => {
    // A key file whose points were moved: a proof comes out, and only the check can tell.
    const zkey = task.files.zkey.slice();
    const section = zkey.length - 64 * 100;
    zkey.copyWithin(section, section - 64 * 200, section - 64 * 100);
    expect(codeOf(await prove({ ...task, files: { ...task.files, zkey } }, options))).toBe('proof/self-check');
  });
});
