import { type ReactElement, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bundleHash } from '../../protocol/index.ts';
import type { Licence } from '../licences.ts';
import { useLoad } from '../state/load.ts';
import { loadCurrent } from '../state/model.ts';
import { useServices } from '../state/services.tsx';
import { report } from '../state/toasts.ts';
import { BackLink } from '../ui/BackLink.tsx';
import { CodeBlock } from '../ui/CodeBlock.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { KeyValues } from '../ui/KeyValues.tsx';
import { Page } from '../ui/Page.tsx';

function Licences(): ReactElement {
  const { t } = useTranslation();
  const [list, setList] = useState<readonly Licence[]>();
  useEffect(() => {
    let here = true;
    import('../licences.ts').then(({ licences }) => here && setList(licences)).catch(report);
    return () => {
      here = false;
    };
  }, []);
  return (
    <section className="card" aria-labelledby="licences">
      <h2 id="licences">{t('settings.licencesTitle')}</h2>
      <p className="quiet">{t('settings.licencesText')}</p>
      <ul className="licences">
        {list?.map(({ name, version, licence, text }) => (
          <li key={`${name}@${version}`}>
            <details>
              <summary className="licence-name">
                <span>
                  {name} <span className="quiet">{version}</span>
                </span>
                <span className="quiet small">{licence}</span>
              </summary>
              <CodeBlock text={text} />
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function AboutScreen(): ReactElement {
  const { t } = useTranslation();
  const { client } = useServices();
  const [published] = useLoad(() => loadCurrent(client), [client]);
  const manifest = published.status === 'ready' ? published.value.manifest : undefined;
  return (
    <Page
      title={t('settings.aboutTitle')}
      lead={t('settings.aboutLead')}
      before={<BackLink href="/settings">{t('settings.title')}</BackLink>}
    >
      <section className="card">
        <h2>{t('settings.limitsTitle')}</h2>
        <p>{t('settings.limitsText')}</p>
      </section>
      {published.status === 'failed' && <ErrorNotice error={published.error} />}
      {manifest !== undefined && (
        <section className="card">
          <KeyValues
            rows={[
              { key: 'title', name: t('settings.bundle'), value: manifest.title },
              { key: 'model', name: t('settings.model'), value: manifest.model, mono: true },
              {
                key: 'card',
                name: t('settings.card'),
                value: <a href={`/bundles/${bundleHash(manifest)}/${manifest.artefacts.card.file}`}>{t('settings.cardLink')}</a>,
              },
              {
                key: 'keys',
                name: t('settings.keys'),
                value: t(`settings.keyKinds.${manifest.system === 'groth16' ? manifest.keys : 'none'}`),
              },
            ]}
          />
        </section>
      )}
      <Licences />
    </Page>
  );
}
