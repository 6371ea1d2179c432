import { checkCredential, holderCommitment, schemaHash } from '../../../circuits/credit-score/index.ts';
import { err, ok, type Result } from '../../base/index.ts';
import {
  type Credential,
  type CredentialSchema,
  type HolderSecret,
  holderSecretSchema,
  parseCredential,
  parseShape,
} from '../../protocol/index.ts';

/** Larger than any credential of 32 features by far; what is longer is not read at all. */
export const MAX_CREDENTIAL_BYTES = 64 * 1024;

export interface ImportCheck {
  readonly text: string;
  readonly schema: CredentialSchema;
  /** Holder secrets the wallet already has: a renewed credential may be made for the same commitment. */
  readonly holders: readonly HolderSecret[];
  /** Unix seconds. */
  readonly now: number;
}

export interface CheckedImport {
  readonly credential: Credential;
  readonly holder: HolderSecret;
  readonly brought: boolean;
}

/**
 * Reads what a person was given: a credential alone, or `{credential, holder}` as the command line writes it. Checks form, schema,
 * values, signature (of whatever issuer it names), that this wallet can use it, and expiry. `brought`: the holder's secret came with the
 * file and is none of the wallet's, so whoever wrote the file knows it; ask before keeping it. Codes: input/too-large,
 * input/malformed, credential/*, input/feature-*.
 */
export function checkImport({ text, schema, holders, now }: ImportCheck): Result<CheckedImport> {
  if (text.length > MAX_CREDENTIAL_BYTES) return err('input/too-large', { limit: '64 kB' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('input/malformed', { what: 'not JSON' });
  }
  const parts = split(value);
  const parsed = parseCredential(parts.credential);
  if (!parsed.ok) return parsed;
  const credential = parsed.value;
  if (credential.schema !== schemaHash(schema)) return err('credential/unknown-schema');
  let own = holders.find((holder) => holderCommitment(holder) === credential.holder);
  if (parts.holder !== undefined) {
    const holder = parseShape(holderSecretSchema, parts.holder, 'credential/malformed');
    if (!holder.ok) return holder;
    own = holder.value;
  }
  // Without a holder the signature is still checked first, so that a forged credential is not called merely foreign.
  const checked = checkCredential({ credential, schema, issuer: credential.issuer, ...(own === undefined ? {} : { holder: own }), now });
  if (!checked.ok) return checked;
  if (own === undefined) return err('credential/holder');
  // By the secret, not the blinding: it is the secret that makes nullifiers, and one the wallet has tells its author nothing new.
  const { secret } = own;
  return ok({ credential, holder: own, brought: !holders.some((known) => known.secret === secret) });
}

function split(value: unknown): { readonly credential: unknown; readonly holder: unknown } {
  if (typeof value === 'object' && value !== null && 'credential' in value) {
    return { credential: value.credential, holder: 'holder' in value ? value.holder : undefined };
  }
  return { credential: value, holder: undefined };
}
