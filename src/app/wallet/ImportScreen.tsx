import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { BackLink } from '../ui/BackLink.tsx';
import { Page } from '../ui/Page.tsx';
import { ImportForm } from './ImportForm.tsx';

export function ImportScreen(): ReactElement {
  const { t } = useTranslation();
  const [, go] = useLocation();
  return (
    <Page title={t('wallet.importTitle')} lead={t('wallet.importLead')} before={<BackLink href="/wallet">{t('wallet.title')}</BackLink>}>
      <ImportForm onImported={({ id }) => go(`/wallet/${id}`)} />
    </Page>
  );
}
