import { type ReactElement, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ok, type Result } from '../../base/index.ts';
import type { UnlockerInfo } from '../../vault/index.ts';
import { useAction } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { toast } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { AddWay } from './AddWay.tsx';

/** The ways into the wallet: what there is, one more, another passphrase, one less (never the last). */
export function WaysSection(): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { vault } = useServices();
  const [ways, setWays] = useState(vault.unlockers);
  const [passkeys, setPasskeys] = useState(false);
  const [adding, setAdding] = useState<'passphrase' | 'passkey'>();
  const [removing, setRemoving] = useState<UnlockerInfo>();
  const { busy, error, run } = useAction();
  useEffect(() => {
    let here = true;
    void vault.passkeysAvailable().then((available) => here && setPasskeys(available));
    return () => {
      here = false;
    };
  }, [vault]);

  const nameOf = ({ kind, label }: UnlockerInfo): string => (kind === 'passkey' ? label : t('settings.passphraseKind'));
  const hasPassphrase = ways.some(({ kind }) => kind === 'passphrase');
  const changed = (): void => {
    setWays(vault.unlockers());
    setAdding(undefined);
    setRemoving(undefined);
    toast('ok', t('settings.changed'));
  };
  const remove = async (): Promise<void> => {
    if (removing === undefined) return;
    const done = await run(async (): Promise<Result<true>> => {
      const removed = await vault.removeUnlocker(removing.id);
      return removed.ok ? ok(true) : removed;
    });
    if (done) changed();
  };

  return (
    <div className="stack">
      <ul className="list">
        {ways.map((way) => (
          <li key={way.id} className="list-link">
            <span className="row">
              <Icon name={way.kind === 'passkey' ? 'key' : 'lock'} />
              <span>
                <span className="list-name">{nameOf(way)}</span>
                <br />
                <span className="list-text">
                  {way.kind === 'passkey' && `${t('settings.passkeyKind')}, `}
                  {t('settings.addedOn', { date: format.date(way.createdAt / 1000) })}
                </span>
              </span>
            </span>
            {ways.length > 1 && (
              <Button kind="quiet" onClick={() => setRemoving(way)}>
                {t('settings.removeWay')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {ways.length === 1 && <p className="quiet small">{t('settings.lastWay')}</p>}
      <div className="row">
        <Button icon="lock" onClick={() => setAdding('passphrase')}>
          {hasPassphrase ? t('settings.changePassphrase') : t('settings.setPassphrase')}
        </Button>
        {passkeys && (
          <Button icon="key" onClick={() => setAdding('passkey')}>
            {t('settings.addPasskey')}
          </Button>
        )}
      </div>
      {adding !== undefined && <AddWay kind={adding} onClose={() => setAdding(undefined)} onDone={changed} />}
      <Dialog
        open={removing !== undefined}
        title={t('settings.removeWayTitle')}
        onClose={() => setRemoving(undefined)}
        actions={
          <>
            <Button onClick={() => setRemoving(undefined)}>{t('common.cancel')}</Button>
            <Button kind="danger" busy={busy} onClick={() => void remove()}>
              {t('settings.removeWay')}
            </Button>
          </>
        }
      >
        <p>{t('settings.removeWayText', { name: removing === undefined ? '' : nameOf(removing) })}</p>
        {error !== undefined && <ErrorNotice error={error} />}
      </Dialog>
    </div>
  );
}
