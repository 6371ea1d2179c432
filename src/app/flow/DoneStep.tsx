import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { canonicalBytes, sha256Hex } from '../../base/index.ts';
import type { Proved, Submitted } from '../../client/index.ts';
import { proofBody } from '../history/records.ts';
import { SaveReceipt } from '../history/SaveReceipt.tsx';
import { InstallOffer } from '../layout/InstallOffer.tsx';
import { ButtonLink, ButtonOut } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Rosette } from '../ui/Rosette.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { returnAddress, useFlow } from './context.ts';
import { Remedies } from './Remedies.tsx';
import { StepFrame } from './StepFrame.tsx';

/** How it ended. The page learns only that; the verdict goes from verifier to partner. */
export function DoneStep({ proved, outcome }: { readonly proved: Proved; readonly outcome: Submitted }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { open, send } = useFlow();
  const { partner, id, expiresAt } = open.request;
  const after = (
    <div className="row">
      <SaveReceipt id={id} />
      <ButtonLink kind="quiet" icon="history" href={`/history/${id}`}>
        {t('flow.seeHistory')}
      </ButtonLink>
    </div>
  );
  const back = (
    <ButtonOut kind="main" icon="back" href={returnAddress(open.request, outcome.state === 'accepted' ? outcome.code : undefined)}>
      {t('flow.returnTo', { partner: partner.name })}
    </ButtonOut>
  );

  if (outcome.state === 'refused') {
    return (
      <StepFrame title={t('flow.refusedTitle')} actions={<Remedies error={outcome.error} onRetry={() => send({ type: 'again' })} />}>
        <ErrorNotice error={outcome.error} />
        {after}
      </StepFrame>
    );
  }
  if (outcome.state === 'queued') {
    return (
      <StepFrame title={t('flow.queuedTitle')} lead={t('flow.queuedText', { time: format.dateTime(expiresAt) })} actions={back}>
        <ErrorNotice error={outcome.reason} kind="warn" />
        {after}
      </StepFrame>
    );
  }
  return (
    <StepFrame title={t('flow.acceptedTitle')} lead={t('flow.acceptedText', { partner: partner.name })} actions={back}>
      <div className="seal" aria-hidden="true">
        <Rosette hash={sha256Hex(canonicalBytes(proved.proof))} />
        <Icon name="check" className="seal-tick" />
      </div>
      <p className="quiet small seal-note" role="status">
        {t('flow.acceptedSent', { size: format.bytes(new TextEncoder().encode(proofBody(proved.proof)).length) })}
      </p>
      {after}
      <InstallOffer />
    </StepFrame>
  );
}
