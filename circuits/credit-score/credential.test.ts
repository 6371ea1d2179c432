// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BN254_ORDER, type Credential, fieldToHex, scopeField } from '../../src/protocol/index.ts';
import { fixtureModel, fixtureSchema } from './circuit/fixture.ts';
import {
  type CredentialCheck,
  checkCredential,
  credentialMessage,
  holderCommitment,
  isHolderSecret,
  newHolderSecret,
  nullifier,
  packFeatures,
  packingLayout,
  SUBGROUP_ORDER,
  signCredential,
} from './index.ts';
import { TAG_CREDENTIAL, TAG_HOLDER, TAG_NULLIFIER } from './poseidon.ts';
import { issuerKey, makeCase, NOW, seededHolder } from './testing/index.ts';

const features = { age: 40, home: 1, records: 0, income: 500 };
const { credential, holder, request } = makeCase({ model: fixtureModel, schema: fixtureSchema, features, threshold: 0 });
const base: CredentialCheck = { credential, schema: fixtureSchema, issuer: request.issuer, holder, now: NOW };
const outcome = (changes: Partial<CredentialCheck>) => {
  const result = checkCredential({ ...base, ...changes });
  return result.ok ? 'ok' : result.error;
};
const changed = (changes: Partial<Credential>): Partial<CredentialCheck> => ({ credential: { ...credential, ...changes } });

describe('checkCredential', () => {
  it('accepts what the issuer signed, with or without the holder, up to the last second', () => {
    expect(outcome({})).toBe('ok');
    expect(outcome({ holder: undefined })).toBe('ok');
    expect(outcome({ now: credential.expiresAt })).toBe('ok');
  });

  it('returns the coded features and the message that was signed', () => {
    const result = checkCredential(base);
    expect(result.ok && result.value.coded).toEqual([40, 1, 0, 500]);
    expect(result.ok && result.value.message).toBe(credentialMessage(credential, fixtureSchema));
  });

  it('names what is wrong', () => {
    expect(outcome(changed({ schema: '00'.repeat(32) }))).toEqual({ code: 'credential/unknown-schema' });
    expect(outcome({ schema: { ...fixtureSchema, title: 'Other' } })).toEqual({ code: 'credential/unknown-schema' });
    expect(outcome(changed({ features: { ...features, age: 69 } }))).toMatchObject({ code: 'input/feature-out-of-range' });
    expect(outcome({ issuer: { ...request.issuer, x: request.issuer.y } })).toEqual({
      code: 'credential/unknown-issuer',
      params: { issuer: 'Demo issuer' },
    });
    expect(outcome({ holder: seededHolder('another') })).toEqual({ code: 'credential/holder' });
    expect(outcome({ holder: { ...holder, blinding: holder.secret } })).toEqual({ code: 'credential/holder' });
    expect(outcome({ holder: { ...holder, secret: 'ff'.repeat(32) } })).toEqual({ code: 'credential/holder' });
    expect(outcome({ now: credential.expiresAt + 1 })).toEqual({ code: 'credential/expired' });
    expect(outcome(changed({ expiresAt: credential.issuedAt }))).toMatchObject({ code: 'credential/malformed' });
  });

  it('finds every signed value that was changed', () => {
    for (const name of Object.keys(features) as (keyof typeof features)[]) {
      const value = name === 'records' ? 1 : features[name] + 1;
      expect(outcome(changed({ features: { ...features, [name]: value } })), name).toEqual({ code: 'credential/signature' });
    }
    expect(outcome(changed({ issuedAt: credential.issuedAt + 1 }))).toEqual({ code: 'credential/signature' });
    expect(outcome(changed({ expiresAt: credential.expiresAt + 1 }))).toEqual({ code: 'credential/signature' });
    expect(outcome(changed({ holder: holderCommitment(seededHolder('another')) }))).toEqual({ code: 'credential/signature' });
    for (const part of ['r8x', 'r8y', 's'] as const) {
      const signature = { ...credential.signature, [part]: fieldToHex(BigInt(`0x${credential.signature[part]}`) ^ 1n) };
      expect(outcome(changed({ signature })), part).toEqual({ code: 'credential/signature' });
    }
  });

  it('refuses the second spelling of a signature', () => {
    const s = fieldToHex(BigInt(`0x${credential.signature.s}`) + SUBGROUP_ORDER);
    expect(outcome(changed({ signature: { ...credential.signature, s } }))).toEqual({ code: 'credential/signature' });
  });

  it('refuses numbers that are not below the field order', () => {
    const over = BN254_ORDER.toString(16).padStart(64, '0');
    expect(outcome(changed({ holder: over }))).toEqual({
      code: 'credential/malformed',
      params: { what: 'holder: not below the field order' },
    });
    for (const part of ['r8x', 'r8y', 's'] as const) {
      expect(outcome(changed({ signature: { ...credential.signature, [part]: over } })), part).toMatchObject({
        code: 'credential/malformed',
      });
    }
    const issuer = { ...request.issuer, x: over };
    expect(outcome({ ...changed({ issuer: { ...credential.issuer, x: over } }), issuer })).toMatchObject({ code: 'credential/malformed' });
  });

  it('refuses an issuer key that is no point of the curve', () => {
    const issuer = { ...request.issuer, x: fieldToHex(1n), y: fieldToHex(1n) };
    const forged = { ...credential.issuer, x: issuer.x, y: issuer.y };
    expect(outcome({ ...changed({ issuer: forged }), issuer })).toEqual({ code: 'credential/signature' });
  });
});

describe('signCredential', () => {
  const attestation = {
    schema: fixtureSchema,
    features,
    holder: credential.holder,
    issuedAt: NOW,
    expiresAt: NOW + 1,
    issuerName: 'Issuer',
  };
  const refusal = (changes: Partial<typeof attestation>) => {
    const result = signCredential(issuerKey, { ...attestation, ...changes });
    return result.ok ? 'ok' : result.error;
  };

  it('signs nothing that its own check would refuse', () => {
    expect(refusal({})).toBe('ok');
    expect(refusal({ features: { ...features, age: 17 } })).toEqual({
      code: 'input/feature-out-of-range',
      params: { feature: 'age', min: 18, max: 68 },
    });
    expect(refusal({ holder: 'ff'.repeat(32) })).toEqual({ code: 'input/malformed', params: { what: 'holder' } });
    expect(refusal({ expiresAt: NOW })).toMatchObject({ code: 'input/malformed' });
  });

  it('is deterministic', () => {
    expect(signCredential(issuerKey, attestation)).toEqual(signCredential(issuerKey, attestation));
  });
});

describe('holder', () => {
  it('takes 96 bytes, gives canonical scalars, one from each half', () => {
    const all = newHolderSecret(new Uint8Array(96).fill(255));
    expect(isHolderSecret(all)).toBe(true);
    expect(all.secret).toBe(fieldToHex((2n ** 384n - 1n) % BN254_ORDER));
    expect(() => newHolderSecret(new Uint8Array(64))).toThrow('96 random bytes');
    const half = newHolderSecret(new Uint8Array(96).fill(255, 48));
    expect(half.secret).toBe('00'.repeat(32));
    expect(half.blinding).toBe(all.blinding);
  });

  it('commits to both scalars', () => {
    const changes = [{ secret: fieldToHex(1n) }, { blinding: fieldToHex(1n) }].map((change) => holderCommitment({ ...holder, ...change }));
    expect(new Set([holderCommitment(holder), ...changes]).size).toBe(3);
    expect(() => holderCommitment({ ...holder, secret: 'ff'.repeat(32) })).toThrow('canonical');
  });

  it('has one nullifier in a scope, another in every other, another for every secret', () => {
    const scope = scopeField('acme', 'loan');
    const values = [
      nullifier(holder.secret, scope),
      nullifier(holder.secret, scopeField('acme', 'loan2')),
      nullifier(holder.secret, scopeField('acme2', 'loan')),
      nullifier(holder.blinding, scope),
    ];
    expect(nullifier(holder.secret, scope)).toBe(values[0]);
    expect(new Set(values).size).toBe(4);
  });

  it('is hashed for three purposes under three tags', () => {
    expect(new Set([TAG_HOLDER, TAG_NULLIFIER, TAG_CREDENTIAL]).size).toBe(3);
  });
});

describe('packFeatures', () => {
  it('lays the fields side by side, each in the fewest bits', () => {
    expect(packingLayout(fixtureSchema).map(({ offset, width }) => [offset, width])).toEqual([
      [0, 6],
      [6, 3],
      [9, 1],
      [10, 10],
    ]);
    expect(packFeatures(fixtureSchema, [40, 1, 0, 500])).toBe(22n + (1n << 6n) + (505n << 10n));
  });

  it('gives two feature vectors two words', () => {
    const vector = fc.tuple(...packingLayout(fixtureSchema).map(({ min, max }) => fc.integer({ min, max })));
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        expect(packFeatures(fixtureSchema, a) === packFeatures(fixtureSchema, b)).toBe(String(a) === String(b));
      }),
    );
  });

  it('refuses a schema that does not fit one field element', () => {
    const wide = Array.from({ length: 10 }, (_, i) => ({ name: `f${i}`, label: 'f', kind: 'number' as const, min: 0, max: 2 ** 26 - 1 }));
    expect(() => packingLayout({ ...fixtureSchema, features: wide })).toThrow('one field element');
    expect(packingLayout({ ...fixtureSchema, features: wide.slice(1) })).toHaveLength(9);
    expect(() => packingLayout({ ...fixtureSchema, features: [{ ...(wide[0] as (typeof wide)[0]), max: 0 }] })).toThrow('at least two');
  });
});
