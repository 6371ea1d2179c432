import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { TacitError } from '../../base/index.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Wordmark } from '../ui/Logo.tsx';
import { Page } from '../ui/Page.tsx';

/** Without storage there is no wallet, and so no app: says why and what helps. */
export function NoStorage({ error }: { readonly error: TacitError }): ReactElement {
  const { t } = useTranslation();
  return (
    <div className="layout is-focused">
      <header className="top">
        <div className="top-inside">
          <Wordmark />
        </div>
      </header>
      <main id="content" className="content">
        <Page title={t('home.title')}>
          <ErrorNotice
            error={error}
            actions={
              <Button kind="main" icon="refresh" onClick={() => location.reload()}>
                {t('common.reload')}
              </Button>
            }
          />
        </Page>
      </main>
    </div>
  );
}
