import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { ButtonLink } from '../ui/Button.tsx';
import { Page } from '../ui/Page.tsx';

export function NotFound(): ReactElement {
  const { t } = useTranslation();
  return (
    <Page title={t('status.notFoundTitle')} lead={t('status.notFoundText')}>
      <div className="row">
        <ButtonLink kind="main" icon="home" href="/">
          {t('common.home')}
        </ButtonLink>
      </div>
    </Page>
  );
}
