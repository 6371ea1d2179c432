import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { IosSteps } from '../layout/IosSteps.tsx';
import { askInstall, install } from '../state/install.ts';
import { useStore } from '../state/store.ts';
import { Button } from '../ui/Button.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';

/** How to keep the app at hand, on this device and drawn for iPhone and iPad, which offer no button. */
export function InstallSection(): ReactElement {
  const { t } = useTranslation();
  const { prompt, installed, ios } = useStore(install);
  return (
    <section className="card" aria-labelledby="install">
      <h2 id="install">{t('settings.installTitle')}</h2>
      <p className="quiet">{installed ? t('settings.installDone') : t('status.installText')}</p>
      {!installed && prompt !== undefined && (
        <div className="row">
          <Button icon="download" onClick={() => void askInstall()}>
            {t('settings.installButton')}
          </Button>
        </div>
      )}
      {!installed && prompt === undefined && !ios && <p>{t('settings.installMenu')}</p>}
      {!installed && ios && <IosSteps />}
      {!ios && (
        <Disclosure summary={t('settings.installIos')}>
          <IosSteps />
        </Disclosure>
      )}
    </section>
  );
}
