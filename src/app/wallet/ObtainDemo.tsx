import { type FormEvent, type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CredentialRecord } from '../../vault/index.ts';
import { useAction, useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { Button } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { SelectField } from '../ui/Field.tsx';
import { Notice } from '../ui/Notice.tsx';

/** Choosing an applicant and getting the demo issuer's credential: on its own screen, and inside a request that needs one. */
export function ObtainDemo({ onObtained }: { readonly onObtained: (record: CredentialRecord) => void }): ReactElement {
  const { t } = useTranslation();
  const { client } = useServices();
  const [issuer, again] = useLoad(() => client.verifier.issuer(), [client]);
  const { busy, error, run } = useAction();
  const [chosen, setChosen] = useState<string>();

  if (issuer.status === 'loading') return <p role="status">{t('common.loading')}</p>;
  if (issuer.status === 'failed') {
    return (
      <ErrorNotice
        error={issuer.error}
        actions={
          <Button icon="refresh" onClick={again}>
            {t('common.retry')}
          </Button>
        }
      />
    );
  }
  const { applicants } = issuer.value;
  const applicant = applicants.find(({ id }) => id === chosen) ?? applicants[0];

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy || applicant === undefined) return;
    const record = await run(() => client.wallet.obtain(applicant));
    if (record !== undefined) onObtained(record);
  };

  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <Notice kind="warn" title={t('demo.issuerTitle')}>
        {t('wallet.getForgeable')}
      </Notice>
      <SelectField
        label={t('wallet.getChoose')}
        value={applicant?.id ?? ''}
        options={applicants.map(({ id, label }) => ({ value: id, label }))}
        onChange={setChosen}
      />
      <p className="quiet small">{t('wallet.getSent')}</p>
      {error !== undefined && <ErrorNotice error={error} />}
      <div className="row">
        <Button kind="main" type="submit" icon="download" busy={busy}>
          {busy ? t('wallet.getting') : t('wallet.getButton')}
        </Button>
      </div>
    </form>
  );
}
