import { type ReactElement, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { askInstall, install } from '../state/install.ts';
import { preferences } from '../state/preferences.ts';
import { useStore } from '../state/store.ts';
import { Button } from '../ui/Button.tsx';
import { IosSteps } from './IosSteps.tsx';

/** After the first success, once: how to keep the app at hand. */
export function InstallOffer(): ReactElement | null {
  const { t } = useTranslation();
  const { prompt, installed, ios } = useStore(install);
  const { installHint } = useStore(preferences);
  const offered = !installed && installHint !== 'dismissed' && (prompt !== undefined || ios);
  useEffect(() => {
    if (offered && installHint === 'unseen') preferences.set({ installHint: 'shown' });
  }, [offered, installHint]);
  if (!offered) return null;
  return (
    <section className="card" aria-labelledby="install-offer">
      <h2 id="install-offer">{t('status.installTitle')}</h2>
      <p>{t('status.installText')}</p>
      {ios && <IosSteps />}
      <div className="row">
        {prompt !== undefined && (
          <Button icon="download" onClick={() => void askInstall()}>
            {t('status.install')}
          </Button>
        )}
        <Button kind="quiet" onClick={() => preferences.set({ installHint: 'dismissed' })}>
          {t('vault.keepLater')}
        </Button>
      </div>
    </section>
  );
}
