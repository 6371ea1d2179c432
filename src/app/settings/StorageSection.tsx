import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ok } from '../../base/index.ts';
import { useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { KeyValues } from '../ui/KeyValues.tsx';
import { useFormat } from '../ui/useFormat.ts';

export function StorageSection(): ReactElement | null {
  const { t } = useTranslation();
  const format = useFormat();
  const { vault } = useServices();
  const [report, again] = useLoad(async () => ok(await vault.storage()), [vault]);
  const [busy, setBusy] = useState(false);
  if (report.status !== 'ready') return null;
  const { persisted, usage, quota } = report.value;
  const size = (bytes: number | undefined): string => (bytes === undefined ? t('common.unknown') : format.bytes(bytes));
  const ask = async (): Promise<void> => {
    setBusy(true);
    const granted = await vault.requestPersistence();
    setBusy(false);
    toast(granted ? 'ok' : 'info', granted ? t('vault.keepGranted') : t('settings.storageRefused'));
    again();
  };
  return (
    <section className="card" aria-labelledby="storage">
      <h2 id="storage">{t('settings.storageTitle')}</h2>
      <KeyValues
        rows={[
          { key: 'used', name: t('settings.storageUsed'), value: size(usage) },
          { key: 'quota', name: t('settings.storageQuota'), value: size(quota) },
          { key: 'kept', name: t('settings.storagePersisted'), value: persisted ? t('settings.storageYes') : t('settings.storageNo') },
        ]}
      />
      {!persisted && (
        <div className="row">
          <Button busy={busy} onClick={() => void ask()}>
            {t('settings.storageAsk')}
          </Button>
        </div>
      )}
    </section>
  );
}
