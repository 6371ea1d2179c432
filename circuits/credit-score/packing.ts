// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../src/base/index.ts';
import type { CredentialSchema, Feature } from '../../src/protocol/index.ts';

/** Where a feature sits in the packed word, and what it may be: value = min + (packed >> offset) mod 2^width, value ≤ max. */
export interface Field {
  readonly name: string;
  readonly kind: Feature['kind'];
  readonly min: number;
  readonly max: number;
  readonly offset: number;
  readonly width: number;
}

/** Bits that hold 0..span. */
export const bitsFor = (span: number): number => span.toString(2).length;

/**
 * The layout of the packed features: schema order, least significant first, each in the fewest bits that hold max - min.
 * The whole word stays below 2^253 < r, so packing is injective in the field.
 */
export function packingLayout(schema: CredentialSchema): readonly Field[] {
  let offset = 0;
  const fields = schema.features.map((feature) => {
    const [min, max] = feature.kind === 'category' ? [0, feature.values.length - 1] : [feature.min, feature.max];
    invariant(Number.isSafeInteger(max - min) && max > min, `${feature.name}: the range holds at least two safe integers`);
    const field = { name: feature.name, kind: feature.kind, min, max, offset, width: bitsFor(max - min) };
    offset += field.width;
    return field;
  });
  invariant(offset <= 253, 'the features fit one field element');
  return fields;
}

/** `coded` as encodeFeatures returns it: schema order, each within its range. */
export const packFeatures = (schema: CredentialSchema, coded: readonly number[]): bigint =>
  packingLayout(schema).reduce((word, { min, offset }, i) => word + (BigInt((coded[i] as number) - min) << BigInt(offset)), 0n);
