import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { flowRunning } from '../state/busy.ts';
import { useOnline } from '../state/online.ts';
import { useStore } from '../state/store.ts';
import { update } from '../state/update.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';

/** What concerns every screen: no connection, a new version (offered, and never while a request is answered). */
export function Banners(): ReactElement {
  const { t } = useTranslation();
  const online = useOnline();
  const ready = useStore(update);
  const running = useStore(flowRunning);
  return (
    <div className="banners" role="status">
      {!online && (
        <div className="banner">
          <Icon name="offline" />
          <p>{t('status.offline')}</p>
        </div>
      )}
      {ready !== undefined && !running && (
        <div className="banner">
          <Icon name="refresh" />
          <p>{t('status.update')}</p>
          <Button kind="quiet" onClick={ready.apply}>
            {t('status.updateNow')}
          </Button>
          <Button kind="quiet" onClick={update.later}>
            {t('status.updateLater')}
          </Button>
        </div>
      )}
    </div>
  );
}
