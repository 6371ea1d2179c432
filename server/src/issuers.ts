// SPDX-License-Identifier: Apache-2.0
import { DEMO_ISSUER_NAME, demoIssuerKey, isPublicKey, issuerPublicKey } from '../../circuits/credit-score/index.ts';
import { hexToField, type ProofRequest } from '../../src/protocol/index.ts';
import { type Config, DEMO_ISSUER_ID } from './config.ts';
import { StartError } from './start-error.ts';

/** An issuer as a request names it. */
export type Issuer = ProofRequest['issuer'];

/** The issuers whose credentials this verifier accepts, by the id that partners are registered with. */
export type Issuers = ReadonlyMap<string, Issuer>;

/**
 * Throws StartError for a key that is no point of Baby Jubjub outside the small subgroup (for such a key anything verifies), for
 * one listed twice, and for the demo issuer's published key under another name: it would lend forgeable credentials a real name.
 */
export function openIssuers({ issuers, demoIssuer }: Pick<Config, 'issuers' | 'demoIssuer'>): Issuers {
  const demo: Issuer = { name: DEMO_ISSUER_NAME, ...issuerPublicKey(demoIssuerKey()), demo: true };
  const byId = new Map<string, Issuer>();
  const seen = new Set([demo.x]);
  for (const { id, name, x, y } of issuers) {
    const point = { x: hexToField(x), y: hexToField(y) };
    if (point.x === undefined || point.y === undefined || !isPublicKey({ x: point.x, y: point.y }))
      throw new StartError(`The key of issuer ${id} is not a public key on Baby Jubjub.`);
    if (seen.has(x)) throw new StartError(`The key of issuer ${id} is listed twice, or is the published key of the demo issuer.`);
    seen.add(x);
    byId.set(id, { name, x, y, demo: false });
  }
  if (demoIssuer) byId.set(DEMO_ISSUER_ID, demo);
  return byId;
}

/** The issuer of these coordinates, when it is accepted here. */
export const findIssuer = (issuers: Issuers, { x, y }: Pick<Issuer, 'x' | 'y'>): Issuer | undefined =>
  [...issuers.values()].find((issuer) => issuer.x === x && issuer.y === y);
