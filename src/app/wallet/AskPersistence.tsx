import { type ReactElement, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../state/services.tsx';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { Page } from '../ui/Page.tsx';

/** The browser's permission to keep the wallet, asked with the reason and only where it is not given already. */
export function AskPersistence({ onDone }: { readonly onDone: () => void }): ReactElement | null {
  const { t } = useTranslation();
  const { vault } = useServices();
  const [needed, setNeeded] = useState(false);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    let here = true;
    void vault.storage().then(({ persisted }) => {
      if (!here) return;
      if (persisted) onDone();
      else setNeeded(true);
    });
    return () => {
      here = false;
    };
  }, [vault, onDone]);

  const ask = async (): Promise<void> => {
    setBusy(true);
    const granted = await vault.requestPersistence();
    toast(granted ? 'ok' : 'info', t(granted ? 'vault.keepGranted' : 'vault.keepRefused'));
    onDone();
  };

  if (!needed) return null;
  return (
    <Page title={t('vault.keepTitle')} lead={t('vault.keepText')}>
      <div className="row">
        <Button kind="main" busy={busy} onClick={() => void ask()}>
          {t('vault.keepYes')}
        </Button>
        <Button onClick={onDone}>{t('vault.keepLater')}</Button>
      </div>
    </Page>
  );
}
