import { bytesToHex, ok, type Result } from '../../base/index.ts';
import type { CredentialSchema } from '../../protocol/index.ts';
import type { CredentialRecord, Vault } from '../../vault/index.ts';
import { fingerprint } from './credentialView.ts';
import { checkImport } from './importCredential.ts';

export interface ImportOptions {
  readonly credentials: Pick<Vault['credentials'], 'list' | 'put'>;
  readonly text: string;
  readonly schema: CredentialSchema;
  /** What to call it; at most 80 characters are kept. */
  readonly label: (issuer: string) => string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Import {
  readonly record: CredentialRecord;
  /** The file brought a secret the wallet does not know: nothing was kept, the person decides first. */
  readonly brought: boolean;
}

/**
 * Checks a credential and keeps it, unless it brings a secret of its own. A second copy of one that is kept counts as kept.
 * Errors: those of checkImport, vault/*.
 */
export async function keepImport({ credentials, text, schema, label, now }: ImportOptions): Promise<Result<Import>> {
  const kept = await credentials.list();
  if (!kept.ok) return kept;
  const checked = checkImport({ text, schema, holders: kept.value.map(({ holder }) => holder), now: Math.floor(now / 1000) });
  if (!checked.ok) return checked;
  const { credential, holder, brought } = checked.value;
  const same = kept.value.find((other) => fingerprint(other.credential) === fingerprint(credential));
  if (same !== undefined) return ok({ record: same, brought: false });
  const record: CredentialRecord = {
    id: bytesToHex(crypto.getRandomValues(new Uint8Array(16))),
    credential,
    holder,
    label: label(credential.issuer.name).slice(0, 80),
    addedAt: now,
  };
  if (brought) return ok({ record, brought });
  const put = await credentials.put(record);
  return put.ok ? ok({ record, brought }) : put;
}
