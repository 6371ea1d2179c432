import { type ReactElement, useReducer } from 'react';
import { useTranslation } from 'react-i18next';
import type { OpenFaceRequest } from '../../../client/index.ts';
import { Meter } from '../../flow/Meter.tsx';
import { AlreadyAnswered, Countdown, Ended, useRequestEvents } from '../../flow/requestParts.tsx';
import { Stepper } from '../../ui/Stepper.tsx';
import { WalletGate } from '../../wallet/WalletGate.tsx';
import { FaceAnswering } from './FaceAnswering.tsx';
import { FaceConsent } from './FaceConsent.tsx';
import { advance, isFinal, placeOf, start } from './machine.ts';

const steps = ['consent', 'face', 'proof'] as const;

/** A request for a face, answered: consent, (enrolment,) picture, preview, proof, verdict. */
export function FaceRequestFlow({ open }: { readonly open: OpenFaceRequest }): ReactElement {
  const { t } = useTranslation();
  const { request } = open;
  const [state, send] = useReducer(advance, start);
  const final = isFinal(state);
  const { expire, decline } = useRequestEvents(request, final, send);

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
