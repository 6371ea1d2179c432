import { type FormEvent, type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useAction } from '../state/load.ts';
import { preferences } from '../state/preferences.ts';
import { useServices } from '../state/services.tsx';
import { toast } from '../state/toasts.ts';
import { BackLink } from '../ui/BackLink.tsx';
import { Button } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { SecretField } from '../ui/Field.tsx';
import { FileDrop } from '../ui/FileDrop.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Page } from '../ui/Page.tsx';
import { useFormat } from '../ui/useFormat.ts';

const modes = ['merge', 'replace'] as const;

/** Brings an export back into the open wallet: checked as a whole first, then added or put in place of what is here. */
export function RestoreScreen(): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { vault } = useServices();
  const [, go] = useLocation();
  const { busy, error, run } = useAction();
  const [file, setFile] = useState<File>();
  const [mode, setMode] = useState<(typeof modes)[number]>('merge');
  const [passphrase, setPassphrase] = useState('');

  const wrong = error?.code === 'vault/wrong-key';

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy || file === undefined) return;
    const summary = await run(async () => vault.importFile(new Uint8Array(await file.arrayBuffer()), passphrase, mode));
    if (summary === undefined) return;
    await preferences.load(vault);
    toast('ok', t('settings.importDone', { credentials: format.number(summary.credentials), history: format.number(summary.history) }));
    go('/wallet');
  };

  return (
    <Page title={t('settings.importTitle')} before={<BackLink href="/settings">{t('settings.title')}</BackLink>}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <FileDrop
          accept="application/json,.json"
          label={t('settings.importFile')}
          hint={file === undefined ? t('settings.importHint') : file.name}
          onFile={setFile}
        />
        {file !== undefined && (
          <>
            <p className="row" role="status">
              <Icon name="file" />
              <span>
                {file.name} <span className="quiet">({format.bytes(file.size)})</span>
              </span>
            </p>
            <SecretField
              label={t('settings.exportPassphrase')}
              autoComplete="off"
              error={wrong ? t('settings.importWrong') : undefined}
              required
              value={passphrase}
              onChange={(event) => setPassphrase(event.target.value)}
            />
            <fieldset className="choices">
              <legend className="legend">{t('settings.importMode')}</legend>
              {modes.map((way) => (
                <label key={way} className="choice">
                  <input type="radio" name="mode" checked={mode === way} onChange={() => setMode(way)} />
                  <span>
                    <span className="choice-name">{way === 'merge' ? t('settings.importMerge') : t('settings.importReplace')}</span>
                    <br />
                    <span className="choice-text">{way === 'merge' ? t('settings.importMergeText') : t('settings.importReplaceText')}</span>
                  </span>
                </label>
              ))}
            </fieldset>
            {error !== undefined && !wrong && <ErrorNotice error={error} />}
            <div className="row">
              <Button kind={mode === 'replace' ? 'danger' : 'main'} type="submit" icon="upload" busy={busy}>
                {t('settings.importDo')}
              </Button>
            </div>
          </>
        )}
      </form>
    </Page>
  );
}
