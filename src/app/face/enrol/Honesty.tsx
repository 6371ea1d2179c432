import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../ui/Icon.tsx';

const three = ['first', 'second', 'third'] as const;

/** What is kept where, and what a proof about a face is worth. */
export function Honesty(): ReactElement {
  const { t } = useTranslation();
  return (
    <>
      <section className="card">
        <h2>{t('faces.keptTitle')}</h2>
        <ul className="points">
          {three.map((which) => (
            <li key={which}>
              <Icon name="check" />
              <span>{t(`faces.kept.${which}`)}</span>
            </li>
          ))}
        </ul>
      </section>
      <section className="card">
        <h2>{t('faces.worthTitle')}</h2>
        <ul className="points points-not">
          {three.map((which) => (
            <li key={which}>
              <Icon name="info" />
              <span>{t(`faces.worth.${which}`)}</span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
