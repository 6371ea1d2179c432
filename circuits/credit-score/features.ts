// SPDX-License-Identifier: Apache-2.0
import { err, ok, type Result } from '../../src/base/index.ts';
import type { CredentialSchema } from '../../src/protocol/index.ts';

/**
 * Coded values in schema order, each a whole number in its range (a category: its place in `values`).
 * Codes: input/feature-unknown, -missing, -out-of-range. Params name the feature and its range, never the value.
 */
export function encodeFeatures(schema: CredentialSchema, features: Readonly<Record<string, number>>): Result<number[]> {
  const known = new Set(schema.features.map(({ name }) => name));
  for (const name of Object.keys(features)) {
    if (!known.has(name)) return err('input/feature-unknown', { feature: name });
  }
  const coded: number[] = [];
  for (const feature of schema.features) {
    const { name } = feature;
    if (!Object.hasOwn(features, name)) return err('input/feature-missing', { feature: name });
    const value = features[name] as number;
    const [min, max] = feature.kind === 'category' ? [0, feature.values.length - 1] : [feature.min, feature.max];
    if (!Number.isSafeInteger(value) || value < min || value > max) return err('input/feature-out-of-range', { feature: name, min, max });
    coded.push(value);
  }
  return ok(coded);
}
