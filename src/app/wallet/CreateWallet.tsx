import { type FormEvent, type ReactElement, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { err } from '../../base/index.ts';
import type { Unlocker } from '../../vault/index.ts';
import { useAction } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { Button } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { SecretField } from '../ui/Field.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Page } from '../ui/Page.tsx';

interface Props {
  readonly onStart: () => void;
  readonly onEnd: (created: boolean) => void;
}

/** First use: says what is kept where, then makes the wallet with a passkey or a passphrase. */
export function CreateWallet({ onStart, onEnd }: Props): ReactElement {
  const { t } = useTranslation();
  const { vault } = useServices();
  const { busy, error, run } = useAction();
  const [passkeys, setPasskeys] = useState(false);
  const [kind, setKind] = useState<Unlocker['kind']>('passphrase');
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [differs, setDiffers] = useState(false);

  useEffect(() => {
    let here = true;
    void vault.passkeysAvailable().then((available) => {
      if (!here) return;
      setPasskeys(available);
      if (available) setKind('passkey');
    });
    return () => {
      here = false;
    };
  }, [vault]);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setDiffers(kind === 'passphrase' && passphrase !== again);
    if (busy || (kind === 'passphrase' && passphrase !== again)) return;
    onStart();
    const created = await run(async () => {
      const made = await vault.create(kind === 'passkey' ? { kind } : { kind, passphrase });
      return made.ok ? { ok: true, value: true } : err<boolean>(made.error.code, made.error.params);
    });
    onEnd(created === true);
  };

  return (
    <Page title={t('vault.createTitle')} lead={t('vault.createLead')}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <fieldset className="stack">
          <legend className="legend">{t('vault.choose')}</legend>
          <div className="choices">
            {(['passkey', 'passphrase'] as const).map((way) => (
              <label key={way} className="choice">
                <input
                  type="radio"
                  name="way"
                  value={way}
                  checked={kind === way}
                  disabled={way === 'passkey' && !passkeys}
                  onChange={() => setKind(way)}
                />
                <span>
                  <span className="choice-name">{t(`vault.${way}`)}</span>
                  <br />
                  <span className="choice-text">{way === 'passkey' && !passkeys ? t('vault.passkeyMissing') : t(`vault.${way}Text`)}</span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        {kind === 'passphrase' && (
          <>
            <SecretField
              label={t('vault.passphraseLabel')}
              hint={t('vault.passphraseHint')}
              name="new-passphrase"
              autoComplete="new-password"
              required
              value={passphrase}
              onChange={(event) => setPassphrase(event.target.value)}
            />
            <SecretField
              label={t('vault.passphraseRepeat')}
              error={differs && passphrase !== again ? t('vault.passphraseDiffers') : undefined}
              name="repeat-passphrase"
              autoComplete="new-password"
              required
              value={again}
              onChange={(event) => setAgain(event.target.value)}
            />
          </>
        )}
        {error !== undefined && <ErrorNotice error={error} />}
        <div className="row">
          <Button kind="main" type="submit" icon={kind === 'passkey' ? 'key' : 'lock'} busy={busy}>
            {busy ? t('vault.creating') : t('vault.create')}
          </Button>
        </div>
      </form>
      <section className="card stack" aria-labelledby="kept-where">
        <h2 id="kept-where">{t('vault.storedTitle')}</h2>
        <ul className="points">
          <li>
            <Icon name="lock" />
            <span>{t('vault.storedHere')}</span>
          </li>
          <li>
            <Icon name="file" />
            <span>{t('vault.storedClear')}</span>
          </li>
          <li>
            <Icon name="close" />
            <span>{t('vault.storedNowhere')}</span>
          </li>
        </ul>
      </section>
    </Page>
  );
}
