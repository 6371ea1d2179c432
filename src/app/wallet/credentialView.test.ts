import { describe, expect, it } from 'vitest';
import { DEMO_ISSUER_NAME, demoIssuerKey, issuerPublicKey } from '../../../circuits/credit-score/index.ts';
import type { CredentialSchema } from '../../protocol/index.ts';
import { isDemoIssuer, shownValues, validity } from './credentialView.ts';

const schema: CredentialSchema = {
  format: 'tacit-schema',
  v: 1,
  name: 'test',
  title: 'Test',
  features: [
    { name: 'home', label: 'Home', kind: 'category', values: ['rent', 'owner'] },
    { name: 'age', label: 'Age', kind: 'number', min: 0, max: 127, unit: 'years' },
    { name: 'income', label: 'Income', kind: 'number', min: 0, max: 1023 },
  ],
};

describe('shownValues', () => {
  it('names categories, adds units, keeps the order of the schema', () => {
    expect(shownValues({ features: { income: 1000, age: 41, home: 1 } }, schema, (n) => `#${n}`)).toEqual([
      { name: 'home', label: 'Home', value: 'owner' },
      { name: 'age', label: 'Age', value: '#41 years' },
      { name: 'income', label: 'Income', value: '#1000' },
    ]);
  });
  it('shows what the schema does not explain as it is', () => {
    expect(shownValues({ features: { home: 7, odd: 3 } }, schema, String)).toEqual([
      { name: 'home', label: 'Home', value: '7' },
      { name: 'odd', label: 'odd', value: '3' },
    ]);
    expect(shownValues({ features: { odd: 3 } }, undefined, String)).toEqual([{ name: 'odd', label: 'odd', value: '3' }]);
  });
});

describe('validity', () => {
  it('ends with the second of expiry and warns a week before', () => {
    expect(validity({ expiresAt: 1000 }, 1001)).toBe('expired');
    expect(validity({ expiresAt: 1000 }, 1000)).toBe('soon');
    expect(validity({ expiresAt: 1000 + 7 * 86_400 }, 1000)).toBe('valid');
  });
});

describe('isDemoIssuer', () => {
  it('goes by the key', () => {
    const key = issuerPublicKey(demoIssuerKey());
    expect(isDemoIssuer({ issuer: { name: 'A serious bank', ...key } })).toBe(true);
    expect(isDemoIssuer({ issuer: { name: DEMO_ISSUER_NAME, ...key, y: '00'.repeat(32) } })).toBe(false);
  });
});
