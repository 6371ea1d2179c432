import { err, ok, type Result, toBase64Url } from '../base/index.ts';
import { type Bytes, own, random } from './crypto.ts';

/** WebAuthn with the PRF extension, reduced to what the vault needs, so that tests can bring another. */
export interface PasskeyProvider {
  available(): Promise<boolean>;
  /** A new passkey and its PRF output for `salt`. Errors: device/unsupported (no PRF), job/cancelled. */
  create(label: string, salt: Bytes): Promise<Result<{ readonly id: Bytes; readonly secret: Bytes }>>;
  /** Any one of `asked`, with its PRF output for the salt that belongs to it. Errors: job/cancelled, vault/wrong-key. */
  get(asked: readonly { readonly id: Bytes; readonly salt: Bytes }[]): Promise<Result<{ readonly id: Bytes; readonly secret: Bytes }>>;
}

const noPrf = () => err('device/unsupported', { what: 'passkey encryption (WebAuthn PRF)' });

const bytesOf = (source: BufferSource): Bytes =>
  own(source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength));

/** The browser answers one name for a refusal, a cancel and a time-out, so that sites cannot tell which passkeys exist. */
const cancelled = (error: unknown) => {
  if (error instanceof DOMException && ['NotAllowedError', 'AbortError', 'InvalidStateError'].includes(error.name))
    return err('job/cancelled');
  if (error instanceof DOMException) return noPrf();
  throw error;
};

export const browserPasskeys: PasskeyProvider = {
  async available() {
    if (!globalThis.isSecureContext || typeof PublicKeyCredential === 'undefined') return false;
    const told = await PublicKeyCredential.getClientCapabilities?.().catch(() => undefined);
    if (told?.['extension:prf'] === false) return false;
    return PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  },

  async create(label, salt) {
    try {
      const made = await navigator.credentials.create({
        publicKey: {
          rp: { name: 'Tacit' },
          user: { id: random(16), name: label, displayName: label },
          // No server checks the attestation: the passkey only carries a key. A fresh challenge all the same.
          challenge: random(32),
          pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
          authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
          extensions: { prf: { eval: { first: salt } } },
        },
      });
      if (!(made instanceof PublicKeyCredential)) return noPrf();
      const prf = made.getClientExtensionResults().prf;
      if (prf?.enabled !== true) return noPrf();
      const id = new Uint8Array(made.rawId);
      if (prf.results?.first !== undefined) return ok({ id, secret: bytesOf(prf.results.first) });
      return await browserPasskeys.get([{ id, salt }]); // many authenticators evaluate only when signing in
    } catch (error) {
      return cancelled(error);
    }
  },

  async get(asked) {
    try {
      const got = await navigator.credentials.get({
        publicKey: {
          challenge: random(32),
          allowCredentials: asked.map(({ id }) => ({ type: 'public-key', id })),
          userVerification: 'required',
          extensions: { prf: { evalByCredential: Object.fromEntries(asked.map(({ id, salt }) => [toBase64Url(id), { first: salt }])) } },
        },
      });
      if (!(got instanceof PublicKeyCredential)) return err('vault/wrong-key');
      const secret = got.getClientExtensionResults().prf?.results?.first;
      return secret === undefined ? noPrf() : ok({ id: new Uint8Array(got.rawId), secret: bytesOf(secret) });
    } catch (error) {
      return cancelled(error);
    }
  },
};
