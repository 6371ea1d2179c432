import { type FormEvent, type ReactElement, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../state/load.ts';
import { useServices, useVaultState } from '../state/services.tsx';
import { toast } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { SecretField } from '../ui/Field.tsx';
import { saveFile } from '../ui/saveFile.ts';

function ExportDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { t } = useTranslation();
  const { vault } = useServices();
  const { busy, error, run } = useAction();
  const form = useId();
  const [passphrase, setPassphrase] = useState('');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const bytes = await run(() => vault.exportFile(passphrase));
    if (bytes === undefined) return;
    saveFile(`tacit-wallet-${new Date().toISOString().slice(0, 10)}.json`, bytes);
    toast('ok', t('settings.exportDone'));
    onClose();
  };
  return (
    <Dialog
      open
      title={t('settings.exportTitle')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="main" type="submit" form={form} icon="download" busy={busy}>
            {t('settings.exportMake')}
          </Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={(event) => void submit(event)}>
        <p>{t('settings.exportText')}</p>
        <SecretField
          label={t('settings.exportPassphrase')}
          hint={t('vault.passphraseHint')}
          autoComplete="new-password"
          required
          value={passphrase}
          onChange={(event) => setPassphrase(event.target.value)}
        />
        {error !== undefined && <ErrorNotice error={error} />}
      </form>
    </Dialog>
  );
}

/** Export to a file, restore from one. */
export function BackupSection(): ReactElement {
  const { t } = useTranslation();
  const state = useVaultState();
  const [exporting, setExporting] = useState(false);
  return (
    <section className="card" aria-labelledby="backup">
      <h2 id="backup">{t('settings.backupTitle')}</h2>
      <p className="quiet">{t('settings.backupText')}</p>
      <div className="row">
        {state === 'unlocked' && (
          <Button icon="download" onClick={() => setExporting(true)}>
            {t('settings.export')}
          </Button>
        )}
        <ButtonLink icon="upload" href="/settings/restore">
          {t('settings.import')}
        </ButtonLink>
      </div>
      {exporting && <ExportDialog onClose={() => setExporting(false)} />}
    </section>
  );
}
