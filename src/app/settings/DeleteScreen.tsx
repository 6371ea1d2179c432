import { type FormEvent, type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ok, type Result } from '../../base/index.ts';
import { useAction } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { BackLink } from '../ui/BackLink.tsx';
import { Button } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Field } from '../ui/Field.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';

/** Works while the wallet is locked: whoever cannot open it any more must still be able to delete it. */
export function DeleteScreen(): ReactElement {
  const { t } = useTranslation();
  const { vault } = useServices();
  const { busy, error, run } = useAction();
  const [typed, setTyped] = useState('');
  const word = t('settings.deleteWord');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy || typed.trim() !== word) return;
    const done = await run(async (): Promise<Result<true>> => {
      const deleted = await vault.deleteAll();
      return deleted.ok ? ok(true) : deleted;
    });
    if (done) location.assign('/');
  };
  return (
    <Page
      title={t('settings.deleteConfirmTitle')}
      lead={t('settings.deleteText')}
      before={<BackLink href="/settings">{t('settings.title')}</BackLink>}
    >
      <Notice kind="warn">
        <p>{t('settings.deleteConfirmText')}</p>
        <p>{t('settings.deletePasskey')}</p>
      </Notice>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <Field
          label={t('settings.deleteType', { word })}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          required
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        {error !== undefined && <ErrorNotice error={error} />}
        <div className="row">
          <Button kind="danger" type="submit" icon="trash" busy={busy} disabled={typed.trim() !== word}>
            {t('settings.deleteYes')}
          </Button>
        </div>
      </form>
    </Page>
  );
}
