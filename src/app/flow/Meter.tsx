import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { LedgerEntry, Purpose } from '../../client/index.ts';
import { useLedger, useServices } from '../state/services.tsx';
import { Button } from '../ui/Button.tsx';
import { CodeBlock } from '../ui/CodeBlock.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { saveFile } from '../ui/saveFile.ts';
import { useFormat } from '../ui/useFormat.ts';
import { groupEntries } from './groupEntries.ts';

const Line = ({ purpose, entries }: { readonly purpose: Purpose; readonly entries: readonly LedgerEntry[] }): ReactElement => {
  const { t } = useTranslation();
  const format = useFormat();
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const bodies = entries.filter(({ body }) => body !== '');
  return (
    <li className="meter-line">
      <span>
        {t(`meter.purposes.${purpose}`)}
        {entries.length > 1 && <span className="quiet"> {t('meter.count', { count: entries.length })}</span>}
      </span>
      <span className="figures quiet">{format.bytes(bytes)}</span>
      {bodies.map((entry) => (
        <div key={entry.at} className="meter-body">
          <Disclosure summary={t('meter.body')}>
            <CodeBlock text={`${entry.method} ${entry.url}\n\n${entry.body}`} />
          </Disclosure>
        </div>
      ))}
    </li>
  );
};

/** The privacy meter: every message this page sent, what for, how large, and its body. Always in sight while a request is answered. */
export function Meter(): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useServices();
  const entries = useLedger();
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <aside className="meter" aria-labelledby="meter-title">
      <div className="meter-head">
        <h2 id="meter-title">{t('meter.title')}</h2>
        <p className="meter-total figures">
          {entries.length === 0 ? t('meter.nothing') : t('meter.summary', { count: entries.length, size: format.bytes(total) })}
        </p>
        <p className="small quiet">{t('meter.held')}</p>
      </div>
      {entries.length > 0 && (
        <Disclosure summary={t('common.details')}>
          <ul className="meter-lines">
            {groupEntries(entries).map((group) => (
              <Line key={group.purpose} {...group} />
            ))}
          </ul>
          <p className="small quiet">{t('meter.note')}</p>
          <div className="row">
            <Button icon="download" onClick={() => saveFile('tacit-sent.json', client.ledger.export())}>
              {t('common.saveFile')}
            </Button>
          </div>
        </Disclosure>
      )}
    </aside>
  );
}
