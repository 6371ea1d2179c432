// SPDX-License-Identifier: Apache-2.0
import { fromHex, invariant } from '../../../src/base/index.ts';
import { sponge } from '../../../src/field/index.ts';
import type { Credential, CredentialSchema, HolderSecret } from '../../../src/protocol/index.ts';
import { type Digest, hashToElements } from '../../../src/registry/index.ts';
import { encodeFeatures, packingLayout, schemaHash } from '../index.ts';

// Tags of the sponges, one a purpose: a digest made for one is never one for another. All below p.
export const HOLDER_TAG = 0x63726831; // "crh1"
export const NULLIFIER_TAG = 0x63726e31; // "crn1"
export const LEAF_TAG = 0x63726c31; // "crl1"

/** The holder's side in the transparent system: eight field elements each. Never leaves the device. */
export interface FieldSecret {
  readonly secret: Digest;
  readonly blinding: Digest;
}

/**
 * Derived, not drawn: SHA-256, tagged, of the wallet's two BN254 scalars. So a wallet, an export or a credential of before holds all that is needed,
 * nothing more can be lost or mixed up, and "the holder of this secret" is one person in both systems. The scalars are uniform
 * over 2^253.6, so the elements are as good as uniform to anybody who cannot tell SHA-256 from random (plus 2^-33 an element from
 * the reduction); nothing made from them is ever published but Poseidon2 images. `holder` has passed isHolderSecret.
 */
export function fieldSecret({ secret, blinding }: HolderSecret): FieldSecret {
  const elements = (tag: string, hex: string): Digest => {
    const bytes = fromHex(hex);
    invariant(bytes?.length === 32, 'fieldSecret: not a holder secret');
    return hashToElements(tag, bytes);
  };
  return { secret: elements('tacit/koalabear-secret/v1', secret), blinding: elements('tacit/koalabear-blinding/v1', blinding) };
}

/** Poseidon2(tag, secret, blinding): what the issuer puts into the leaf without learning the secret. */
export const fieldHolder = ({ secret, blinding }: FieldSecret): Digest => sponge(HOLDER_TAG, [...secret, ...blinding]);

/** Poseidon2(tag, secret, scope): one per person and scope. `scope` from scopeElements. */
export const fieldNullifier = (secret: Digest, scope: Digest): Digest => sponge(NULLIFIER_TAG, [...secret, ...scope]);

/** The schema as constants of the leaf. */
export const schemaElements = (schema: CredentialSchema): Digest => {
  const bytes = fromHex(schemaHash(schema));
  invariant(bytes !== undefined, 'schemaElements: a hash is hex');
  return hashToElements('tacit/schema/koalabear/v1', bytes);
};

/** Bits of one half of a Unix time: times lie below 2^40, which a field element does not hold. */
export const TIME_BITS = 20;
export const timeHalves = (time: number): readonly [high: number, low: number] => [
  Math.floor(time / 2 ** TIME_BITS),
  time % 2 ** TIME_BITS,
];

/** Where a feature lies in the packed elements: element `element`, times 2^shift. */
export interface Place {
  readonly element: number;
  readonly shift: number;
}

/** Largest packed element: whole fields side by side, below 2^30 < p, so that packing is injective on features in range. */
const WORD_BITS = 30;

export function packingPlaces(schema: CredentialSchema): { readonly places: readonly Place[]; readonly count: number } {
  let element = 0;
  let shift = 0;
  const places = packingLayout(schema).map(({ width, name }) => {
    invariant(width <= WORD_BITS, `${name}: too wide for a packed element`);
    if (shift + width > WORD_BITS) {
      element++;
      shift = 0;
    }
    const place = { element, shift };
    shift += width;
    return place;
  });
  return { places, count: element + 1 };
}

/** `coded` as encodeFeatures returns it. */
export function packElements(schema: CredentialSchema, coded: readonly number[]): number[] {
  const { places, count } = packingPlaces(schema);
  const elements = Array<number>(count).fill(0);
  packingLayout(schema).forEach(({ min }, i) => {
    elements[places[i].element] += (coded[i] - min) * 2 ** places[i].shift;
  });
  return elements;
}

/** What an issuer attests: everything of a credential that the leaf commits to. */
export type Attested = Pick<Credential, 'features' | 'issuedAt' | 'expiresAt'>;

/**
 * The sponge's message: schema, packed features, holder commitment, issuedAt, expiresAt (high and low half each). `coded` as encodeFeatures
 * returns it.
 */
export const leafMessage = (
  schema: CredentialSchema,
  coded: readonly number[],
  { issuedAt, expiresAt }: Pick<Attested, 'issuedAt' | 'expiresAt'>,
  holder: Digest,
): number[] => [...schemaElements(schema), ...packElements(schema, coded), ...holder, ...timeHalves(issuedAt), ...timeHalves(expiresAt)];

/** The leaf that stands for a credential in its issuer's registry. The features have passed encodeFeatures (InvariantError else). */
export function credentialLeaf(schema: CredentialSchema, attested: Attested, holder: Digest): Digest {
  const coded = encodeFeatures(schema, attested.features);
  invariant(coded.ok, 'credentialLeaf: the features were checked');
  return sponge(LEAF_TAG, leafMessage(schema, coded.value, attested, holder));
}
