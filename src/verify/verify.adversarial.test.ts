// SPDX-License-Identifier: Apache-2.0
import { bn254 } from '@noble/curves/bn254.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PUBLIC_SIGNALS } from '../../circuits/credit-score/statement.ts';
import { bigIntToBytes, bytesToHex, isErrorCode, utf8ToBytes } from '../base/index.ts';
import { BN254_ORDER, type BundleManifest, fieldToHex, type ProofEnvelope, type ProofRequest } from '../protocol/index.ts';
import { prepareBundle, verifyProof } from './index.ts';
import { outsideG2, sampleRequest, simulate, simulatedBundle } from './testing/index.ts';

const made = simulatedBundle();
const prepared = prepareBundle(made.manifest, made.vkey);
if (!prepared.ok) throw new Error(prepared.error.code);
const bundle = prepared.value;
const request = sampleRequest(made.hash);
const nullifier = 987654321n;
const proof = made.prove(request, nullifier);

const accepted = { ok: true, value: { nullifier: fieldToHex(nullifier) } };
const refused = (code: string, params?: object) => ({ ok: false, error: params === undefined ? { code } : { code, params } });
const verify = (changed: unknown, asked: unknown = request) => verifyProof(bundle, asked as ProofRequest, changed as ProofEnvelope);
const withSignal = (i: number, hex: string): ProofEnvelope => ({
  ...proof,
  publicSignals: proof.publicSignals.map((old, at) => (at === i ? hex : old)),
});
const signalAt = (i: number): bigint => BigInt(`0x${proof.publicSignals[i]}`);
const hex32 = (value: bigint): string => bytesToHex(bigIntToBytes(value, 32));

describe('an honest proof', () => {
  it('is accepted, and the answer is its nullifier', () => expect(verify(proof)).toEqual(accepted));

  it('gives the same answer when somebody re-randomised it, so answers are told apart by the nullifier alone', () => {
    const points = simulate(made.trapdoor, made.signals(request, nullifier), 'm');
    const k = 5n;
    const inverse = bn254.fields.Fr.inv(k);
    const delta = bn254.G2.Point.BASE.multiplyUnsafe(made.trapdoor.delta);
    const others = [
      { ...points, a: points.a.negate(), b: points.b.negate() },
      { ...points, a: points.a.multiplyUnsafe(inverse), b: points.b.multiplyUnsafe(k) },
      { a: points.a, b: points.b.add(delta), c: points.c.add(points.a) },
    ].map((changed) => made.envelope(made.signals(request, nullifier), changed));
    for (const other of others) expect(verify(other)).toEqual(accepted);
    expect(new Set([proof, ...others].map((one) => one.points)).size).toBe(4);
  });

  it('takes a few tens of milliseconds', () => {
    const began = performance.now();
    for (let i = 0; i < 10; i++) verify(proof);
    expect((performance.now() - began) / 10).toBeLessThan(500);
  });
});

describe('a proof of another request', () => {
  const changes: [keyof ProofRequest, Partial<ProofRequest>, string][] = [
    ['id', { id: '09'.repeat(16) }, 'requestHash'],
    ['nonce', { nonce: '09'.repeat(32) }, 'requestHash'],
    ['origin', { origin: 'https://evil.example' }, 'requestHash'],
    ['partner', { partner: { id: 'other-bank', name: 'Acme Bank' } }, 'scope'],
    ['partner', { partner: { id: 'acme-bank', name: 'Other' } }, 'requestHash'],
    ['scope', { scope: 'house-loan' }, 'scope'],
    ['policy', { policy: { threshold: -1201 } }, 'threshold'],
    ['issuer', { issuer: { ...request.issuer, x: fieldToHex(6n) } }, 'issuerX'],
    ['issuer', { issuer: { ...request.issuer, y: fieldToHex(6n) } }, 'issuerY'],
    ['issuer', { issuer: { ...request.issuer, demo: false } }, 'requestHash'],
    ['purpose', { purpose: 'Something else' }, 'requestHash'],
    ['retentionDays', { retentionDays: 31 }, 'requestHash'],
    ['issuedAt', { issuedAt: request.issuedAt + 1 }, 'requestHash'],
    ['expiresAt', { expiresAt: request.expiresAt + 1 }, 'requestHash'],
    ['verifier', { verifier: { ...request.verifier, keyId: 'x'.repeat(43) } }, 'requestHash'],
    ['returnUrl', { returnUrl: 'https://acme.example/back' }, 'requestHash'],
  ];
  it.each(changes)('is refused when %s differs (case %#)', (_, change, signal) => {
    expect(verify(proof, { ...request, ...change })).toEqual(refused('request/mismatch', { signal }));
  });

  it('is refused although all signals but one were rewritten to fit', () => {
    const other = sampleRequest(made.hash, { nonce: '09'.repeat(32) });
    const rewritten = made.signals(other, nullifier).map(fieldToHex);
    expect(verify({ ...proof, publicSignals: rewritten }, other)).toEqual(refused('proof/invalid'));
  });

  it('is refused for a request whose issuer is no field element', () => {
    const other = { ...request, issuer: { ...request.issuer, x: hex32(5n + BN254_ORDER) } };
    expect(verify(proof, other)).toEqual(refused('request/mismatch', { signal: 'issuerX' }));
  });

  it('or of another bundle is refused before anything is computed', () => {
    const other = '0a'.repeat(32);
    expect(verify({ ...proof, bundle: other })).toEqual(refused('bundle/unknown', { bundle: other }));
    expect(verify(proof, { ...request, bundle: other })).toEqual(refused('bundle/unknown', { bundle: other }));
  });
});

describe('public signals', () => {
  it.each(PUBLIC_SIGNALS.map((name, i) => [name, i] as const))('%s is bound', (name, i) => {
    const changed = withSignal(i, fieldToHex((signalAt(i) + 1n) % BN254_ORDER));
    expect(verify(changed)).toEqual(name === 'nullifier' ? refused('proof/invalid') : refused('request/mismatch', { signal: name }));
  });

  it.each(PUBLIC_SIGNALS.map((name, i) => [name, i] as const))('%s has one spelling', (name, i) => {
    for (const value of [signalAt(i) + BN254_ORDER, BN254_ORDER, 2n ** 256n - 1n])
      expect(verify(withSignal(i, hex32(value)))).toEqual(refused('proof/non-canonical', { what: name }));
    expect(verify(withSignal(i, (proof.publicSignals[i] as string).slice(2)))).toMatchObject(
      refused('proof/malformed', { what: expect.any(String) }),
    );
  });

  it('are as many as the statement has, even where the dropped tail is zero', () => {
    const atZero = sampleRequest(made.hash, { issuedAt: 0 });
    const zeroTail = made.prove(atZero, nullifier);
    expect(zeroTail.publicSignals.at(-1)).toBe('00'.repeat(32));
    expect(verify(zeroTail, atZero)).toEqual(accepted);
    const count = (signals: string[]) => verify({ ...zeroTail, publicSignals: signals }, atZero);
    expect(count(zeroTail.publicSignals.slice(0, -1))).toEqual(refused('proof/signal-count', { count: 7, expected: 8 }));
    expect(count([...zeroTail.publicSignals, '00'.repeat(32)])).toEqual(refused('proof/signal-count', { count: 9, expected: 8 }));
    expect(count([])).toEqual(refused('proof/signal-count', { count: 0, expected: 8 }));
    expect(count(zeroTail.publicSignals.slice(1))).toEqual(refused('proof/signal-count', { count: 7, expected: 8 }));
  });

  it('keep their order', () => {
    const [x, y, ...rest] = proof.publicSignals;
    expect(verify({ ...proof, publicSignals: [y, x, ...rest] })).toEqual(refused('request/mismatch', { signal: 'issuerX' }));
  });
});

describe('points', () => {
  it('of every changed byte are refused', () => {
    for (let at = 0; at < 256; at += 3) {
      const byte = Number.parseInt(proof.points.slice(2 * at, 2 * at + 2), 16) ^ (1 << (at % 8));
      const points = proof.points.slice(0, 2 * at) + byte.toString(16).padStart(2, '0') + proof.points.slice(2 * at + 2);
      const answer = verify({ ...proof, points });
      expect(answer.ok ? 'ok' : answer.error.code).toMatch(/^proof\/(not-on-curve|non-canonical)$/);
    }
  });

  it('that were swapped, or come from another proof, are refused', () => {
    const [a, b, c] = [proof.points.slice(0, 128), proof.points.slice(128, 384), proof.points.slice(384)];
    const other = made.prove(request, nullifier, 'other').points;
    for (const points of [c + b + a, other.slice(0, 128) + b + c, a + other.slice(128, 384) + c, a + b + other.slice(384)])
      expect(verify({ ...proof, points })).toEqual(refused('proof/invalid'));
    const swappedParts = a + b.slice(64, 128) + b.slice(0, 64) + b.slice(192) + b.slice(128, 192) + c; // c1 before c0, as EIP-197 has it
    expect(verify({ ...proof, points: swappedParts })).toEqual(refused('proof/not-on-curve', { what: 'B (off-curve)' }));
  });

  it('at infinity, or outside the subgroup, are refused', () => {
    const zero = (from: number, to: number) => proof.points.slice(0, from) + '0'.repeat(to - from) + proof.points.slice(to);
    expect(verify({ ...proof, points: zero(0, 128) })).toEqual(refused('proof/not-on-curve', { what: 'A (infinity)' }));
    expect(verify({ ...proof, points: zero(128, 384) })).toEqual(refused('proof/not-on-curve', { what: 'B (infinity)' }));
    expect(verify({ ...proof, points: zero(384, 512) })).toEqual(refused('proof/not-on-curve', { what: 'C (infinity)' }));
    expect(verify({ ...proof, points: '0'.repeat(512) })).toEqual(refused('proof/not-on-curve', { what: 'A (infinity)' }));
    const points = simulate(made.trapdoor, made.signals(request, nullifier));
    const outside = made.envelope(made.signals(request, nullifier), { ...points, b: outsideG2() });
    expect(verify(outside)).toEqual(refused('proof/not-on-curve', { what: 'B (wrong-subgroup)' }));
  });

  it('that are truncated, too long or not lower-case hex are refused', () => {
    for (const points of [
      '',
      proof.points.slice(2),
      `${proof.points}00`,
      proof.points.slice(1),
      `g${proof.points.slice(1)}`,
      `A${proof.points.slice(1)}`,
    ])
      expect(verify({ ...proof, points })).toMatchObject({ ok: false, error: { code: 'proof/malformed' } });
  });
});

describe('any other input', () => {
  it('of another version says so', () => {
    expect(verify({ ...proof, v: 2 })).toEqual(refused('proof/version', { version: 2, expected: 1 }));
  });

  it('never throws, and is never accepted', () => {
    const answer = (changed: unknown, asked: unknown) => {
      const result = verify(changed, asked);
      expect(result.ok).toBe(false);
      if (!result.ok) expect(isErrorCode(result.error.code)).toBe(true);
    };
    fc.assert(
      fc.property(fc.jsonValue(), (value) => answer(value, request)),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => answer(proof, value)),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(proof)), fc.jsonValue(), (name, value) => {
        fc.pre(JSON.stringify(value) !== JSON.stringify(proof[name as keyof ProofEnvelope]));
        answer({ ...proof, [name]: value }, request);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 256, maxLength: 256 }), (bytes) => answer({ ...proof, points: bytesToHex(bytes) }, request)),
      { numRuns: 300 },
    );
  });

  it('is refused quickly however large or deep it is', () => {
    const large = 'ab'.repeat(5_000_000);
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const began = performance.now();
    for (const changed of [
      large,
      { ...proof, points: large },
      { ...proof, publicSignals: Array(1_000_000).fill('00'.repeat(32)) },
      { ...proof, publicSignals: [large] },
      { ...proof, publicSignals: deep },
      deep,
      { ...proof, extra: deep },
    ])
      expect(verify(changed)).toMatchObject({ ok: false, error: { code: 'proof/malformed' } });
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('a bundle', () => {
  const code = (manifest: BundleManifest, bytes: Uint8Array) => {
    const result = prepareBundle(manifest, bytes);
    return result.ok ? 'ok' : result.error;
  };

  it('has the key its manifest names', () => {
    const changed = made.vkey.slice();
    changed[10] = (changed[10] as number) ^ 1;
    const mismatch = { code: 'bundle/hash-mismatch', params: { file: made.manifest.artefacts.vkey.file } };
    expect(code(made.manifest, changed)).toEqual(mismatch);
    expect(code(made.manifest, made.vkey.subarray(1))).toEqual(mismatch);
    expect(code(made.manifest, new Uint8Array(10_000_000))).toMatchObject({ code: 'bundle/malformed' });
  });

  it('has the public signals of its statement, in their order', () => {
    const { publicSignals } = made.manifest;
    for (const signals of [
      publicSignals.slice(1),
      [...publicSignals].reverse(),
      [...publicSignals, 'more'],
      publicSignals.with(6, 'scope'),
    ])
      expect(code({ ...made.manifest, publicSignals: signals }, made.vkey)).toMatchObject({ code: 'bundle/malformed' });
  });

  it('has a sound key', () => {
    const weak = simulatedBundle('weak', (key) => ({ ...key, vk_delta_2: key.vk_gamma_2 }));
    expect(code(weak.manifest, weak.vkey)).toMatchObject({ code: 'key/unsafe' });
    const short = simulatedBundle('short', (key) => ({ ...key, nPublic: 7, IC: key.IC.slice(0, 8) }));
    expect(code(short.manifest, short.vkey)).toMatchObject({ code: 'bundle/malformed' });
  });

  it('is not another: a proof under one key is no proof under the next', () => {
    const next = simulatedBundle('next');
    const nextBundle = prepareBundle(next.manifest, next.vkey);
    if (!nextBundle.ok) throw new Error(nextBundle.error.code);
    const asked = sampleRequest(next.hash);
    const signals = next.signals(asked, nullifier);
    const wrongKey = next.envelope(signals, simulate(made.trapdoor, signals));
    expect(verifyProof(nextBundle.value, asked, next.prove(asked, nullifier))).toEqual(accepted);
    expect(verifyProof(nextBundle.value, asked, wrongKey)).toEqual(refused('proof/invalid'));
    expect(code(next.manifest, utf8ToBytes('{}'))).toMatchObject({ code: 'bundle/hash-mismatch' });
  });
});
