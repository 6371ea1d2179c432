import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { canonicalBytes, sha256Hex } from '../../../base/index.ts';
import type { Submitted } from '../../../client/index.ts';
import type { FaceAnswer, FaceRequest } from '../../../protocol/index.ts';
import { returnAddress } from '../../flow/context.ts';
import { StepFrame } from '../../flow/StepFrame.tsx';
import { proofBody } from '../../history/records.ts';
import { SaveReceipt } from '../../history/SaveReceipt.tsx';
import { ButtonLink, ButtonOut } from '../../ui/Button.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Rosette } from '../../ui/Rosette.tsx';
import { useFormat } from '../../ui/useFormat.ts';

interface Props {
  readonly request: FaceRequest;
  readonly proof: FaceAnswer;
  readonly outcome: Submitted;
}

/** How it ended. The page learns only that; the verdict goes from verifier to partner. */
export function FaceDone({ request, proof, outcome }: Props): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { partner, id, expiresAt } = request;
  const back = (
    <ButtonOut kind="main" icon="back" href={returnAddress(request, outcome.state === 'accepted' ? outcome.code : undefined)}>
      {t('flow.returnTo', { partner: partner.name })}
    </ButtonOut>
  );
  const after = (
    <div className="row">
      <SaveReceipt id={id} />
      <ButtonLink kind="quiet" icon="history" href={`/history/${id}`}>
        {t('flow.seeHistory')}
      </ButtonLink>
    </div>
  );
  if (outcome.state === 'accepted') {
    return (
      <StepFrame title={t('flow.acceptedTitle')} lead={t('faces.acceptedText', { partner: partner.name })} actions={back}>
        <div className="seal" aria-hidden="true">
          <Rosette hash={sha256Hex(canonicalBytes(proof))} />
          <Icon name="check" className="seal-tick" />
        </div>
        <p className="quiet small seal-note" role="status">
          {t('flow.acceptedSent', { size: format.bytes(new TextEncoder().encode(proofBody(proof)).length) })}
        </p>
        {after}
      </StepFrame>
    );
  }
  const queued = outcome.state === 'queued';
  return (
    <StepFrame
      title={queued ? t('flow.queuedTitle') : t('flow.refusedTitle')}
      lead={queued ? t('flow.queuedText', { time: format.dateTime(expiresAt) }) : undefined}
      actions={back}
    >
      <ErrorNotice error={queued ? outcome.reason : outcome.error} kind={queued ? 'warn' : 'danger'} />
      {after}
    </StepFrame>
  );
}
