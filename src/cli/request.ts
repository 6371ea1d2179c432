import { calculateJwkThumbprint, compactVerify, importJWK } from 'jose';
import * as z from 'zod';
import { err, ok, type Result } from '../base/index.ts';
import { type ProofRequest, parseProofRequest, parseShape } from '../protocol/index.ts';
import { usage } from './arguments.ts';
import { parseJson, readJsonFile, readTextFile } from './files.ts';

/** The verifier key id of a request that the command line made for itself: no key has this thumbprint. */
export const NO_VERIFIER_KEY = 'A'.repeat(43);

const jwksSchema = z.looseObject({
  keys: z.array(z.looseObject({ kty: z.string(), crv: z.string().optional(), x: z.string().optional() })).max(64),
});

/** A request, and whether a verifier's signature over it was checked: without one, anybody may have written it. */
export interface GivenRequest {
  readonly request: ProofRequest;
  readonly signed: boolean;
}

/**
 * Reads a request as the partner's page or the verifier gives it: the request itself (unsigned: its maker is whoever handed it
 * over), or the compact JWS of it, whose signature must be by the key it names and that key in `jwksFile`.
 * Errors: request/malformed, request/signature, cli/usage when a signed request comes without keys, and those of the key file.
 */
export async function readRequest(value: unknown, jwksFile: string | undefined): Promise<Result<GivenRequest>> {
  if (typeof value !== 'string') {
    const request = parseProofRequest(value);
    return request.ok ? ok({ request: request.value, signed: false }) : request;
  }
  if (jwksFile === undefined)
    return usage('A signed request needs the verifier’s keys: save /.well-known/jwks.json of the verifier and name it with --jwks');
  const json = await readJsonFile(jwksFile, 64 * 1024);
  if (!json.ok) return json;
  const jwks = parseShape(jwksSchema, json.value, 'input/malformed');
  if (!jwks.ok) return jwks;
  for (const { kty, crv, x } of jwks.value.keys) {
    if (kty !== 'OKP' || crv !== 'Ed25519' || x === undefined) continue;
    const request = await signedBy({ kty, crv, x }, value);
    if (request !== undefined) return request.ok ? ok({ request: request.value, signed: true }) : request;
  }
  return err('request/signature');
}

/** A request from a file of its own: JSON, or the bare JWS as the verifier serves it. Errors: those of the file and of {@link readRequest}. */
export async function readRequestFile(file: string, jwksFile: string | undefined): Promise<Result<GivenRequest>> {
  const text = await readTextFile(file, 64 * 1024);
  if (!text.ok) return text;
  const bare = text.value.trim();
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(bare)) return readRequest(bare, jwksFile);
  const json = parseJson(bare);
  return json.ok ? readRequest(json.value, jwksFile) : json;
}

/** The request when `jws` is signed by `key` and names it; undefined when another key is meant. */
async function signedBy(key: { kty: string; crv: string; x: string }, jws: string): Promise<Result<ProofRequest> | undefined> {
  try {
    const { payload, protectedHeader } = await compactVerify(jws, await importJWK(key, 'EdDSA'), { algorithms: ['EdDSA'] });
    if (protectedHeader.typ !== 'tacit-request+jwt') return undefined;
    const request = parseProofRequest(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)));
    if (!request.ok) return request;
    return request.value.verifier.keyId === (await calculateJwkThumbprint(key)) ? ok(request.value) : undefined;
  } catch {
    return undefined;
  }
}
