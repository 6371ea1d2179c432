// SPDX-License-Identifier: Apache-2.0
import type { Hash32 } from '../../../src/base/index.ts';
import {
  bitsOf,
  elements,
  type MessagePart,
  merklePath,
  type MerklePath as PathGadget,
  type Program,
  ProgramBuilder,
  publishDigest,
  rangeTable,
  type SpongeGadget,
  spongeGadget,
  storeDigest,
  type Tensor,
  whole,
} from '../../../src/program/index.ts';
import type { CredentialSchema } from '../../../src/protocol/index.ts';
import { DEPTH, ELEMENTS } from '../../../src/registry/index.ts';
import { type IntegerModel, modelHash } from '../index.ts';
import { type Affine, bit, constant, formOfRows, limbValue, minus, plus, publicValue, type Sources, times } from './affine.ts';
import { type Layout, LIMB, LIMB_BITS, layoutOf } from './layout.ts';
import { HOLDER_TAG, LEAF_TAG, NULLIFIER_TAG, packingPlaces, schemaElements, TIME_BITS } from './leaf.ts';
import { NULLIFIER_AT, PUBLIC_VALUES, ROOT_AT, SCOPE_AT, THRESHOLD_AT, TIME_AT } from './statement.ts';

/** Queries carry the soundness here; the lookup argument is so small that it needs no proof of work (soundness.ts has the sums). */
const GRINDING = { lookup: 0, query: 16 };

/** The program of one model over one schema, with what a witness is filled by. */
export interface CreditProgram {
  readonly program: Program;
  readonly model: IntegerModel;
  readonly schema: CredentialSchema;
  /** Hash of the model: bound by the header of every proof. */
  readonly modelHash: Hash32;
  readonly layout: Layout;
  readonly blocks: Readonly<Record<'limbs' | 'bits' | 'units' | 'secret' | 'blinding' | 'holder' | 'issued' | 'leaf', Tensor>>;
  readonly gadgets: {
    readonly holder: SpongeGadget;
    readonly nullifier: SpongeGadget;
    readonly leaf: SpongeGadget;
    readonly path: PathGadget;
  };
}

/** Each feature as the model reads it: a number, or the indicators of a category. Indices as in the layout. */
function inputsOf(model: IntegerModel, schema: CredentialSchema, layout: Layout): Affine[] {
  const place = new Map(schema.features.map(({ name }, i) => [name, layout.features[i]]));
  return model.inputs.map((input) => {
    const feature = place.get(input.feature);
    if (feature?.kind === 'number' && input.kind === 'number') return plus(constant(feature.range.min), limbValue(feature.value));
    if (feature?.kind === 'category' && input.kind === 'is') return bit(feature.first + input.value);
    throw new TypeError('the model was parsed with this schema');
  });
}

const weighted = (row: readonly number[], inputs: readonly Affine[], bias: number): Affine =>
  plus(constant(bias), ...row.map((weight, i) => times(weight, inputs[i])));

/**
 * Equations over the integers, each of which holds in F; why each then holds over the integers stands beside it. p is above 2^30.98, so two
 * integers that are less than 2^30.98 apart and equal mod p are equal.
 */
function integerEquations(
  layout: Layout,
  sums: readonly (readonly Affine[])[],
  kept: readonly (readonly Affine[])[],
  score: Affine,
): Affine[] {
  const rows: Affine[] = [];
  for (const feature of layout.features) {
    // Indicators are 0 or 1, at most 64 of them: they sum to 1 over the integers, so exactly one is 1.
    if (feature.kind === 'category')
      rows.push(minus(plus(...Array.from({ length: feature.size }, (_, v) => bit(feature.first + v))), constant(1)));
    // value + slack = span with value, slack and span in [0, 2^20), so value <= span: the feature lies in its range.
    else rows.push(minus(plus(limbValue(feature.value), limbValue(feature.slack)), constant(feature.range.max - feature.range.min)));
  }
  // 2 kept - sum = magnitude: with sign 1 kept = sum and so sum = magnitude >= 0; with sign 0 kept = 0 and -sum = magnitude >= 0. |sum| < 2^28 by
  // interval analysis over features in range and units already proven, magnitude < 2^30. So kept = max(sum, 0); at 0 both signs say so.
  layout.units.forEach((units, depth) => {
    for (const [k, { magnitude }] of units.entries()) rows.push(minus(times(2, kept[depth][k]), sums[depth][k], limbValue(magnitude)));
  });
  // score - threshold = margin: |score| < 2^28, |threshold| <= 2^28 (the verifier refuses others), margin in [0, 2^30). So score >= threshold.
  rows.push(minus(score, publicValue(THRESHOLD_AT), limbValue(layout.margin)));
  // Times in halves of 20 bits: low - timeLow + 2^20 borrow = aboveLow, high - timeHigh - borrow = aboveHigh, all halves in [0, 2^20) (the
  // verifier splits the time itself), borrow 0 or 1: nothing leaves (-2^21, 2^21), and expiresAt - time = 2^20 aboveHigh + aboveLow >= 0.
  const { high, low, aboveHigh, aboveLow, borrow } = layout.expiry;
  rows.push(minus(plus(limbValue(low), times(2 ** TIME_BITS, bit(borrow))), publicValue(TIME_AT + 1), limbValue(aboveLow)));
  rows.push(minus(limbValue(high), publicValue(TIME_AT), bit(borrow), limbValue(aboveHigh)));
  return rows;
}

/** The elements of the leaf's message that are sums of limbs and bits: the packed features and the expiry. */
function attestedParts(
  schema: CredentialSchema,
  layout: Layout,
  firstFeature: number,
  firstExpiry: number,
): { readonly limbs: MessagePart['entries']; readonly bits: MessagePart['entries'] } {
  const { places } = packingPlaces(schema);
  const all: (readonly [source: string, element: number, cell: number, coefficient: number])[] = [];
  layout.features.forEach((feature, i) => {
    const { element, shift } = places[i];
    const value =
      feature.kind === 'number'
        ? limbValue(feature.value)
        : plus(...Array.from({ length: feature.size }, (_, v) => times(v, bit(feature.first + v))));
    for (const [source, cell, coefficient] of value) all.push([source, firstFeature + element, cell, coefficient * 2 ** shift]);
  });
  [layout.expiry.high, layout.expiry.low].forEach((half, i) => {
    for (const [source, cell, coefficient] of limbValue(half)) all.push([source, firstExpiry + i, cell, coefficient]);
  });
  const of = (name: string) =>
    all.filter(([source]) => source === name).map(([, element, cell, coefficient]) => [element, cell, coefficient] as const);
  return { limbs: of('limbs'), bits: of('bits') };
}

/**
 * The statement `credit-score` in the transparent system (README.md says the relation in words). The same model and schema give the same
 * program, whoever compiles it; prover and verifier both do. Throws InvariantError for a model it cannot hold (layoutOf).
 */
export function creditProgram(model: IntegerModel, schema: CredentialSchema): CreditProgram {
  const layout = layoutOf(model, schema);
  const b = new ProgramBuilder('credit-score', PUBLIC_VALUES, GRINDING);
  const limbs = b.block('limbs', [layout.limbs], { min: 0, max: LIMB - 1 });
  b.ranged(limbs, rangeTable(`limb ${LIMB_BITS}`, { min: 0, max: LIMB - 1 }));
  const bits = b.block('bits', [layout.bits]);
  b.product(whole(bits), whole(bits), whole(bits));
  const counts = layout.units.map(({ length }) => length);
  const units = b.block('units', [
    Math.max(
      1,
      counts.reduce((sum, n) => sum + n, 0),
    ),
  ]);
  const sources: Sources = {
    limbs: { source: limbs.source, bits: bitsOf(limbs.axes) },
    bits: { source: bits.source, bits: bitsOf(bits.axes) },
    units: { source: units.source, bits: bitsOf(units.axes) },
    public: { source: 'public', bits: b.publicBits },
  };

  // The network: sums are never committed; a unit is its sign times its sum.
  let inputs = inputsOf(model, schema, layout);
  const sums: Affine[][] = [];
  const kept: Affine[][] = [];
  let at = 0;
  for (const { weights, bias } of model.layers.slice(0, -1)) {
    sums.push(weights.map((row, k) => weighted(row, inputs, bias[k])));
    inputs = weights.map((_, k): Affine => [['units', at + k, 1]]);
    kept.push(inputs);
    at += weights.length;
  }
  const last = model.layers[model.layers.length - 1];
  const score = weighted(last.weights[0], inputs, last.bias[0]);
  if (at > 0) {
    const signs = layout.units.flat().map(({ sign }) => bit(sign));
    b.product(formOfRows(signs, sources), formOfRows(sums.flat(), sources), formOfRows(kept.flat(), sources));
  }
  b.zero(formOfRows(integerEquations(layout, sums, kept, score), sources));

  // The holder: one secret in the commitment and in the nullifier.
  const secret = b.block('secret', [ELEMENTS]);
  const blinding = b.block('blinding', [ELEMENTS]);
  const holder = b.block('holder', [ELEMENTS]);
  const holderGadget = spongeGadget(b, 'holder hash', HOLDER_TAG, 2 * ELEMENTS, [elements(secret, 0), elements(blinding, ELEMENTS)]);
  storeDigest(b, holderGadget, holder);
  const nullifier = spongeGadget(b, 'nullifier hash', NULLIFIER_TAG, 2 * ELEMENTS, [elements(secret, 0)], {
    publics: Array.from({ length: ELEMENTS }, (_, i) => [ELEMENTS + i, SCOPE_AT + i] as const),
  });
  publishDigest(b, nullifier, NULLIFIER_AT);

  // The leaf, and its place in the issuer's registry.
  const words = packingPlaces(schema).count;
  const [firstFeature, firstHolder] = [ELEMENTS, ELEMENTS + words];
  const firstTime = firstHolder + ELEMENTS;
  const issued = b.block('issued', [2]);
  const leaf = b.block('leaf', [ELEMENTS]);
  const attested = attestedParts(schema, layout, firstFeature, firstTime + 2);
  const leafGadget = spongeGadget(
    b,
    'leaf hash',
    LEAF_TAG,
    firstTime + 4,
    [
      { tensor: limbs, entries: attested.limbs },
      { tensor: bits, entries: attested.bits },
      elements(holder, firstHolder),
      elements(issued, firstTime),
    ],
    { constants: new Map(schemaElements(schema).map((value, i) => [i, value])) },
  );
  storeDigest(b, leafGadget, leaf);
  const path = merklePath(b, 'registry', leaf, DEPTH, ROOT_AT);
  return {
    program: b.finish(),
    model,
    schema,
    modelHash: modelHash(model),
    layout,
    blocks: { limbs, bits, units, secret, blinding, holder, issued, leaf },
    gadgets: { holder: holderGadget, nullifier, leaf: leafGadget, path },
  };
}
