// SPDX-License-Identifier: Apache-2.0

import { err, ok, type Result } from '../../src/base/index.ts';
import type { CredentialSchema, Feature } from '../../src/protocol/index.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The whole numbers a feature may be coded as; a category is coded by its place in `values`. */
export const featureRange = (feature: Feature): Range =>
  feature.kind === 'number' ? { min: feature.min, max: feature.max } : { min: 0, max: feature.values.length - 1 };

const isWholeIn = (value: unknown, { min, max }: Range): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;

/**
 * Reads the coded features of a credential by name: every feature of the schema, no other, each a whole number in its
 * range (nothing is rounded or clipped here). Returns them in the schema's order; -0 is read as 0.
 * Errors: input/feature-unknown, input/feature-missing, input/feature-out-of-range.
 */
export function encodeFeatures(schema: CredentialSchema, features: Readonly<Record<string, unknown>>): Result<number[]> {
  const known = new Set(schema.features.map((feature) => feature.name));
  const foreign = Object.keys(features).find((name) => !known.has(name));
  if (foreign !== undefined) return err('input/feature-unknown', { feature: foreign.slice(0, 32) });
  const coded: number[] = [];
  for (const feature of schema.features) {
    if (!Object.hasOwn(features, feature.name)) return err('input/feature-missing', { feature: feature.name });
    const value = features[feature.name];
    const range = featureRange(feature);
    if (!isWholeIn(value, range)) return err('input/feature-out-of-range', { feature: feature.name, min: range.min, max: range.max });
    coded.push(value + 0);
  }
  return ok(coded);
}
