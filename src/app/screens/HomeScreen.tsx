import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { ok, type Result } from '../../base/index.ts';
import { useLoad } from '../state/load.ts';
import { useServices, useVaultState } from '../state/services.tsx';
import { ButtonLink } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Page } from '../ui/Page.tsx';
import { Redacted } from '../ui/Redacted.tsx';
import { Ticket } from '../ui/Ticket.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { FirstSteps } from './FirstSteps.tsx';

export interface WalletSummary {
  readonly credentials: number;
  readonly answers: number;
  readonly waiting: number;
}

/** What Tacit is, where the wallet stands, what to do next. */
export function HomeScreen(): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { vault, client } = useServices();
  const state = useVaultState();
  const [demo] = useLoad(() => client.verifier.demo(), [client]);
  const [summary] = useLoad<WalletSummary>(async (): Promise<Result<WalletSummary>> => {
    if (state !== 'unlocked') return ok({ credentials: 0, answers: 0, waiting: 0 });
    const [credentials, history, outbox] = [await vault.credentials.list(), await vault.history.list(), await vault.outbox.list()];
    if (!credentials.ok) return credentials;
    if (!history.ok) return history;
    if (!outbox.ok) return outbox;
    const answers = history.value.filter((record) => record.state === 'accepted').length;
    return ok({ credentials: credentials.value.length, answers, waiting: outbox.value.length });
  }, [vault, state]);

  const values = [
    t('home.sampleScore'),
    ...(['income', 'savings', 'debts', 'age', 'job'] as const).map((name) => t(`home.sampleValues.${name}`)),
  ];
  const known = summary.status === 'ready' ? summary.value : undefined;
  // What it is comes first for a new person, what to do next for one who has begun.
  const fresh = state === 'empty';
  const sample = (
    <Ticket
      staysTitle={t('home.staysTitle')}
      stays={
        <ul className="hidden-lines hidden-lines-short">
          {values.map((name, at) => (
            <li key={name}>
              <span>{name}</span>
              <Redacted hidden width={at % 2 === 0 ? 1 : 2} />
            </li>
          ))}
        </ul>
      }
      leavesTitle={t('home.leavesTitle')}
      leaves={
        <>
          <p className="answer-line">
            <Icon name="check" />
            <strong>{t('home.sampleAnswer')}</strong>
          </p>
          <p className="small">{t('home.sampleProof', { size: format.bytes(1230) })}</p>
        </>
      }
    />
  );
  return (
    <Page title={t('home.title')} lead={t('home.lead')} wide>
      {fresh && sample}
      {state === 'locked' ? (
        <section className="card row row-apart">
          <p className="grow">{t('home.locked')}</p>
          <ButtonLink kind="main" icon="lock" href="/wallet">
            {t('home.openWallet')}
          </ButtonLink>
        </section>
      ) : (
        known !== undefined && (
          <FirstSteps hasWallet={state === 'unlocked'} summary={known} demo={demo.status === 'ready' ? demo.value.partner : undefined} />
        )
      )}
      {!fresh && sample}
      <section className="stack stack-s">
        <h2>{t('home.verifyTitle')}</h2>
        <p className="quiet">{t('home.verifyText')}</p>
        <div className="row">
          <ButtonLink icon="verify" href="/verify">
            {t('home.verifyLink')}
          </ButtonLink>
        </div>
      </section>
      <section className="stack stack-s">
        <h2>{t('home.enrolTitle')}</h2>
        <p className="quiet">{t('home.enrolText')}</p>
        <div className="row">
          <ButtonLink icon="camera" href="/face/enrol">
            {t('home.enrolLink')}
          </ButtonLink>
        </div>
      </section>
      <section className="stack stack-s">
        <h2>{t('home.faceTitle')}</h2>
        <p className="quiet">{t('home.faceText')}</p>
        <div className="row">
          <ButtonLink icon="camera" href="/face">
            {t('home.faceLink')}
          </ButtonLink>
        </div>
      </section>
    </Page>
  );
}
