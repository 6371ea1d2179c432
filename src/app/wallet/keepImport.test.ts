import { describe, expect, it } from 'vitest';
import {
  DEMO_ISSUER_NAME,
  demoIssuerKey,
  holderCommitment,
  newHolderSecret,
  signCredential,
} from '../../../circuits/credit-score/index.ts';
import { err, ok, type Result } from '../../base/index.ts';
import type { CredentialSchema, HolderSecret } from '../../protocol/index.ts';
import type { CredentialRecord } from '../../vault/index.ts';
import { codeOf, must } from '../../vault/testing/samples.ts';
import { keepImport } from './keepImport.ts';

const schema: CredentialSchema = {
  format: 'tacit-schema',
  v: 1,
  name: 'test',
  title: 'Test',
  features: [{ name: 'age', label: 'Age', kind: 'number', min: 0, max: 127 }],
};
const own = newHolderSecret(new Uint8Array(96).fill(7));
const foreign = newHolderSecret(new Uint8Array(96).fill(9));
const sign = (holder: HolderSecret, age: number) =>
  must(
    signCredential(demoIssuerKey(), {
      schema,
      features: { age },
      holder: holderCommitment(holder),
      issuedAt: 1000,
      expiresAt: 2000,
      issuerName: DEMO_ISSUER_NAME,
    }),
  );

/** A wallet that holds one credential for `own`. */
function wallet(put: (record: CredentialRecord) => Promise<Result<void>> = async () => ok(undefined)) {
  const records: CredentialRecord[] = [{ id: '01'.repeat(16), credential: sign(own, 40), holder: own, label: 'one', addedAt: 1 }];
  const credentials = {
    list: async () => ok([...records]),
    put: async (record: CredentialRecord) => {
      const done = await put(record);
      if (done.ok) records.push(record);
      return done;
    },
  };
  const take = (value: unknown) =>
    keepImport({ credentials, text: JSON.stringify(value), schema, label: (issuer) => `of ${issuer}`.padEnd(99), now: 1_500_000 });
  return { records, take };
}

describe('keepImport', () => {
  it('keeps what was made for this wallet, once', async () => {
    const { records, take } = wallet();
    const taken = must(await take(sign(own, 41)));
    expect(taken).toMatchObject({ brought: false, record: { holder: own, addedAt: 1_500_000 } });
    expect(taken.record.label).toHaveLength(80);
    expect(records[1]).toEqual(taken.record);
    expect(must(await take({ credential: sign(own, 41), holder: own }))).toEqual({ brought: false, record: taken.record });
    expect(records).toHaveLength(2);
  });

  it('keeps nothing of a file that brings a secret of its own: the person is asked first', async () => {
    const { records, take } = wallet();
    const taken = must(await take({ credential: sign(foreign, 41), holder: foreign }));
    expect(taken).toMatchObject({ brought: true, record: { holder: foreign } });
    expect(records).toHaveLength(1);
  });

  it('passes on what check and vault say', async () => {
    expect(codeOf(await wallet().take(sign(foreign, 41)))).toBe('credential/holder');
    expect(codeOf(await wallet(async () => err('vault/quota')).take(sign(own, 41)))).toBe('vault/quota');
  });
});
