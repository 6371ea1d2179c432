// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type Result, sha256Hex } from '../base/index.ts';
import {
  BN254_ORDER,
  type BundleManifest,
  bundleHash,
  checkArtefact,
  fieldToHex,
  hashReturnCode,
  hashToField,
  hexToField,
  lengthPrefixed,
  type ProofRequest,
  parseBundleIndex,
  parseBundleManifest,
  parseCredential,
  parseProofEnvelope,
  parseProofFile,
  parseProofRequest,
  parseRequestOrder,
  parseVerdict,
  requestDigest,
  requestHash,
  scopeField,
} from './index.ts';

const hex = (byte: string, bytes: number) => byte.repeat(bytes);
const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.error.code);

const request: ProofRequest = {
  v: 1,
  id: hex('01', 16),
  statement: 'credit-score',
  system: 'groth16',
  bundle: hex('02', 32),
  partner: { id: 'harbour-loans', name: 'Harbour Loans' },
  origin: 'http://localhost:8788',
  scope: 'loan-2026',
  policy: { threshold: -5 },
  issuer: { name: 'Demo bureau', x: hex('03', 32), y: hex('04', 32), demo: true },
  purpose: 'To see whether you may borrow.',
  retentionDays: 30,
  nonce: hex('05', 32),
  issuedAt: 1_790_000_000,
  expiresAt: 1_790_000_900,
  verifier: { url: 'http://localhost:8787', keyId: 'A'.repeat(43) },
};

describe('a proof request', () => {
  it('is read back as it was written', () => {
    expect(parseProofRequest(JSON.parse(JSON.stringify(request)))).toEqual({ ok: true, value: request });
  });

  it('hashes differently when any one field differs', () => {
    const changes: Partial<Record<keyof ProofRequest, unknown>> = {
      id: hex('ff', 16),
      bundle: hex('ff', 32),
      partner: { id: 'other', name: 'Harbour Loans' },
      origin: 'http://localhost:9999',
      scope: 'loan-2027',
      policy: { threshold: -6 },
      issuer: { ...request.issuer, x: hex('ff', 32) },
      purpose: 'Something else.',
      retentionDays: 31,
      alternative: { label: 'By phone', url: 'https://example.org/phone' },
      returnUrl: 'http://localhost:8788/done',
      nonce: hex('ff', 32),
      issuedAt: request.issuedAt + 1,
      expiresAt: request.expiresAt + 1,
      verifier: { ...request.verifier, keyId: 'B'.repeat(43) },
    };
    const hashes = Object.entries(changes).map(([key, value]) => requestHash({ ...request, [key]: value } as ProofRequest));
    const digests = Object.entries(changes).map(([key, value]) => requestDigest({ ...request, [key]: value } as ProofRequest));
    expect(new Set([requestHash(request), ...hashes]).size).toBe(hashes.length + 1);
    expect(new Set([requestDigest(request), ...digests]).size).toBe(digests.length + 1);
    // What is left cannot change: the version, the statement and the system have one value each.
    expect(Object.keys(request).filter((key) => !(key in changes))).toEqual(['v', 'statement', 'system']);
  });

  it.each([
    ['an unknown field', { ...request, extra: 1 }],
    ['an expiry before its creation', { ...request, expiresAt: request.issuedAt }],
    ['an origin with a path', { ...request, origin: 'http://localhost:8788/' }],
    ['an origin of another scheme', { ...request, origin: 'javascript://x' }],
    ['a scope with capitals', { ...request, scope: 'Loan' }],
    ['a fractional threshold', { ...request, policy: { threshold: 0.5 } }],
    ['upper-case hex', { ...request, nonce: hex('AB', 32) }],
    ['not an object', 'request'],
    ['nothing', undefined],
  ])('is refused with %s', (_, value) => {
    expect(codeOf(parseProofRequest(value))).toBe('request/malformed');
  });
});

describe('hashing into the field', () => {
  it('separates partners, tags and parts', () => {
    expect(scopeField('a', 'loan')).not.toBe(scopeField('b', 'loan'));
    expect(scopeField('ab', 'c')).not.toBe(scopeField('a', 'bc'));
    expect(hashToField('t', 'ab')).not.toBe(hashToField('ta', 'b'));
    expect(lengthPrefixed('ab')).toEqual(new Uint8Array([0, 0, 0, 2, 97, 98]));
  });

  it('stays below the order by construction', () => {
    expect(1n << 248n).toBeLessThan(BN254_ORDER);
    for (let i = 0; i < 200; i++) expect(hashToField('t', String(i))).toBeLessThan(1n << 248n);
  });

  it('reads canonical scalars only', () => {
    expect(hexToField(fieldToHex(BN254_ORDER - 1n))).toBe(BN254_ORDER - 1n);
    for (const wrong of [BN254_ORDER.toString(16).padStart(64, '0'), hex('ff', 32), '00', hex('0G', 32)])
      expect(hexToField(wrong)).toBeUndefined();
  });
});

describe('a bundle manifest', () => {
  const artefact = (byte: string, extension: string) => ({ file: `${hex(byte, 32)}.${extension}`, sha256: hex(byte, 32), bytes: 3 });
  const manifest: BundleManifest = {
    format: 'tacit-bundle',
    v: 1,
    statement: 'credit-score',
    system: 'groth16',
    keys: 'development',
    title: 'Credit score',
    model: hex('0a', 32),
    schema: hex('0b', 32),
    publicSignals: ['issuerX'],
    constraints: 8000,
    artefacts: {
      wasm: artefact('11', 'wasm'),
      zkey: artefact('12', 'zkey'),
      r1cs: artefact('13', 'r1cs'),
      vkey: artefact('14', 'json'),
      model: artefact('15', 'json'),
      schema: artefact('16', 'json'),
      preview: artefact('17', 'onnx'),
      transcript: artefact('18', 'json'),
      card: artefact('19', 'json'),
    },
  };

  it('is known by the hash of its content', () => {
    expect(parseBundleManifest(manifest, bundleHash(manifest)).ok).toBe(true);
    expect(codeOf(parseBundleManifest({ ...manifest, constraints: 8001 }, bundleHash(manifest)))).toBe('bundle/hash-mismatch');
  });

  it('refuses a file whose name is not its hash, a path, and an unknown field', () => {
    const broken = { ...manifest, artefacts: { ...manifest.artefacts, zkey: { ...manifest.artefacts.zkey, sha256: hex('99', 32) } } };
    expect(codeOf(parseBundleManifest(broken, bundleHash(broken)))).toBe('bundle/malformed');
    const path = { ...manifest, artefacts: { ...manifest.artefacts, zkey: { ...manifest.artefacts.zkey, file: '../../etc/passwd' } } };
    expect(codeOf(parseBundleManifest(path, bundleHash(path)))).toBe('bundle/malformed');
    expect(codeOf(parseBundleManifest({ ...manifest, more: 1 }, bundleHash(manifest)))).toBe('bundle/malformed');
    expect(codeOf(parseBundleIndex({ format: 'tacit-bundles', v: 1, bundles: [] }))).toBe('bundle/malformed');
  });

  it('refuses bytes that are not the published ones', () => {
    const abc = { file: '', sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', bytes: 3 };
    expect(checkArtefact(abc, new Uint8Array([97, 98, 99])).ok).toBe(true);
    expect(codeOf(checkArtefact(abc, new Uint8Array([97, 98, 100])))).toBe('bundle/hash-mismatch');
    expect(codeOf(checkArtefact(abc, new Uint8Array([97, 98])))).toBe('bundle/hash-mismatch');
  });
});

describe('the other messages', () => {
  it('are refused with their own code when they are anything else', () => {
    for (const wrong of [null, 0, 'x', [], {}, { format: 'tacit-proof' }]) {
      expect(codeOf(parseProofEnvelope(wrong))).toBe('proof/malformed');
      expect(codeOf(parseProofFile(wrong))).toBe('proof/malformed');
      expect(codeOf(parseCredential(wrong))).toBe('credential/malformed');
      expect(codeOf(parseRequestOrder(wrong))).toBe('request/malformed');
      expect(codeOf(parseVerdict(wrong))).toBe('input/malformed');
    }
  });

  it('has a return code in a verdict exactly when it was accepted', () => {
    const rejected = {
      iss: 'https://verifier.example',
      aud: 'shop',
      sub: hex('01', 16),
      request: hex('02', 32),
      origin: 'https://shop.example',
      statement: 'credit-score',
      scope: 'loan',
      policy: { threshold: 1 },
      result: 'rejected',
      bundle: hex('03', 32),
      model: hex('04', 32),
      system: 'groth16',
      keys: 'development',
      issuer: { name: 'Bank', demo: false },
      assurance: 'issuer-attested',
      iat: 1,
    };
    const code = hashReturnCode(hex('05', 16));
    expect(code).toBe(sha256Hex(new Uint8Array(16).fill(5)));
    expect(parseVerdict(rejected).ok).toBe(true);
    expect(parseVerdict({ ...rejected, result: 'accepted', returnCode: code }).ok).toBe(true);
    for (const wrong of [{ returnCode: code }, { result: 'accepted' }, { result: 'accepted', returnCode: hex('05', 16) }])
      expect(codeOf(parseVerdict({ ...rejected, ...wrong }))).toBe('input/malformed');
    for (const wrong of ['', hex('05', 15), hex('05', 32), 'x'.repeat(32)]) expect(() => hashReturnCode(wrong)).toThrow('return code');
  });

  it('bounds a proof before anything looks at it', () => {
    const proof = {
      format: 'tacit-proof',
      v: 1,
      statement: 'credit-score',
      system: 'groth16',
      bundle: hex('02', 32),
      points: hex('00', 256),
      publicSignals: [] as string[],
    };
    expect(parseProofEnvelope(proof).ok).toBe(true);
    expect(codeOf(parseProofEnvelope({ ...proof, publicSignals: Array(65).fill(hex('00', 32)) }))).toBe('proof/malformed');
    expect(codeOf(parseProofEnvelope({ ...proof, points: hex('00', 257) }))).toBe('proof/malformed');
  });
});

describe('text that a person reads', () => {
  const purpose = (text: string) => codeOf(parseProofRequest({ ...request, purpose: text }));

  it('may be of any language, with its joiners and marks', () => {
    for (const text of ['می‌خواهم بدانم', 'क्‍ष', 'לבדוק\u200f.', 'Größe – “ja” 👩‍🔬', 'ﷺ']) expect(purpose(text), text).toBe('ok');
  });

  it('hides nothing and turns nothing round', () => {
    // A terminal's escape, a line break, a right-to-left override, an isolate, a zero-width space, a soft hyphen, nothing at all.
    for (const text of [
      '\u001b[2J',
      'a\nb',
      '\u202emoc.knab',
      '\u2066x\u2069',
      'a\u200bb',
      'a\u00adb',
      'a\u2028b',
      '\u0085',
      '  ',
      '\u00a0',
    ])
      expect(purpose(text), JSON.stringify(text)).toBe('request/malformed');
  });

  it('is held to that wherever another party writes it', () => {
    const bad = 'Bank \u202emoc.live';
    for (const change of [
      { partner: { ...request.partner, name: bad } },
      { issuer: { ...request.issuer, name: bad } },
      { alternative: { label: bad, url: 'https://example.org/' } },
    ])
      expect(codeOf(parseProofRequest({ ...request, ...change }))).toBe('request/malformed');
  });

  it('names a wrong member without repeating what a terminal would obey, and without its length', () => {
    const refusal = parseProofRequest({ ...request, [`\u001b]0;\u202e${'x'.repeat(10_000)}`]: 1 });
    const what = refusal.ok ? '' : String(refusal.error.params?.what);
    expect(what).toMatch(/^Unrecognized key/);
    for (const symbol of ['\u001b', '\u202e']) expect(what).not.toContain(symbol);
    expect(what.length).toBeLessThanOrEqual(160);
  });
});
