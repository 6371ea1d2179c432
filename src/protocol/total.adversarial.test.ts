// SPDX-License-Identifier: Apache-2.0
//
// What the readers let through can be hashed: no accepted message makes canonicalBytes throw.
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../base/index.ts';
import { type ProofRequest, parseCredential, parseProofEnvelope, parseProofFile, parseProofRequest, requestDigest } from './index.ts';

const hex = (bytes: number) => '11'.repeat(bytes);
const request = {
  v: 1,
  id: hex(16),
  statement: 'credit-score',
  system: 'groth16',
  bundle: hex(32),
  partner: { id: 'acme', name: 'Acme' },
  origin: 'https://acme.example',
  scope: 'loan',
  policy: { threshold: 0 },
  issuer: { name: 'Demo', x: hex(32), y: hex(32), demo: true },
  purpose: 'A loan',
  retentionDays: 30,
  nonce: hex(32),
  issuedAt: 1,
  expiresAt: 2,
  verifier: { url: 'https://verifier.example', keyId: 'a'.repeat(43) },
} satisfies ProofRequest;

const withJson = (change: (text: string) => string): unknown => JSON.parse(change(JSON.stringify(request)));

describe('requests', () => {
  it('spell negative zero as zero', () => {
    const read = parseProofRequest(withJson((text) => text.replace('"threshold":0', '"threshold":-0')));
    if (!read.ok) throw new Error(read.error.code);
    expect(requestDigest(read.value)).toBe(requestDigest(request));
  });

  it.each([
    ['a lone surrogate', 'https://acme.example/\ud800'],
    ['a script', 'javascript:alert(1)'],
    ['inline data', 'data:text/html,x'],
  ])('refuse %s as an address to follow', (_, url) => {
    expect(parseProofRequest({ ...request, returnUrl: url })).toMatchObject({ ok: false, error: { code: 'request/malformed' } });
    expect(parseProofRequest({ ...request, alternative: { label: 'By post', url } })).toMatchObject({ ok: false });
  });

  it('end after they begin', () => {
    expect(parseProofRequest({ ...request, expiresAt: 1 })).toMatchObject({ ok: false, error: { code: 'request/malformed' } });
  });
});

describe('credentials', () => {
  const credential = {
    format: 'tacit-credential',
    v: 1,
    schema: hex(32),
    features: { age: 30 },
    holder: hex(32),
    issuedAt: 1,
    expiresAt: 2,
    issuer: { name: 'Demo', x: hex(32), y: hex(32) },
    signature: { r8x: hex(32), r8y: hex(32), s: hex(32) },
  };

  it('refuse a feature name that cannot be hashed', () => {
    const read = parseCredential({ ...credential, features: { age: -0 } });
    if (!read.ok) throw new Error(read.error.code);
    expect(() => canonicalBytes(read.value)).not.toThrow();
    expect(parseCredential({ ...credential, features: { '\ud800': 1 } })).toMatchObject({
      ok: false,
      error: { code: 'credential/malformed' },
    });
  });
});

describe('proofs', () => {
  const proof = {
    format: 'tacit-proof',
    v: 1,
    statement: 'credit-score',
    system: 'groth16',
    bundle: hex(32),
    points: hex(256),
    publicSignals: [hex(32)],
  };
  const file = { format: 'tacit-proof-file', v: 1, request, proof };

  it('of another version say so', () => {
    expect(parseProofEnvelope(proof).ok).toBe(true);
    expect(parseProofFile(file).ok).toBe(true);
    const newer = { ok: false, error: { code: 'proof/version', params: { version: 2, expected: 1 } } };
    expect(parseProofEnvelope({ ...proof, v: 2 })).toEqual(newer);
    expect(parseProofFile({ ...file, v: 2 })).toEqual(newer);
    expect(parseProofFile({ ...file, proof: { ...proof, v: 2, added: true } })).toEqual(newer);
  });

  it.each([[null], [undefined], [7], ['text'], [[]], [{ v: 2 }], [{ ...proof, v: '1' }], [{ ...proof, extra: 1 }], [Object.create(null)]])(
    'of no known form are malformed (%#)',
    (value) => {
      expect(parseProofEnvelope(value)).toMatchObject({ ok: false, error: { code: 'proof/malformed' } });
      expect(parseProofFile({ ...file, proof: value })).toMatchObject({ ok: false, error: { code: 'proof/malformed' } });
    },
  );
});
