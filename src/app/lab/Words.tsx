import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../ui/Icon.tsx';

/** In plain words what such a proof shows, and what not. */
export function Words({ shown, notShown }: { readonly shown: readonly string[]; readonly notShown: readonly string[] }): ReactElement {
  const { t } = useTranslation();
  return (
    <section className="card lab-words">
      <div>
        <h2>{t('lab.shownTitle')}</h2>
        <ul className="points">
          {shown.map((line) => (
            <li key={line}>
              <Icon name="check" />
              <span>{line}</span>
            </li>
          ))}
        </ul>
      </div>
      <div>
        <h2>{t('lab.notShownTitle')}</h2>
        <ul className="points points-not">
          {notShown.map((line) => (
            <li key={line}>
              <Icon name="close" />
              <span>{line}</span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
