import { type FormEvent, type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Unlocker } from '../../vault/index.ts';
import { useAction } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { SecretField } from '../ui/Field.tsx';
import { Page } from '../ui/Page.tsx';
import { useErrorSentence } from '../ui/useFormat.ts';

/** Opens the wallet with any of its ways in, and says what is left when none works. */
export function UnlockWallet(): ReactElement {
  const { t } = useTranslation();
  const { vault } = useServices();
  const { busy, error, run } = useAction();
  const sentence = useErrorSentence();
  const [passphrase, setPassphrase] = useState('');
  const ways = new Set(vault.unlockers().map(({ kind }) => kind));

  const open = (unlocker: Unlocker): void => {
    void run(() => vault.unlock(unlocker));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!busy) open({ kind: 'passphrase', passphrase });
  };
  const besideField = error?.code === 'vault/wrong-key' && ways.has('passphrase');

  return (
    <Page title={t('vault.unlockTitle')} lead={t('vault.unlockLead')}>
      {ways.has('passkey') && (
        <div className="row">
          <Button kind="main" icon="key" busy={busy} onClick={() => open({ kind: 'passkey' })}>
            {t('vault.unlockPasskey')}
          </Button>
        </div>
      )}
      {ways.has('passphrase') && (
        <form className="stack" onSubmit={submit}>
          {ways.has('passkey') && <p className="quiet">{t('vault.orPassphrase')}</p>}
          <SecretField
            label={t('vault.passphraseLabel')}
            name="passphrase"
            autoComplete="current-password"
            required
            error={besideField ? sentence(error) : undefined}
            value={passphrase}
            onChange={(event) => setPassphrase(event.target.value)}
          />
          <div className="row">
            <Button kind={ways.has('passkey') ? 'plain' : 'main'} type="submit" icon="lock" busy={busy}>
              {busy ? t('vault.unlocking') : t('vault.unlock')}
            </Button>
          </div>
        </form>
      )}
      {error !== undefined && !besideField && <ErrorNotice error={error} />}
      <Disclosure summary={t('vault.forgotten')}>
        <p>{t('vault.forgottenText')}</p>
        <div className="row">
          <ButtonLink kind="quiet" href="/settings/delete">
            {t('vault.forgottenLink')}
          </ButtonLink>
        </div>
      </Disclosure>
    </Page>
  );
}
