// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type CredentialSchema, parseCredentialSchema } from '../../src/protocol/index.ts';
import { encodeFeatures, featureRange } from './features.ts';
import shipped from './schema.json' with { type: 'json' };

const schema: CredentialSchema = {
  format: 'tacit-schema',
  v: 1,
  name: 'two',
  title: 'Two features',
  features: [
    { name: 'years', label: 'Years', kind: 'number', min: -2, max: 5 },
    { name: 'home', label: 'Home', kind: 'category', values: ['rent', 'owner', 'unknown'] },
  ],
};

describe('encodeFeatures', () => {
  it('returns the coded values in the order of the schema, whatever the order of the names', () => {
    expect(encodeFeatures(schema, { home: 2, years: -2 })).toEqual({ ok: true, value: [-2, 2] });
  });

  it('reads -0 as 0, since both are hashed as 0', () => {
    const coded = encodeFeatures(schema, { home: 0, years: -0 });
    expect(coded.ok && Object.is(coded.value[0], 0)).toBe(true);
  });

  it('refuses a missing feature, also one that only the prototype has', () => {
    expect(encodeFeatures(schema, { years: 1 })).toEqual({
      ok: false,
      error: { code: 'input/feature-missing', params: { feature: 'home' } },
    });
    const inherited = Object.create({ home: 1 }) as Record<string, number>;
    inherited.years = 1;
    expect(encodeFeatures(schema, inherited)).toMatchObject({ error: { code: 'input/feature-missing' } });
  });

  it('refuses a feature that the schema does not have, with its name cut to a length that can be shown', () => {
    const foreign = 'x'.repeat(1000);
    expect(encodeFeatures(schema, { years: 1, home: 1, [foreign]: 1 })).toEqual({
      ok: false,
      error: { code: 'input/feature-unknown', params: { feature: 'x'.repeat(32) } },
    });
  });

  it.each([-3, 6, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, '1', null, undefined, [1], true])(
    'refuses %s as a number',
    (years) => {
      expect(encodeFeatures(schema, { years, home: 1 })).toEqual({
        ok: false,
        error: { code: 'input/feature-out-of-range', params: { feature: 'years', min: -2, max: 5 } },
      });
    },
  );

  it.each([-1, 3])('refuses %s as a category of three values', (home) => {
    expect(encodeFeatures(schema, { years: 1, home })).toMatchObject({ error: { code: 'input/feature-out-of-range', params: { max: 2 } } });
  });

  it('never tells the value itself', () => {
    expect(JSON.stringify(encodeFeatures(schema, { years: 4242, home: 1 }))).not.toContain('4242');
  });
});

describe('schema.json', () => {
  it('is a credential schema, whose numbers start at 0 and end at a power of two less one', () => {
    const parsed = parseCredentialSchema(shipped);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    const numbers = parsed.value.features.filter(({ kind }) => kind === 'number').map(featureRange);
    expect(numbers).toHaveLength(9);
    expect(numbers.every(({ min, max }) => min === 0 && Number.isInteger(Math.log2(max + 1)))).toBe(true);
    expect(parsed.value.features).toHaveLength(16);
  });
});
