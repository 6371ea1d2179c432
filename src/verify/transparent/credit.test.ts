// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from 'vitest';
import { makeCase } from '../../../circuits/credit-score/testing/index.ts';
import { publicValuesOf } from '../../../circuits/credit-score/transparent/index.ts';
import {
  applicantFeatures,
  proveTwin,
  register,
  twinBundle,
  twinFiles,
  twinModel,
  twinSchema,
} from '../../../circuits/credit-score/transparent/testing/index.ts';
import { canonicalBytes, fromBase64Url, fromHex, type Result, sha256Hex } from '../../base/index.ts';
import { encodeProgram } from '../../program/index.ts';
import type { ProofRequest, TransparentManifest, TransparentProof } from '../../protocol/index.ts';
import { requestDigest } from '../../protocol/index.ts';
import { digestFromHex, digestToHex, hashToElements, RegistryTree } from '../../registry/index.ts';
import { verifyReference } from '../reference/index.ts';
import { prepareTransparentBundle, verifyTransparentProof } from './index.ts';

const { files, manifest, prepared } = twinBundle();
const code = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code);

let request: ProofRequest;
let proof: TransparentProof;
beforeAll(() => {
  const made = makeCase({ model: twinModel, schema: twinSchema, features: applicantFeatures(0), threshold: -1_000_000 });
  request = { ...made.request, system: 'transparent', registry: 'issuer.demo', bundle: prepared.hash };
  const tree = new RegistryTree();
  tree.append(hashToElements('other', 'leaf'));
  proof = proveTwin(request, made.credential, made.holder, tree, register(tree, made.credential, made.holder));
});

describe('prepareTransparentBundle', () => {
  it('compiles the program that the manifest names, at 100 bits or more', () => {
    expect(prepared.plan.hash).toBe(manifest.program);
    expect(prepared.soundnessBits).toBeGreaterThanOrEqual(100);
  });

  it('refuses files and manifests that do not belong together', () => {
    const other = twinFiles({ ...twinModel, margin: twinModel.margin + 1 });
    const change = (fields: Partial<TransparentManifest>) => prepareTransparentBundle({ ...manifest, ...fields }, files);
    expect(code(prepareTransparentBundle(manifest, { ...files, model: other.files.model }))).toBe('bundle/hash-mismatch');
    expect(code(prepareTransparentBundle(manifest, { ...files, schema: files.model }))).toBe('bundle/hash-mismatch');
    expect(code(change({ program: '00'.repeat(32) }))).toBe('bundle/malformed');
    expect(code(change({ publics: manifest.publics.slice(1) }))).toBe('bundle/malformed');
    expect(code(change({ model: manifest.schema }))).toBe('bundle/malformed');
    expect(code(prepareTransparentBundle(manifest, { ...files, model: new Uint8Array(2 ** 20 + 1) }))).toBe('bundle/malformed');
  });

  it('refuses a model that the program cannot hold, and one in another spelling', () => {
    const as = (bytes: Uint8Array): Result<unknown> => {
      const artefact = { file: `${sha256Hex(bytes)}.json`, sha256: sha256Hex(bytes), bytes: bytes.length };
      return prepareTransparentBundle(
        { ...manifest, model: artefact.sha256, artefacts: { ...manifest.artefacts, model: artefact } },
        { ...files, model: bytes },
      );
    };
    const wide = { ...twinModel, layers: twinModel.layers.map((layer) => ({ ...layer, bias: layer.bias.map(() => 2 ** 28) })) };
    const refused = as(canonicalBytes(wide));
    expect(refused).toMatchObject({ ok: false, error: { code: 'bundle/malformed', params: { what: expect.stringContaining('2^28') } } });
    expect(code(as(new Uint8Array(files.model.length)))).toBe('bundle/malformed');
    expect(code(as(new TextEncoder().encode(JSON.stringify(twinModel, null, 1))))).toBe('bundle/malformed');
  });
});

describe('verifyTransparentProof', () => {
  it('accepts an honest proof and says its number, and so does the second verifier', () => {
    expect(verifyTransparentProof(prepared, request, proof)).toEqual({
      ok: true,
      value: { nullifier: proof.nullifier, root: proof.root, soundnessBits: prepared.soundnessBits },
    });
    const publics = publicValuesOf(request, digestFromHex(proof.root) ?? [], digestFromHex(proof.nullifier) ?? []);
    if (!publics.ok) throw new Error(publics.error.code);
    const statement = { model: prepared.credit.modelHash, nonce: requestDigest(request), publics: publics.value };
    expect(
      verifyReference(encodeProgram(prepared.plan.program), statement, fromBase64Url(proof.proof) ?? new Uint8Array()),
    ).toBeUndefined();
  });

  it('holds every field of the request', () => {
    const changes: Partial<ProofRequest>[] = [
      { id: '00'.repeat(16) },
      { partner: { id: 'acme', name: 'Acme' } },
      { partner: { ...request.partner, id: 'rival' } },
      { origin: 'https://rival.example' },
      { scope: 'other' },
      { policy: { threshold: request.policy.threshold - 1 } },
      { issuer: { ...request.issuer, x: '00'.repeat(32) } },
      { registry: 'issuer.other' },
      { purpose: 'Another' },
      { retentionDays: 2 },
      { nonce: '22'.repeat(32) },
      { issuedAt: request.issuedAt - 1 },
      { expiresAt: request.expiresAt + 1 },
      { returnUrl: 'https://partner.example/x' },
      { verifier: { ...request.verifier, url: 'https://other.example' } },
      { verifier: { ...request.verifier, keyId: 'B'.repeat(43) } },
    ];
    for (const change of changes) {
      const wanted = 'issuer' in change || 'registry' in change ? 'registry/signature' : 'proof/invalid';
      expect(code(verifyTransparentProof(prepared, { ...request, ...change }, proof)), JSON.stringify(change)).toBe(wanted);
    }
  });

  it('refuses what is not of this system, bundle or form, each with its code', () => {
    const { registry: _, ...rest } = request;
    const groth16 = { ...rest, system: 'groth16' as const };
    const points = {
      format: 'tacit-proof',
      v: 1,
      statement: 'credit-score',
      system: 'groth16',
      bundle: prepared.hash,
      points: '00'.repeat(256),
      publicSignals: [],
    } as const;
    expect(code(verifyTransparentProof(prepared, groth16, proof))).toBe('request/mismatch');
    expect(code(verifyTransparentProof(prepared, request, points))).toBe('request/mismatch');
    expect(code(verifyTransparentProof(prepared, { ...request, system: 'groth16' }, proof))).toBe('request/malformed');
    expect(code(verifyTransparentProof(prepared, rest as ProofRequest, proof))).toBe('request/malformed');
    expect(code(verifyTransparentProof(prepared, { ...request, bundle: '00'.repeat(32) }, proof))).toBe('bundle/unknown');
    expect(code(verifyTransparentProof(prepared, request, { ...proof, bundle: '00'.repeat(32) }))).toBe('bundle/unknown');
    expect(code(verifyTransparentProof(prepared, { ...request, policy: { threshold: 2 ** 29 } }, proof))).toBe('request/unsupported');
    const p = Array.from(fromHex('0100007f') ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('');
    for (const name of ['root', 'nullifier'] as const)
      expect(code(verifyTransparentProof(prepared, request, { ...proof, [name]: p + '00'.repeat(28) })), name).toBe('proof/non-canonical');
    expect(code(verifyTransparentProof(prepared, request, { ...proof, nullifier: digestToHex(hashToElements('x', 'y')) }))).toBe(
      'proof/invalid',
    );
  });

  it('takes no proof whose bytes were changed', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const { length } = proof.proof;
    for (let i = 0; i < 24; i++) {
      const at = Math.floor((i * (length - 2)) / 23);
      const symbol = alphabet[(alphabet.indexOf(proof.proof[at] ?? 'A') + 1 + i) % 64];
      expect(
        code(
          verifyTransparentProof(prepared, request, {
            ...proof,
            proof: `${proof.proof.slice(0, at)}${symbol}${proof.proof.slice(at + 1)}`,
          }),
        ),
      ).not.toBe('ok');
    }
    for (const text of [proof.proof.slice(0, -1), `${proof.proof}A`, `${proof.proof.slice(0, -1)}=`, 'A'])
      expect(code(verifyTransparentProof(prepared, request, { ...proof, proof: text }))).toBe('proof/malformed');
    for (const strange of [null, 1, [], { ...proof, proof: 7 }])
      expect(code(verifyTransparentProof(prepared, request, strange as never))).toBe('proof/malformed');
  });
});
