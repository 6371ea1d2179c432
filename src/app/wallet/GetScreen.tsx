import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { toast } from '../state/toasts.ts';
import { BackLink } from '../ui/BackLink.tsx';
import { Page } from '../ui/Page.tsx';
import { ObtainDemo } from './ObtainDemo.tsx';

export function GetScreen(): ReactElement {
  const { t } = useTranslation();
  const [, go] = useLocation();
  return (
    <Page title={t('wallet.getTitle')} lead={t('wallet.getLead')} before={<BackLink href="/wallet">{t('wallet.title')}</BackLink>}>
      <ObtainDemo
        onObtained={(record) => {
          toast('ok', t('wallet.getDone'));
          go(`/wallet/${record.id}`);
        }}
      />
    </Page>
  );
}
