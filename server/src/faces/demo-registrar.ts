// SPDX-License-Identifier: Apache-2.0
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { CompactSign, importJWK } from 'jose';
import * as z from 'zod';
import { err, invariant, ok, type Result } from '../../../src/base/index.ts';
import { ATTESTATION_TYPE, type Attestation, hexBytes, parseShape } from '../../../src/protocol/index.ts';
import { DEMO_REGISTRAR_ID } from '../config.ts';
import { importPublicKey, publicJwk } from '../jws.ts';
import type { Services } from '../services.ts';
import type { KnownRegistrar } from './faces.ts';

const NAME = 'Town Registrar (demo)';
/** What comes before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The demo registrar's key. It is derived from this published text, so that every clone can try the whole way; so anybody can sign in its
 * name, and a verifier knows it only where it is configured to (assurance `demo-attested`).
 */
const privateKey = () => {
  const seed = createHash('sha256').update('tacit demo registrar: this key is public, its word proves nothing').digest();
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
};

export async function demoRegistrar(): Promise<KnownRegistrar> {
  const { kid, key } = await importPublicKey(publicJwk.parse(createPublicKey(privateKey()).export({ format: 'jwk' })));
  return { id: DEMO_REGISTRAR_ID, name: NAME, demo: true, keys: new Map([[kid, key]]) };
}

const orderSchema = z.strictObject({ commitment: hexBytes(32) });

/**
 * The demo registrar's desk: signs for any commitment and looks at no document. A real registrar does the same in a program of its own,
 * after a person there has looked at one. Errors: request/unsupported (no such registrar here), input/malformed.
 */
export async function demoAttestation({ faces, origin, clock }: Services, body: unknown): Promise<Result<{ attestation: string }>> {
  const [kid] = faces?.registrars.get(DEMO_REGISTRAR_ID)?.keys.keys() ?? [];
  if (kid === undefined) return err('request/unsupported', { what: 'the demo registrar' });
  const read = parseShape(orderSchema, body, 'input/malformed');
  if (!read.ok) return read;
  const claims: Attestation = { iss: DEMO_REGISTRAR_ID, aud: origin, commitment: read.value.commitment, iat: clock() };
  const key = await importJWK({ ...privateKey().export({ format: 'jwk' }), alg: 'EdDSA' }, 'EdDSA');
  invariant(!(key instanceof Uint8Array), 'an OKP key cannot be symmetric');
  const signer = new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ alg: 'EdDSA', kid, typ: ATTESTATION_TYPE });
  return ok({ attestation: await signer.sign(key) });
}
