import { type ReactElement, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Page } from '../ui/Page.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { StateTag } from './StateTag.tsx';

export function HistoryScreen(): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { vault, client } = useServices();
  const [records, again] = useLoad(() => vault.history.list(), [vault]);
  useEffect(() => client.outbox.subscribe(again), [client, again]);
  const list = records.status === 'ready' ? [...records.value].sort((a, b) => b.updatedAt - a.updatedAt) : [];
  return (
    <Page title={t('history.title')} lead={t('history.lead')}>
      {records.status === 'failed' && <ErrorNotice error={records.error} />}
      {records.status === 'ready' && list.length === 0 && (
        <section className="card empty">
          <h2>{t('history.empty')}</h2>
          <p className="quiet">{t('history.emptyText')}</p>
        </section>
      )}
      {list.length > 0 && (
        <ul className="list">
          {list.map(({ id, request, state, updatedAt }) => (
            <li key={id}>
              <Link href={`/history/${id}`} className="list-link">
                <span>
                  <span className="list-name">{request.partner.name}</span>
                  <br />
                  <span className="list-text">{format.dateTime(updatedAt / 1000)}</span>
                </span>
                <StateTag state={state} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
