import { describe, expect, it } from 'vitest';
import {
  DEMO_ISSUER_NAME,
  demoIssuerKey,
  holderCommitment,
  newHolderSecret,
  signCredential,
} from '../../../circuits/credit-score/index.ts';
import { invariant } from '../../base/index.ts';
import type { CredentialSchema } from '../../protocol/index.ts';
import { checkImport, MAX_CREDENTIAL_BYTES } from './importCredential.ts';

const schema: CredentialSchema = {
  format: 'tacit-schema',
  v: 1,
  name: 'test',
  title: 'Test',
  features: [{ name: 'age', label: 'Age', kind: 'number', min: 0, max: 127 }],
};
const holder = newHolderSecret(new Uint8Array(96).fill(7));
const stranger = newHolderSecret(new Uint8Array(96).fill(9));
const signed = signCredential(demoIssuerKey(), {
  schema,
  features: { age: 41 },
  holder: holderCommitment(holder),
  issuedAt: 1000,
  expiresAt: 2000,
  issuerName: DEMO_ISSUER_NAME,
});
invariant(signed.ok, 'the fixture signs');
const credential = signed.value;
const check = (value: unknown, holders = [holder], now = 1500) =>
  checkImport({ text: typeof value === 'string' ? value : JSON.stringify(value), schema, holders, now });
const code = (result: ReturnType<typeof check>): string => (result.ok ? 'ok' : result.error.code);

describe('checkImport', () => {
  it('takes a credential made for this wallet, and one that brings its holder', () => {
    expect(check(credential)).toEqual({ ok: true, value: { credential, holder, brought: false } });
    expect(check({ credential, holder })).toEqual({ ok: true, value: { credential, holder, brought: false } });
  });
  it('says when the secret came with the file and is none of the wallet’s', () => {
    for (const holders of [[], [stranger], [{ ...stranger, blinding: holder.blinding }]])
      expect(check({ credential, holder }, holders)).toEqual({ ok: true, value: { credential, holder, brought: true } });
    // The same secret under another blinding is the wallet's own.
    const renewed = { ...holder, blinding: stranger.blinding };
    expect(check({ credential, holder }, [renewed])).toEqual({ ok: true, value: { credential, holder, brought: false } });
  });
  it('refuses with the reason', () => {
    expect(code(check('{'))).toBe('input/malformed');
    expect(code(check(' '.repeat(MAX_CREDENTIAL_BYTES + 1)))).toBe('input/too-large');
    expect(code(check({ ...credential, v: 2 }))).toBe('credential/malformed');
    expect(code(check({ credential, holder: { secret: 'x' } }))).toBe('credential/malformed');
    expect(code(check({ ...credential, schema: '00'.repeat(32) }))).toBe('credential/unknown-schema');
    expect(code(check({ ...credential, features: { age: 42 } }))).toBe('credential/signature');
    expect(code(check({ ...credential, features: { age: 128 } }))).toBe('input/feature-out-of-range');
    expect(code(check({ ...credential, features: {} }))).toBe('input/feature-missing');
    expect(code(check(credential, [holder], 2001))).toBe('credential/expired');
    expect(code(check(credential, [stranger]))).toBe('credential/holder');
    expect(code(check({ credential, holder: stranger }))).toBe('credential/holder');
  });
  it('calls a forged one forged, also when it is for another wallet', () => {
    expect(code(check({ ...credential, features: { age: 42 } }, [stranger]))).toBe('credential/signature');
  });
});
