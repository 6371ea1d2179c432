import { type ReactElement, useCallback, useEffect, useReducer } from 'react';
import { useTranslation } from 'react-i18next';
import type { OpenFaceRequest } from '../../../client/index.ts';
import { returnAddress } from '../../flow/context.ts';
import { Meter } from '../../flow/Meter.tsx';
import { AlreadyAnswered, Countdown } from '../../flow/requestParts.tsx';
import { StepFrame } from '../../flow/StepFrame.tsx';
import { recordConsent } from '../../history/records.ts';
import { enterFlow } from '../../state/busy.ts';
import { useServices } from '../../state/services.tsx';
import { report } from '../../state/toasts.ts';
import { ButtonOut } from '../../ui/Button.tsx';
import { Stepper } from '../../ui/Stepper.tsx';
import { WalletGate } from '../../wallet/WalletGate.tsx';
import { FaceAnswering } from './FaceAnswering.tsx';
import { FaceConsent } from './FaceConsent.tsx';
import { advance, isFinal, placeOf, start } from './machine.ts';

const steps = ['consent', 'face', 'proof'] as const;

/** A request for a face, answered: consent, (enrolment,) picture, preview, proof, verdict. */
export function FaceRequestFlow({ open }: { readonly open: OpenFaceRequest }): ReactElement {
  const { t } = useTranslation();
  const { client, vault } = useServices();
  const { request } = open;
  const [state, send] = useReducer(advance, start);
  const final = isFinal(state);
  useEffect(() => (final ? undefined : enterFlow()), [final]);
  useEffect(
    () => client.outbox.subscribe((id, outcome) => id === request.id && send({ type: 'submitted', outcome })),
    [client, request.id],
  );
  const expire = useCallback(() => send({ type: 'expire' }), []);
  const decline = useCallback(() => {
    recordConsent(vault, request, 'declined').catch(report);
    send({ type: 'decline' });
  }, [vault, request]);

  if (open.status === 'accepted' && state.step === 'consent') return <AlreadyAnswered request={request} />;
  const shown = open.status === 'expired' && state.step === 'consent' ? ({ step: 'expired' } as const) : state;
  const place = placeOf(shown);
  return (
    <div className="flow">
      {place !== undefined && (
        <div className="flow-head">
          <Stepper steps={steps.map((step) => t(`faces.steps.${step}`))} current={place} />
          {!final && <Countdown until={request.expiresAt} onEnd={expire} />}
        </div>
      )}
      {shown.step === 'consent' ? (
        <FaceConsent open={open} onAccept={() => send({ type: 'consent' })} onDecline={decline} />
      ) : shown.step === 'declined' || shown.step === 'expired' ? (
        <Ended how={shown.step} request={request} />
      ) : (
        <WalletGate>
          <FaceAnswering state={shown} request={request} send={send} onDecline={decline} />
        </WalletGate>
      )}
      <Meter />
    </div>
  );
}

function Ended({ how, request }: { readonly how: 'declined' | 'expired'; readonly request: OpenFaceRequest['request'] }): ReactElement {
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
