import { type FormEvent, type ReactElement, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ok, type Result } from '../../base/index.ts';
import type { CredentialRecord } from '../../vault/index.ts';
import { useAction } from '../state/load.ts';
import { loadCurrent } from '../state/model.ts';
import { useServices } from '../state/services.tsx';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { FileDrop } from '../ui/FileDrop.tsx';
import { BroughtSecret } from './BroughtSecret.tsx';
import { isDemoIssuer } from './credentialView.ts';
import { MAX_CREDENTIAL_BYTES } from './importCredential.ts';
import { type Import, keepImport } from './keepImport.ts';

/** Keeps a credential from a file or from pasted text, if it passes every check; asks first when it brings a secret of its own. */
export function ImportForm({ onImported }: { readonly onImported: (record: CredentialRecord) => void }): ReactElement {
  const { t } = useTranslation();
  const { vault, client } = useServices();
  const { busy, error, run } = useAction();
  const [pasted, setPasted] = useState('');
  const [asked, setAsked] = useState<CredentialRecord>();
  const textId = useId();

  const done = (record: CredentialRecord): void => {
    const { name } = record.credential.issuer;
    if (isDemoIssuer(record.credential)) toast('ok', t('wallet.importDone'));
    else toast('info', t('wallet.importUntrusted', { issuer: name }));
    onImported(record);
  };
  const take = async (read: () => Promise<string>): Promise<void> => {
    const taken = await run<Import>(async () => {
      const published = await loadCurrent(client);
      if (!published.ok) return published;
      return keepImport({
        credentials: vault.credentials,
        text: await read(),
        schema: published.value.schema,
        label: (issuer) => t('wallet.defaultLabel', { issuer }),
        now: Date.now(),
      });
    });
    if (taken?.brought === true) setAsked(taken.record);
    else if (taken !== undefined) done(taken.record);
  };
  const keep = async (): Promise<void> => {
    if (asked === undefined) return;
    setAsked(undefined);
    const kept = await run(async (): Promise<Result<true>> => {
      const put = await vault.credentials.put(asked);
      return put.ok ? ok(true) : put;
    });
    if (kept) done(asked);
  };
  // The dialog also says that it closed after a press on either button; then there is nothing left to drop.
  const drop = (): void => {
    if (asked === undefined) return;
    setAsked(undefined);
    toast('info', t('wallet.broughtDropped'));
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
      <BroughtSecret open={asked !== undefined} onKeep={() => void keep()} onDrop={drop} />
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
