import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { schemaHash } from '../../../circuits/credit-score/index.ts';
import type { CredentialRecord } from '../../vault/index.ts';
import { useAction, useLoad } from '../state/load.ts';
import { loadCurrent } from '../state/model.ts';
import { useServices } from '../state/services.tsx';
import { toast } from '../state/toasts.ts';
import { BackLink } from '../ui/BackLink.tsx';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { shortHash } from '../ui/format.ts';
import { KeyValues } from '../ui/KeyValues.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { barWidth, Redacted } from '../ui/Redacted.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { CredentialFace } from './CredentialCard.tsx';
import { fingerprint, isDemoIssuer, shownValues } from './credentialView.ts';

function Values({ record }: { readonly record: CredentialRecord }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useServices();
  const [shown, setShown] = useState(false);
  const [published] = useLoad(() => loadCurrent(client), [client]);
  const schema =
    published.status === 'ready' && schemaHash(published.value.schema) === record.credential.schema ? published.value.schema : undefined;
  // Their plain names first and the published ones a moment later would make the list jump.
  if (published.status === 'loading') return <section className="card" aria-busy="true" />;
  const values = shownValues(record.credential, schema, format.number);
  return (
    <section className="card" aria-labelledby="values">
      <div className="row row-apart">
        <h2 id="values">{t('wallet.valuesTitle')}</h2>
        <Button icon={shown ? 'eye-off' : 'eye'} aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? t('wallet.hide') : t('wallet.show')}
        </Button>
      </div>
      {!shown && <p className="quiet small">{t('wallet.valuesLead')}</p>}
      <KeyValues
        rows={values.map(({ name, label, value }, at) => ({
          key: name,
          name: label,
          value: (
            <Redacted hidden={!shown} width={barWidth(at)}>
              {value}
            </Redacted>
          ),
        }))}
      />
    </section>
  );
}

function DeleteCredential({ record }: { readonly record: CredentialRecord }): ReactElement {
  const { t } = useTranslation();
  const { vault } = useServices();
  const [, go] = useLocation();
  const [open, setOpen] = useState(false);
  const { busy, error, run } = useAction();
  const remove = async (): Promise<void> => {
    const done = await run(async () => {
      const removed = await vault.credentials.remove(record.id);
      return removed.ok ? { ok: true, value: true } : removed;
    });
    if (done === undefined) return;
    toast('ok', t('wallet.deleted'));
    go('/wallet');
  };
  return (
    <>
      <Button kind="danger" icon="trash" onClick={() => setOpen(true)}>
        {t('wallet.delete')}
      </Button>
      <Dialog
        open={open}
        title={t('wallet.deleteTitle', { label: record.label })}
        onClose={() => setOpen(false)}
        actions={
          <>
            <Button onClick={() => setOpen(false)}>{t('common.cancel')}</Button>
            <Button kind="danger" busy={busy} onClick={() => void remove()}>
              {t('wallet.deleteYes')}
            </Button>
          </>
        }
      >
        <p>{t('wallet.deleteText')}</p>
        {error !== undefined && <ErrorNotice error={error} />}
      </Dialog>
    </>
  );
}

export function CredentialScreen({ id }: { readonly id: string }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { vault } = useServices();
  const [loaded] = useLoad(() => vault.credentials.get(id), [vault, id]);
  const back = <BackLink href="/wallet">{t('wallet.title')}</BackLink>;
  if (loaded.status === 'failed') {
    return (
      <Page title={t('wallet.title')} before={back}>
        <ErrorNotice error={loaded.error} />
      </Page>
    );
  }
  if (loaded.status === 'loading') return <div className="page" aria-busy="true" />;
  const record = loaded.value;
  if (record === undefined) return <Page title={t('wallet.title')} lead={t('wallet.notFound')} before={back} />;
  const { credential } = record;
  return (
    <Page title={record.label} before={back} wide>
      <div className="columns">
        <div className="stack">
          <section className="card">
            <CredentialFace record={record} />
            <KeyValues
              rows={[
                { key: 'issued', name: t('wallet.issued'), value: format.dateTime(credential.issuedAt) },
                { key: 'expires', name: t('wallet.expires'), value: format.dateTime(credential.expiresAt) },
                { key: 'fingerprint', name: t('wallet.fingerprint'), value: shortHash(fingerprint(credential)), mono: true },
              ]}
            />
          </section>
          {isDemoIssuer(credential) && (
            <Notice kind="warn" title={t('demo.issuerTitle')}>
              {t('wallet.demoNote')}
            </Notice>
          )}
        </div>
        <Values record={record} />
      </div>
      <div className="row">
        <DeleteCredential record={record} />
      </div>
    </Page>
  );
}
