// SPDX-License-Identifier: Apache-2.0
import type { Hash32 } from '../../src/base/index.ts';
import { BN254_ORDER, type BundleManifest, digestToField, type ProofRequest, requestHash, scopeField } from '../../src/protocol/index.ts';

/** The public inputs of the circuit, in the order of the verification key. */
export const PUBLIC_SIGNALS = [
  'issuerX',
  'issuerY',
  'modelHash',
  'threshold',
  'scope',
  'nullifier',
  'requestHash',
  'requestTime',
] as const satisfies readonly string[];
export type PublicSignal = (typeof PUBLIC_SIGNALS)[number];

/** A signed integer as a field element: negative ones wrap to r - |value|. */
export const signedToField = (value: number): bigint => ((BigInt(value) % BN254_ORDER) + BN254_ORDER) % BN254_ORDER;

/**
 * What every public signal must be for a proof of this request under this bundle. Only `nullifier` is undefined: the holder alone
 * knows it beforehand. Total: an issuer coordinate at or above the field order is returned as it is, and no canonical signal equals it.
 */
export const expectedSignals = (request: ProofRequest, manifest: BundleManifest): Readonly<Record<PublicSignal, bigint | undefined>> => ({
  issuerX: BigInt(`0x${request.issuer.x}`),
  issuerY: BigInt(`0x${request.issuer.y}`),
  modelHash: digestToField('tacit/model/v1', manifest.model as Hash32),
  threshold: signedToField(request.policy.threshold),
  scope: scopeField(request.partner.id, request.scope),
  nullifier: undefined,
  requestHash: requestHash(request),
  requestTime: BigInt(request.issuedAt),
});
