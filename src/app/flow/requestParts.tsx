import { type ReactElement, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { AnyRequest } from '../../protocol/index.ts';
import { useNow } from '../state/clock.ts';
import { useLoad } from '../state/load.ts';
import { useServices, useVaultState } from '../state/services.tsx';
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
