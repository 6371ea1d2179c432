import { type ReactElement, useCallback, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Submitted } from '../../client/index.ts';
import type { AnyRequest } from '../../protocol/index.ts';
import { recordConsent } from '../history/records.ts';
import { enterFlow } from '../state/busy.ts';
import { useNow } from '../state/clock.ts';
import { useLoad } from '../state/load.ts';
import { useServices, useVaultState } from '../state/services.tsx';
import { report } from '../state/toasts.ts';
import { ButtonLink, ButtonOut } from '../ui/Button.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { returnAddress } from './context.ts';
import { StepFrame } from './StepFrame.tsx';

/** Time until the request expires. Spoken only at the marks a person needs, not every second. */
export function Countdown({ until, onEnd }: { readonly until: number; readonly onEnd: () => void }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const left = until - useNow();
  const over = left <= 0;
  useEffect(() => {
    if (over) onEnd();
  }, [over, onEnd]);
  const spoken = left <= 60 ? 60 : left <= 300 ? 300 : undefined;
  return (
    <p className={`countdown figures ${left <= 60 ? 'is-short' : ''}`}>
      <span>{t('flow.expiresIn', { time: left > 5400 ? format.duration(left * 1000) : format.clock(left) })}</span>
      <span className="hidden-visually" role="status">
        {spoken === undefined ? '' : t('flow.expiresIn', { time: format.duration(spoken * 1000) })}
      </span>
    </p>
  );
}

/** Somebody answered before: perhaps this wallet, which then knows the way back. */
export function AlreadyAnswered({ request }: { readonly request: AnyRequest }): ReactElement {
  const { t } = useTranslation();
  const { partner, id } = request;
  const { vault } = useServices();
  // The way back shows the partner who answered, when the wallet that knows it is open.
  const vaultState = useVaultState();
  const [record] = useLoad(() => vault.history.get(id), [vault, id, vaultState]);
  const code = record.status === 'ready' ? record.value?.code : undefined;
  return (
    <div className="flow">
      <StepFrame
        title={t('flow.usedTitle')}
        lead={t('flow.already')}
        actions={
          <>
            <ButtonLink href={`/history/${id}`} icon="history">
              {t('flow.seeHistory')}
            </ButtonLink>
            <ButtonOut kind="main" icon="back" href={returnAddress(request, code)}>
              {t('flow.returnTo', { partner: partner.name })}
            </ButtonOut>
          </>
        }
      />
    </div>
  );
}

/** The end without an answer: declined, or too late. */
export function Ended({ how, request }: { readonly how: 'declined' | 'expired'; readonly request: AnyRequest }): ReactElement {
  const { t } = useTranslation();
  const { partner, alternative } = request;
  const name = { partner: partner.name };
  return (
    <StepFrame
      title={how === 'declined' ? t('flow.declinedTitle') : t('flow.expiredTitle')}
      lead={how === 'declined' ? t('flow.declinedText', name) : t('flow.expiredText', name)}
      actions={
        <ButtonOut kind="main" icon="back" href={returnAddress(request)}>
          {how === 'declined' ? t('flow.returnTo', name) : t('flow.newRequest', name)}
        </ButtonOut>
      }
    >
      {how === 'declined' && alternative !== undefined && (
        <p>
          {t('flow.alternativeText')} <a href={alternative.url}>{alternative.label}</a>
        </p>
      )}
    </StepFrame>
  );
}

/** What both kinds of request hear of and do, whatever their steps. `final`: nothing more will happen. */
export function useRequestEvents(
  request: AnyRequest,
  final: boolean,
  send: (event: { type: 'submitted'; outcome: Submitted } | { type: 'expire' } | { type: 'decline' }) => void,
): { readonly expire: () => void; readonly decline: () => void } {
  const { client, vault } = useServices();
  useEffect(() => (final ? undefined : enterFlow()), [final]);
  useEffect(
    () => client.outbox.subscribe((id, outcome) => id === request.id && send({ type: 'submitted', outcome })),
    [client, request.id, send],
  );
  const expire = useCallback(() => send({ type: 'expire' }), [send]);
  const decline = useCallback(() => {
    recordConsent(vault, request, 'declined').catch(report);
    send({ type: 'decline' });
  }, [vault, request, send]);
  return { expire, decline };
}
