import { calculateJwkThumbprint, compactVerify, importJWK } from 'jose';
import * as z from 'zod';
import { err, ok, type Result } from '../base/index.ts';

// The verifier's signature over a request or a registry's state: compact JWS (RFC 7515), EdDSA with Ed25519 (RFC 8037), the key named by its RFC 7638
// thumbprint, so that a key set cannot pass one key off under another's name.

const jwkSchema = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });
const jwksSchema = z.object({ keys: z.array(z.unknown()).max(200) });
/** Exactly these members: no `crit`, and nothing that brings a key of its own. */
const headerSchema = (typ: string) =>
  z.strictObject({ alg: z.literal('EdDSA'), kid: z.string().regex(/^[A-Za-z0-9_-]{43}$/), typ: z.literal(typ) });
const COMPACT = /^[A-Za-z0-9_-]{1,1024}\.[A-Za-z0-9_-]{1,40000}\.[A-Za-z0-9_-]{86}$/;

export interface Signed {
  /** Thumbprint of the key that signed. */
  readonly keyId: string;
  /** What was signed, still to be read. */
  readonly payload: unknown;
}

/** Checks `jws` of type `typ` against a key set. Errors: request/signature; device/unsupported where the browser has no Ed25519. */
export async function readSigned(jws: unknown, jwks: unknown, typ: string): Promise<Result<Signed>> {
  const refused = err<Signed>('request/signature');
  const set = jwksSchema.safeParse(jwks);
  if (typeof jws !== 'string' || !COMPACT.test(jws) || !set.success) return refused;
  const header = headerSchema(typ).safeParse(parse(jws.slice(0, jws.indexOf('.'))));
  if (!header.success) return refused;
  for (const each of set.data.keys) {
    const jwk = jwkSchema.safeParse(each);
    if (!jwk.success) continue;
    const { kty, crv, x } = jwk.data;
    if ((await calculateJwkThumbprint({ kty, crv, x })) !== header.data.kid) continue;
    let key: Awaited<ReturnType<typeof importJWK>>;
    try {
      key = await importJWK({ kty, crv, x }, 'EdDSA');
    } catch {
      return err('device/unsupported', { what: 'Ed25519 signatures' });
    }
    try {
      const { payload } = await compactVerify(jws, key, { algorithms: ['EdDSA'] });
      return ok({ keyId: header.data.kid, payload: JSON.parse(new TextDecoder().decode(payload)) });
    } catch {
      return refused;
    }
  }
  return refused;
}

function parse(part: string): unknown {
  try {
    return JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    return undefined;
  }
}
