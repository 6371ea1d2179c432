// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import type { CryptoKey } from 'jose';
import * as z from 'zod';
import { err, ok, type Result } from '../../src/base/index.ts';
import { type AnyOrder, parseAnyOrder, slug, unixSeconds } from '../../src/protocol/index.ts';
import type { PartnerConfig } from './config.ts';
import { readJson } from './json.ts';
import { importPublicKey, type PublicJwk, publicJwk, readJws } from './jws.ts';
import { StartError } from './start-error.ts';

export type Partner = Pick<PartnerConfig, 'id' | 'name' | 'origins' | 'issuer' | 'thresholds' | 'faceThresholds'>;

/** Types of the two things a partner signs; one can never pass for the other. */
export const ORDER_TYPE = 'tacit-order+jwt';
export const TOKEN_TYPE = 'JWT';
/** A token that reads verdicts lives at most this many seconds. */
const MAX_TOKEN_SECONDS = 300;

const tokenSchema = z.strictObject({
  iss: slug,
  aud: z.string().max(255),
  iat: unixSeconds,
  exp: unixSeconds,
  /** Given: the token opens this request's verdict alone. */
  sub: z.string().max(64).optional(),
  jti: z.string().max(128).optional(),
});

/** Who may ask for proofs, and how they show that it is they. */
export interface PartnerBook {
  /**
   * The order in a compact JWS for the verifier `audience`, and who signed it. `now`: Unix seconds. Errors: partner/unauthenticated
   * (signature, key, type, audience, age), partner/forbidden (signed by another partner than it names), request/malformed, request/origin-mismatch.
   */
  readOrder(jws: string, audience: string, now: number): Promise<Result<{ order: AnyOrder; partner: Partner }>>;
  /**
   * Who calls with `Authorization: Bearer <JWT>` for the verdict of request `id` at the verifier `audience`. Errors:
   * partner/unauthenticated.
   */
  readToken(authorization: string | undefined, id: string, audience: string, now: number): Promise<Result<Partner>>;
}

/** Reads every registered key. Throws StartError when a key file is missing or wrong, or one key serves two partners. */
export async function openPartners(configs: readonly PartnerConfig[], freshness: number): Promise<PartnerBook> {
  const keys = new Map<string, { key: CryptoKey; partner: Partner }>();
  for (const partner of configs) {
    for (const entry of partner.keys) {
      const { kid, key } = await importPublicKey('file' in entry ? readKeyFile(entry.file) : entry);
      if (keys.has(kid)) throw new StartError(`One key is registered twice (the second time for ${partner.id}).`);
      keys.set(kid, { key, partner });
    }
  }
  const keyOf = (kid: string) => keys.get(kid)?.key;
  const stranger = err('partner/unauthenticated');

  return {
    readOrder: async (jws, audience, now) => {
      const read = await readJws(jws, ORDER_TYPE, keyOf);
      const partner = keys.get(read?.kid ?? '')?.partner;
      if (read === undefined || partner === undefined) return stranger;
      const order = parseAnyOrder(read.payload);
      if (!order.ok) return order;
      if (order.value.partner !== partner.id) return err('partner/forbidden');
      if (order.value.verifier !== audience || Math.abs(now - order.value.signedAt) > freshness) return stranger;
      if (!partner.origins.includes(order.value.origin)) return err('request/origin-mismatch', { origin: order.value.origin });
      if (order.value.returnUrl !== undefined && !liesOn(order.value.returnUrl, order.value.origin))
        return err('request/malformed', { what: 'returnUrl: not on the origin' });
      const { statement, policy } = order.value;
      if ((statement === 'face-match' ? partner.faceThresholds : partner.thresholds)?.includes(policy.threshold) === false)
        return err('request/malformed', { what: 'policy.threshold: not allowed' });
      return ok({ order: order.value, partner });
    },

    readToken: async (authorization, id, audience, now) => {
      const token = /^Bearer ([\w.-]{1,4096})$/.exec(authorization ?? '')?.[1];
      const read = token === undefined ? undefined : await readJws(token, TOKEN_TYPE, keyOf);
      const claims = tokenSchema.safeParse(read?.payload);
      const partner = keys.get(read?.kid ?? '')?.partner;
      if (!claims.success || partner === undefined) return stranger;
      const { iss, aud, iat, exp, sub } = claims.data;
      const alive = exp > now && iat <= now + freshness && exp > iat && exp - iat <= MAX_TOKEN_SECONDS;
      return alive && iss === partner.id && aud === audience && (sub === undefined || sub === id) ? ok(partner) : stranger;
    },
  };
}

/** The same origin, and no user name that could make an address look like another's. */
function liesOn(address: string, origin: string): boolean {
  const url = new URL(address);
  return url.origin === origin && url.username === '' && url.password === '';
}

/** Throws StartError. */
export function readKeyFile(path: string): PublicJwk {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new StartError(`The key ${path} cannot be read.`);
  }
  const json = readJson(bytes);
  const key = json.ok ? publicJwk.safeParse(json.value) : undefined;
  if (!key?.success) throw new StartError(`${path} is not the public half of an Ed25519 key as a JWK.`);
  return key.data;
}
