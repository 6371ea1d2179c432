import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { guarded } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { saveFile } from '../ui/saveFile.ts';
import { receipt } from './records.ts';

/** The receipt of one answer, from the wallet's own record, with what else this page sent for it. */
export function SaveReceipt({ id }: { readonly id: string }): ReactElement {
  const { t } = useTranslation();
  const { vault, client } = useServices();
  const save = async (): Promise<void> => {
    const record = await guarded(() => vault.history.get(id));
    if (!record.ok || record.value === undefined) {
      toast('danger', { error: record.ok ? { code: 'vault/corrupt' } : record.error });
      return;
    }
    const messages = client.ledger.entries().filter(({ url }) => url.includes(id));
    saveFile(`tacit-receipt-${id.slice(0, 8)}.json`, `${JSON.stringify(receipt(record.value, messages), null, 2)}\n`);
  };
  return (
    <Button icon="download" onClick={() => void save()}>
      {t('flow.savedReceipt')}
    </Button>
  );
}
