// SPDX-License-Identifier: Apache-2.0
import { invariant } from '../../../src/base/index.ts';
import type { CredentialSchema } from '../../../src/protocol/index.ts';
import { accumulatorRanges, featureRange, type IntegerModel, type Range } from '../index.ts';

/** Every private integer is written in limbs of ten bits, looked up in one table of 1024 rows: the cheapest size for some fifty limbs. */
export const LIMB_BITS = 10;
export const LIMB = 2 ** LIMB_BITS;

/** Limbs [first, first + count) of the block of limbs: the integer sum limb_i 2^(10 i), which so is proven to lie in [0, 2^(10 count)). */
export interface Limbs {
  readonly first: number;
  readonly count: number;
}

export const limbsFor = (max: number): number => Math.max(1, Math.ceil(Math.log2(max + 1) / LIMB_BITS));
export const split = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(value / LIMB ** i) % LIMB);

/** Thresholds that may be asked for: the difference of score and threshold then never leaves (-2^29, 2^29). */
export const THRESHOLD_BOUND = 2 ** 28;
/** Limbs of score - threshold. */
const MARGIN_LIMBS = 3;
/** No sum may reach this, so that no two integers that meet in an equation share a residue. */
const SUM_BOUND = 2 ** 28;

/** No feature may span this: a value and what is left to its end, two limbs each, then sum to less than p, three limbs would not. */
const SPAN_BOUND = 2 ** (2 * LIMB_BITS);

/** Where every private integer of the statement lies in the block of limbs and the block of bits. */
export interface Layout {
  readonly limbs: number;
  readonly bits: number;
  /** By feature, in schema order: a number's offset from its least value and what is left to its greatest, or a category's indicators. */
  readonly features: readonly (
    | { readonly kind: 'number'; readonly range: Range; readonly value: Limbs; readonly slack: Limbs }
    | { readonly kind: 'category'; readonly size: number; readonly first: number }
  )[];
  /** By hidden layer, by unit: the bit that is 1 when the sum is kept, and the limbs of the sum's magnitude. */
  readonly units: readonly (readonly { readonly sign: number; readonly magnitude: Limbs }[])[];
  readonly margin: Limbs;
  /** Halves of expiresAt, and of expiresAt - time with the borrow between them. */
  readonly expiry: {
    readonly high: Limbs;
    readonly low: Limbs;
    readonly aboveHigh: Limbs;
    readonly aboveLow: Limbs;
    readonly borrow: number;
  };
}

/**
 * Lays a model over a schema out. Throws InvariantError for a model that this statement cannot hold: sums that reach 2^28, features that span 2^20, layers other
 * than ReLU in the middle.
 */
export function layoutOf(model: IntegerModel, schema: CredentialSchema): Layout {
  let limbs = 0;
  let bits = 0;
  const take = (count: number): Limbs => {
    const taken = { first: limbs, count };
    limbs += count;
    return taken;
  };
  const takeBits = (count: number): number => {
    bits += count;
    return bits - count;
  };
  const features = schema.features.map((feature) => {
    const range = featureRange(feature);
    const span = range.max - range.min;
    invariant(Math.abs(range.min) < SUM_BOUND && span < SPAN_BOUND, `${feature.name}: a range this statement cannot hold`);
    if (feature.kind === 'category')
      return { kind: feature.kind, size: feature.values.length, first: takeBits(feature.values.length) } as const;
    return { kind: feature.kind, range, value: take(limbsFor(span)), slack: take(limbsFor(span)) } as const;
  });
  const ranges = accumulatorRanges(model, schema);
  for (const { min, max } of ranges.flat()) invariant(min > -SUM_BOUND && max < SUM_BOUND, 'a sum of the model could reach 2^28');
  const units = model.layers.slice(0, -1).map(({ activation }, depth) => {
    invariant(activation === 'relu', 'a hidden layer that is not ReLU');
    return ranges[depth].map(({ min, max }) => ({ sign: takeBits(1), magnitude: take(limbsFor(Math.max(-min, max, 0))) }));
  });
  const margin = take(MARGIN_LIMBS);
  const half = () => take(2);
  const expiry = { high: half(), low: half(), aboveHigh: half(), aboveLow: half(), borrow: takeBits(1) };
  return { limbs, bits, features, units, margin, expiry };
}
