import { type FormEvent, type ReactElement, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ok, type Result } from '../../base/index.ts';
import type { Unlocker } from '../../vault/index.ts';
import { useAction } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Field, SecretField } from '../ui/Field.tsx';

interface Props {
  readonly kind: 'passphrase' | 'passkey';
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** A new passphrase or one more passkey. An open wallet is not enough: whoever finds it open must not be able to take it over. */
export function AddWay({ kind, onClose, onDone }: Props): ReactElement {
  const { t } = useTranslation();
  const { vault } = useServices();
  const { busy, error, run } = useAction();
  const form = useId();
  const has = (wanted: Unlocker['kind']): boolean => vault.unlockers().some((way) => way.kind === wanted);
  const [confirmBy, setConfirmBy] = useState<Unlocker['kind']>(has('passphrase') ? 'passphrase' : 'passkey');
  const [now, setNow] = useState('');
  const [next, setNext] = useState('');
  const [label, setLabel] = useState<string>(t('settings.passkeyDefault'));

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const current: Unlocker = confirmBy === 'passkey' ? { kind: 'passkey' } : { kind: 'passphrase', passphrase: now };
    const done = await run(async (): Promise<Result<true>> => {
      const added = kind === 'passkey' ? await vault.addPasskey(current, label) : await vault.setPassphrase(current, next);
      return added.ok ? ok(true) : added;
    });
    if (done) onDone();
  };

  const title =
    kind === 'passkey' ? t('settings.addPasskey') : has('passphrase') ? t('settings.changePassphrase') : t('settings.setPassphrase');
  return (
    <Dialog
      open
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="main" type="submit" form={form} busy={busy}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={(event) => void submit(event)}>
        {confirmBy === 'passphrase' ? (
          <SecretField
            label={t('settings.confirmPassphrase')}
            autoComplete="current-password"
            required
            value={now}
            onChange={(event) => setNow(event.target.value)}
          />
        ) : (
          <p>{t('settings.confirmTitle')}</p>
        )}
        {has('passkey') && has('passphrase') && (
          <div className="row">
            <Button kind="quiet" icon="key" onClick={() => setConfirmBy(confirmBy === 'passkey' ? 'passphrase' : 'passkey')}>
              {confirmBy === 'passkey' ? t('settings.confirmPassphrase') : t('settings.confirmPasskey')}
            </Button>
          </div>
        )}
        {kind === 'passphrase' ? (
          <SecretField
            label={t('settings.newPassphrase')}
            hint={t('vault.passphraseHint')}
            autoComplete="new-password"
            required
            value={next}
            onChange={(event) => setNext(event.target.value)}
          />
        ) : (
          <Field
            label={t('settings.passkeyLabel')}
            required
            maxLength={80}
            value={label}
            onChange={(event) => setLabel(event.target.value)}
          />
        )}
        {kind === 'passphrase' && has('passphrase') && <p className="quiet small">{t('settings.passphraseLimit')}</p>}
        {error !== undefined && <ErrorNotice error={error} />}
      </form>
    </Dialog>
  );
}
