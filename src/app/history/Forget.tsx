import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { ok, type Result } from '../../base/index.ts';
import type { HistoryRecord, Vault } from '../../vault/index.ts';
import { useAction, useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';

/** Takes every trace of these requests off the device: proof waiting to be sent, consent, answer. */
async function forget(vault: Vault, ids: readonly string[]): Promise<Result<true>> {
  for (const id of ids) {
    for (const store of [vault.outbox, vault.consents, vault.history]) {
      const removed = await store.remove(id);
      if (!removed.ok) return removed;
    }
  }
  return ok(true);
}

export function Forget({ record, retention }: { readonly record: HistoryRecord; readonly retention: string }): ReactElement {
  const { t } = useTranslation();
  const { vault } = useServices();
  const [, go] = useLocation();
  const [open, setOpen] = useState<'answer' | 'partner'>();
  const { busy, error, run } = useAction();
  const [history] = useLoad(() => vault.history.list(), [vault]);
  const { partner } = record.request;
  const same =
    history.status === 'ready' ? history.value.filter(({ request }) => request.partner.id === partner.id).map(({ id }) => id) : [];

  const confirm = async (): Promise<void> => {
    const done = await run(() => forget(vault, open === 'partner' ? same : [record.id]));
    if (done === undefined) return;
    toast('ok', t('history.forgotten'));
    go('/history');
  };
  return (
    <div className="row">
      <Button kind="danger" icon="trash" onClick={() => setOpen('answer')}>
        {t('history.forget')}
      </Button>
      {same.length > 1 && (
        <Button kind="danger" onClick={() => setOpen('partner')}>
          {t('history.forgetPartner')}
        </Button>
      )}
      <Dialog
        open={open !== undefined}
        title={open === 'partner' ? t('history.forgetPartnerTitle', { partner: partner.name }) : t('history.forgetTitle')}
        onClose={() => setOpen(undefined)}
        actions={
          <>
            <Button onClick={() => setOpen(undefined)}>{t('common.cancel')}</Button>
            <Button kind="danger" busy={busy} onClick={() => void confirm()}>
              {open === 'partner' ? t('history.forgetPartner') : t('history.forget')}
            </Button>
          </>
        }
      >
        <p>
          {open === 'partner'
            ? t('history.forgetPartnerText', { count: same.length, partner: partner.name })
            : t('history.forgetText', { partner: partner.name, retention })}
        </p>
        {error !== undefined && <ErrorNotice error={error} />}
      </Dialog>
    </div>
  );
}
