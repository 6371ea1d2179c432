// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { BN254_ORDER, requestHash, scopeField } from '../../src/protocol/index.ts';
import { fixtureModel, fixtureSchema } from './circuit/fixture.ts';
import {
  expectedSignals,
  modelInputs,
  nullifier,
  PUBLIC_SIGNALS,
  refusalIn,
  score,
  signedToField,
  type WitnessRequest,
  witnessInput,
} from './index.ts';
import { makeCase, paperManifest, seededHolder } from './testing/index.ts';

const features = { age: 40, home: 1, records: 0, income: 500 };
const exact = score(fixtureModel, modelInputs(fixtureModel, fixtureSchema, [40, 1, 0, 500]));
const options = { model: fixtureModel, schema: fixtureSchema, features, threshold: exact };
const honest = makeCase(options);
const outcome = (changes: Partial<WitnessRequest>) => {
  const result = witnessInput({ ...honest, ...changes });
  return result.ok ? 'ok' : result.error;
};

describe('expectedSignals', () => {
  it('follows from request and manifest alone, nullifier apart', () => {
    const { request, manifest } = honest;
    const signals = expectedSignals(request, manifest);
    expect(Object.keys(signals)).toEqual([...PUBLIC_SIGNALS]);
    expect(PUBLIC_SIGNALS.filter((name) => signals[name] === undefined)).toEqual(['nullifier']);
    expect(signals.issuerX).toBe(BigInt(`0x${request.issuer.x}`));
    expect(signals.threshold).toBe(signedToField(exact));
    expect(signals.scope).toBe(scopeField('acme', 'loan-2026'));
    expect(signals.requestHash).toBe(requestHash(request));
    expect(signals.requestTime).toBe(BigInt(request.issuedAt));
  });

  it('changes with the model', () => {
    const other = paperManifest({ ...fixtureModel, margin: 3 }, fixtureSchema);
    expect(expectedSignals(honest.request, other).modelHash).not.toBe(expectedSignals(honest.request, honest.manifest).modelHash);
  });

  it('wraps a negative threshold', () => {
    expect(signedToField(-5)).toBe(BN254_ORDER - 5n);
    expect(signedToField(5)).toBe(5n);
    expect(signedToField(0)).toBe(0n);
  });
});

describe('witnessInput', () => {
  it('accepts a score that just reaches the threshold and refuses the one below', () => {
    expect(outcome({})).toBe('ok');
    expect(witnessInput(makeCase({ ...options, threshold: exact + 1 }))).toEqual({ ok: false, error: { code: 'policy/not-met' } });
  });

  it('holds the public signals that the verifier expects, and the holder’s nullifier', () => {
    const input = witnessInput(honest);
    if (!input.ok) throw new Error(input.error.code);
    const expected = expectedSignals(honest.request, honest.manifest);
    for (const name of PUBLIC_SIGNALS) {
      const value = name === 'nullifier' ? nullifier(honest.holder.secret, scopeField('acme', 'loan-2026')) : expected[name];
      expect(input.value[name], name).toBe(String(value));
    }
  });

  it('refuses what no proof could be made of, before any proving', () => {
    expect(outcome({ request: { ...honest.request, bundle: '00'.repeat(32) } })).toMatchObject({ code: 'bundle/unknown' });
    expect(outcome({ model: { ...fixtureModel, margin: 3 } })).toEqual({ code: 'bundle/hash-mismatch', params: { file: 'model' } });
    expect(outcome({ schema: { ...fixtureSchema, title: 'Other' } })).toEqual({ code: 'bundle/hash-mismatch', params: { file: 'schema' } });
    expect(outcome({ holder: seededHolder('another') })).toEqual({ code: 'credential/holder' });
    expect(outcome({ request: { ...honest.request, issuedAt: honest.credential.expiresAt + 1 } })).toEqual({ code: 'credential/expired' });
    const issuer = { ...honest.request.issuer, y: honest.request.issuer.x };
    expect(outcome({ request: { ...honest.request, issuer } })).toMatchObject({ code: 'credential/unknown-issuer' });
    expect(outcome({ credential: { ...honest.credential, issuedAt: 1 } })).toEqual({ code: 'credential/signature' });
  });

  it('gives two partners that use one scope name two nullifiers', () => {
    const inputs = ['acme', 'other'].map((partner) => witnessInput(makeCase({ ...options, partner })));
    const [a, b] = inputs.map((input) => (input.ok ? input.value.nullifier : input.error.code));
    expect(a).not.toBe(b);
  });
});

describe('refusalIn', () => {
  it('tells the refusal from the templates that failed', () => {
    expect(refusalIn(['Num2Bits', 'AtLeast', 'Passes', 'CreditScore'])).toEqual({ code: 'policy/not-met' });
    expect(refusalIn(['Num2Bits', 'AtLeast', 'NotExpired', 'CreditScore'])).toEqual({ code: 'credential/expired' });
    expect(refusalIn(['EdDSAPoseidonVerifier', 'Attested', 'CreditScore'])).toEqual({ code: 'credential/signature' });
    expect(refusalIn(['OneHot', 'Features', 'CreditScore'])).toMatchObject({ code: 'credential/malformed' });
    expect(refusalIn(['CreditScore'])).toBeUndefined();
  });
});
