import { type FormEvent, type ReactElement, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bytesToHex, ok } from '../../base/index.ts';
import type { CredentialRecord } from '../../vault/index.ts';
import { nowSeconds } from '../state/clock.ts';
import { useAction } from '../state/load.ts';
import { loadCurrent } from '../state/model.ts';
import { useServices } from '../state/services.tsx';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { FileDrop } from '../ui/FileDrop.tsx';
import { fingerprint, isDemoIssuer } from './credentialView.ts';
import { checkImport, MAX_CREDENTIAL_BYTES } from './importCredential.ts';

/** Keeps a credential from a file or from pasted text, if it passes every check. A second copy of one that is kept counts as kept. */
export function ImportForm({ onImported }: { readonly onImported: (record: CredentialRecord) => void }): ReactElement {
  const { t } = useTranslation();
  const { vault, client } = useServices();
  const { busy, error, run } = useAction();
  const [pasted, setPasted] = useState('');
  const textId = useId();

  const take = async (read: () => Promise<string>): Promise<void> => {
    const record = await run<CredentialRecord>(async () => {
      const published = await loadCurrent(client);
      if (!published.ok) return published;
      const kept = await vault.credentials.list();
      if (!kept.ok) return kept;
      const checked = checkImport({
        text: await read(),
        schema: published.value.schema,
        holders: kept.value.map(({ holder }) => holder),
        now: nowSeconds(),
      });
      if (!checked.ok) return checked;
      const { credential, holder } = checked.value;
      const same = kept.value.find((other) => fingerprint(other.credential) === fingerprint(credential));
      if (same !== undefined) return ok(same);
      const record: CredentialRecord = {
        id: bytesToHex(crypto.getRandomValues(new Uint8Array(16))),
        credential,
        holder,
        label: t('wallet.defaultLabel', { issuer: credential.issuer.name }).slice(0, 80),
        addedAt: Date.now(),
      };
      const put = await vault.credentials.put(record);
      return put.ok ? ok(record) : put;
    });
    if (record === undefined) return;
    const { name } = record.credential.issuer;
    if (isDemoIssuer(record.credential)) toast('ok', t('wallet.importDone'));
    else toast('info', t('wallet.importUntrusted', { issuer: name }));
    onImported(record);
  };

  // A file far too long is refused unread.
  const fromFile = (file: File): void =>
    void take(() => (file.size > MAX_CREDENTIAL_BYTES ? Promise.resolve(' '.repeat(MAX_CREDENTIAL_BYTES + 1)) : file.text()));
  const fromText = (event: FormEvent): void => {
    event.preventDefault();
    if (!busy) void take(() => Promise.resolve(pasted));
  };

  return (
    <>
      <FileDrop
        accept="application/json,.json"
        label={busy ? t('wallet.importChecking') : t('wallet.importFile')}
        hint={t('wallet.importHint')}
        busy={busy}
        onFile={fromFile}
      />
      {error !== undefined && <ErrorNotice error={error} />}
      <Disclosure summary={t('wallet.importPaste')}>
        <form className="stack" onSubmit={fromText}>
          <div className="field">
            <label className="field-label" htmlFor={textId}>
              {t('wallet.importText')}
            </label>
            <textarea
              id={textId}
              className="input"
              value={pasted}
              spellCheck={false}
              required
              onChange={(event) => setPasted(event.target.value)}
            />
          </div>
          <div className="row">
            <Button kind="main" type="submit" busy={busy}>
              {t('wallet.importButton')}
            </Button>
          </div>
        </form>
      </Disclosure>
    </>
  );
}
