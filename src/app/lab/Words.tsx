import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { DIGIT_NET } from '../../../circuits/digit-net/index.ts';
import { shortHash } from '../ui/format.ts';
import { Icon } from '../ui/Icon.tsx';

/** In plain words what such a proof shows, and what not. */
export function Words(): ReactElement {
  const { t } = useTranslation();
  const shown = [t('lab.shownKnew'), t('lab.shownSame'), t('lab.shownModel', { model: shortHash(DIGIT_NET) })];
  const notShown = [t('lab.notShownPicture'), t('lab.notShownDrawn'), t('lab.notShownWho'), t('lab.notShownRight')];
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
