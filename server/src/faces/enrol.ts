// SPDX-License-Identifier: Apache-2.0
import * as z from 'zod';
import { err, fromHex, ok, type Result, sha256Hex } from '../../../src/base/index.ts';
import {
  ATTESTATION_TYPE,
  attestationSchema,
  enrolmentNonce,
  hexBytes,
  parseEnrolment,
  parseShape,
  slug,
} from '../../../src/protocol/index.ts';
import { readJws } from '../jws.ts';
import type { Services } from '../services.ts';
import { type Faces, familyOf } from './faces.ts';

const disabled = err('request/unsupported', { what: 'faces' });

/** Where faces are enrolled here, and who vouches for them. Errors: request/unsupported. */
export async function describeFaces({ faces, store }: Services) {
  if (faces === undefined) return disabled;
  const registrars = [];
  for (const { id, name, demo } of faces.registrars.values())
    registrars.push({ id, name, demo, family: familyOf(id), registry: await store.faceRegistry(familyOf(id)) });
  return ok({ family: familyOf(), registry: await store.faceRegistry(familyOf()), registrars });
}

/**
 * Puts the commitment of a proven enrolment into the registry. The same one again changes nothing. Errors: request/unsupported,
 * proof/malformed, request/mismatch (made for another verifier or family), face/attestation, proof/*, face/revoked.
 */
export async function enrolFace(services: Services, body: unknown): Promise<Result<{ registry: string; family: string; known: boolean }>> {
  const { faces, origin, store, clock } = services;
  if (faces === undefined) return disabled;
  const read = parseEnrolment(body);
  if (!read.ok) return read;
  const { proof, revocation, attestation } = read.value;
  const registrar = attestation === undefined ? undefined : await registrarOf(services, faces, attestation, proof.commitment);
  if (attestation !== undefined && registrar === undefined) return err('face/attestation');
  const family = familyOf(registrar);
  if (proof.nonce !== enrolmentNonce(origin, family)) return err('request/mismatch', { signal: 'nonce' });
  const checked = await faces.check(proof);
  if (!checked.ok) return checked;
  const { outcome, registry } = await store.enrolFace({ family, commitment: proof.commitment, revocation, now: clock() });
  return outcome === 'revoked' ? err('face/revoked') : ok({ registry, family, known: outcome === 'known' });
}

/** Who signed for exactly this commitment, at this verifier, not long ago. */
async function registrarOf(
  { origin, clock, limits }: Services,
  faces: Faces,
  jws: string,
  commitment: string,
): Promise<string | undefined> {
  const registrars = [...faces.registrars.values()];
  const read = await readJws(jws, ATTESTATION_TYPE, (kid) => registrars.find(({ keys }) => keys.has(kid))?.keys.get(kid));
  const claims = attestationSchema.safeParse(read?.payload);
  if (read === undefined || !claims.success) return undefined;
  const { iss, aud, commitment: signed, iat } = claims.data;
  const own = faces.registrars.get(iss)?.keys.has(read.kid) === true;
  const recent = Math.abs(clock() - iat) <= limits.freshness;
  return own && recent && aud === origin && signed === commitment ? iss : undefined;
}

const revocationSchema = z.strictObject({
  commitment: hexBytes(32),
  /** The registrar whose registry it lies in, if any. */
  registrar: slug.optional(),
  /** What hashes to the enrolment's `revocation`. */
  key: hexBytes(32),
});

/** Strikes an enrolment off, for whoever brings its revocation key. Errors: request/unsupported, input/malformed, face/unknown, face/revocation. */
export async function revokeFace(services: Services, body: unknown): Promise<Result<{ revoked: true; registry: string }>> {
  const { faces, store, clock } = services;
  if (faces === undefined) return disabled;
  const read = parseShape(revocationSchema, body, 'input/malformed');
  if (!read.ok) return read;
  const { commitment, registrar, key } = read.value;
  const family = familyOf(registrar);
  const revocation = sha256Hex(fromHex(key) ?? new Uint8Array());
  const outcome = await store.revokeFace({ family, commitment, revocation, now: clock() });
  if (outcome === 'unknown') return err('face/unknown');
  if (outcome === 'refused') return err('face/revocation');
  return ok({ revoked: true, registry: await store.faceRegistry(family) });
}
