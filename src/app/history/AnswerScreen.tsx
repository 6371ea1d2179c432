import { type ReactElement, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ok, type Result } from '../../base/index.ts';
import type { HistoryRecord } from '../../vault/index.ts';
import { returnAddress } from '../flow/context.ts';
import { nowSeconds } from '../state/clock.ts';
import { useAction, useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { BackLink } from '../ui/BackLink.tsx';
import { Button, ButtonLink, ButtonOut } from '../ui/Button.tsx';
import { CodeBlock } from '../ui/CodeBlock.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { KeyValues } from '../ui/KeyValues.tsx';
import { Page } from '../ui/Page.tsx';
import { saveFile } from '../ui/saveFile.ts';
import { useFormat } from '../ui/useFormat.ts';
import { Forget } from './Forget.tsx';
import { proofBody, proofFile, proofUrl } from './records.ts';
import { SaveReceipt } from './SaveReceipt.tsx';
import { StateTag } from './StateTag.tsx';
import { useAnswerWords } from './useAnswerWords.ts';

/** One request and what was answered: question, result, every byte sent, and how to forget it. */
export function AnswerScreen({ id }: { readonly id: string }): ReactElement {
  const { t } = useTranslation();
  const { vault, client } = useServices();
  const [loaded, again] = useLoad(() => vault.history.get(id), [vault, id]);
  useEffect(() => client.outbox.subscribe((changed) => changed === id && again()), [client, id, again]);
  const back = <BackLink href="/history">{t('history.title')}</BackLink>;
  if (loaded.status === 'loading') return <div className="page" aria-busy="true" />;
  if (loaded.status === 'failed') {
    return (
      <Page title={t('history.title')} before={back}>
        <ErrorNotice error={loaded.error} />
      </Page>
    );
  }
  if (loaded.value === undefined) return <Page title={t('history.title')} lead={t('history.notFound')} before={back} />;
  return <Answer record={loaded.value} />;
}

function Answer({ record }: { readonly record: HistoryRecord }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useServices();
  const { busy, error, run } = useAction();
  const { request, proof, state } = record;
  const { partner } = request;
  const { question, vouched, retention } = useAnswerWords(request);
  const body = proof === undefined ? undefined : proofBody(proof);
  const canResume = (state === 'open' || state === 'cancelled') && request.expiresAt > nowSeconds();
  const sendNow = async (): Promise<Result<true>> => {
    const flushed = await client.outbox.flush();
    return flushed.ok ? ok(true) : flushed;
  };
  return (
    <Page title={partner.name} before={<BackLink href="/history">{t('history.title')}</BackLink>}>
      <section className="card">
        <KeyValues
          long
          rows={[
            { key: 'result', name: t('history.result'), value: <StateTag state={state} /> },
            { key: 'question', name: t('history.question'), value: question },
            { key: 'why', name: t('flow.consentWhy'), value: request.purpose },
            { key: 'origin', name: t('history.origin'), value: request.origin, mono: true },
            { key: 'scope', name: t('history.scope'), value: request.scope },
            { key: 'issuer', name: t('history.issuer'), value: vouched },
            { key: 'retention', name: t('history.retention'), value: retention },
            { key: 'asked', name: t('history.asked'), value: format.dateTime(record.openedAt / 1000) },
            { key: 'when', name: t('history.when'), value: format.dateTime(record.updatedAt / 1000) },
          ]}
        />
        {state === 'accepted' && (
          <div className="row">
            <ButtonOut icon="back" href={returnAddress(request, record.code)}>
              {t('flow.returnTo', { partner: partner.name })}
            </ButtonOut>
          </div>
        )}
        {state === 'queued' && (
          <div className="row">
            <Button kind="main" icon="send" busy={busy} onClick={() => void run(sendNow)}>
              {t('history.sendNow')}
            </Button>
          </div>
        )}
        {canResume && (
          <div className="row">
            <ButtonLink kind="main" iconAfter="next" href={`/r/${request.id}`}>
              {t('history.resume')}
            </ButtonLink>
          </div>
        )}
      </section>
      {record.error !== undefined && <ErrorNotice error={record.error} kind={state === 'queued' ? 'warn' : 'danger'} />}
      {error !== undefined && <ErrorNotice error={error} />}
      <section className="card" aria-labelledby="sent">
        <h2 id="sent">{t('history.proofTitle')}</h2>
        {body === undefined || proof === undefined ? (
          <p className="quiet">{t('history.noProof')}</p>
        ) : (
          <>
            <p className="quiet">{t('history.proofText', { size: format.bytes(new TextEncoder().encode(body).length) })}</p>
            <p className="mono">POST {proofUrl(request)}</p>
            <Disclosure summary={t('flow.sendBody')}>
              <CodeBlock text={body} />
            </Disclosure>
          </>
        )}
        <div className="row">
          <SaveReceipt id={record.id} />
          {proof !== undefined && (
            <Button
              icon="verify"
              onClick={() =>
                saveFile(`tacit-proof-${record.id.slice(0, 8)}.json`, `${JSON.stringify(proofFile(request, proof), null, 2)}\n`)
              }
            >
              {t('history.saveProof')}
            </Button>
          )}
        </div>
      </section>
      <Forget record={record} retention={retention} />
    </Page>
  );
}
