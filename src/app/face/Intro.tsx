import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { TacitError } from '../../base/index.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Page } from '../ui/Page.tsx';
import type { Source } from './machine.ts';

interface Props {
  readonly error: TacitError | undefined;
  readonly onBegin: (source: Source) => void;
}

/** What will happen, what it is worth, and two ways to begin. */
export function Intro({ error, onBegin }: Props): ReactElement {
  const { t } = useTranslation();
  const lines = (key: 'stays' | 'honest'): readonly string[] =>
    (['first', 'second', 'third'] as const).map((which) => t(`face.${key}.${which}`));
  return (
    <Page title={t('face.title')} lead={t('face.lead')}>
      {error !== undefined && <ErrorNotice error={error} />}
      <div className="row">
        <Button kind="main" icon="camera" onClick={() => onBegin('camera')}>
          {t('face.begin')}
        </Button>
        <Button icon="file" onClick={() => onBegin('file')}>
          {t('face.chooseFile')}
        </Button>
      </div>
      <section className="card">
        <h2>{t('face.staysTitle')}</h2>
        <ul className="points">
          {lines('stays').map((line) => (
            <li key={line}>
              <Icon name="check" />
              <span>{line}</span>
            </li>
          ))}
        </ul>
      </section>
      <section className="card">
        <h2>{t('face.honestTitle')}</h2>
        <ul className="points points-not">
          {lines('honest').map((line) => (
            <li key={line}>
              <Icon name="info" />
              <span>{line}</span>
            </li>
          ))}
        </ul>
      </section>
    </Page>
  );
}
