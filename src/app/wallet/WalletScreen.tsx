import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useDemoIssuer } from '../state/demo.ts';
import { useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { ButtonLink } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Page } from '../ui/Page.tsx';
import { Redacted } from '../ui/Redacted.tsx';
import { CredentialCard } from './CredentialCard.tsx';

export function WalletScreen(): ReactElement {
  const { t } = useTranslation();
  const { vault } = useServices();
  const [records] = useLoad(() => vault.credentials.list(), [vault]);
  const demoIssuer = useDemoIssuer();
  const newestFirst = records.status === 'ready' ? [...records.value].sort((a, b) => b.addedAt - a.addedAt) : [];
  return (
    <Page title={t('wallet.title')} lead={t('wallet.lead')} wide>
      {records.status === 'failed' && <ErrorNotice error={records.error} />}
      {records.status === 'ready' && newestFirst.length === 0 && (
        <section className="card empty">
          <p className="empty-bars" aria-hidden="true">
            <Redacted hidden width={2} />
            <Redacted hidden width={3} />
            <Redacted hidden width={1} />
          </p>
          <h2>{t('wallet.empty')}</h2>
          <p className="quiet">{demoIssuer ? t('wallet.emptyText') : t('wallet.emptyTextNoDemo')}</p>
        </section>
      )}
      {newestFirst.length > 0 && (
        <ul className="credential-list">
          {newestFirst.map((record) => (
            <li key={record.id}>
              <CredentialCard record={record} />
            </li>
          ))}
        </ul>
      )}
      <div className="row">
        {demoIssuer && (
          <ButtonLink kind={newestFirst.length === 0 ? 'main' : 'plain'} icon="plus" href="/wallet/get">
            {t('wallet.get')}
          </ButtonLink>
        )}
        <ButtonLink icon="upload" href="/wallet/import">
          {t('wallet.import')}
        </ButtonLink>
      </div>
    </Page>
  );
}
