import { type Dispatch, type ReactElement, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TacitError } from '../../../base/index.ts';
import { type FaceMatched, needsWord } from '../../../client/index.ts';
import type { FaceRequest } from '../../../protocol/index.ts';
import { returnAddress } from '../../flow/context.ts';
import { StepFrame } from '../../flow/StepFrame.tsx';
import { recordCancelled, recordConsent } from '../../history/records.ts';
import { useServices } from '../../state/services.tsx';
import { report } from '../../state/toasts.ts';
import { useJob } from '../../state/useJob.ts';
import { Button, ButtonOut } from '../../ui/Button.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { EnrolView } from '../enrol/EnrolView.tsx';
import { OnePicture } from '../OnePicture.tsx';
import { Proving } from '../Proving.tsx';
import { useCaptureSession } from '../useCaptureSession.ts';
import { usePrepare } from '../usePrepare.ts';
import { FaceDone } from './FaceDone.tsx';
import { FacePreview } from './FacePreview.tsx';
import type { FaceFlowEvent, FaceFlowState } from './machine.ts';

interface Props {
  readonly state: Exclude<FaceFlowState, { readonly step: 'consent' | 'declined' | 'expired' }>;
  readonly request: FaceRequest;
  readonly send: Dispatch<FaceFlowEvent>;
  readonly onDecline: () => void;
}

/** Everything after the consent, with the wallet open. */
export function FaceAnswering({ state, request, send, onDecline }: Props): ReactElement | null {
  const { t } = useTranslation();
  const { client, vault } = useServices();
  const [round, setRound] = useState(0);
  const [failed, setFailed] = useState<TacitError>();
  const job = useJob<FaceMatched>();
  const { step } = state;
  const session = useCaptureSession(step === 'taking' || step === 'preview' || step === 'proving', round);

  useEffect(() => {
    recordConsent(vault, request, 'given').catch(report);
  }, [vault, request]);

  useEffect(() => {
    if (step !== 'finding') return;
    let here = true;
    void client.faces.find(request).then((found) => {
      if (!here) return;
      if (found.ok && needsWord(found.value)) send({ type: 'none', begun: found.value });
      else if (found.ok) send({ type: 'found', record: found.value });
      else if (found.error.code === 'face/not-enrolled') send({ type: 'none' });
      else setFailed(found.error);
    });
    return () => {
      here = false;
    };
  }, [step, client, request, send]);

  // At the camera, not before: the enrolment may be younger than a registry fetched earlier.
  const stopPreparing = usePrepare(request, step === 'taking', round, setFailed);

  const looked = state.step === 'preview' && state.likeness === undefined ? state : undefined;
  useEffect(() => {
    if (looked === undefined || session === undefined) return;
    let here = true;
    void client.faces.resemble(looked.record, { session, shot: looked.shot }).then((likeness) => {
      if (!here) return;
      if (likeness.ok) send({ type: 'likeness', likeness: likeness.value });
      else setFailed(likeness.error);
    });
    return () => {
      here = false;
    };
  }, [looked, session, client, send]);

  const { result } = job;
  useEffect(() => {
    if (result?.ok === true) send({ type: 'proved', matched: result.value });
    else if (result?.ok === false) recordCancelled(vault, request, result.error).catch(report);
  }, [result, send, vault, request]);

  const sending = state.step === 'sending' ? state.matched : undefined;
  useEffect(() => {
    if (sending === undefined) return;
    void client.outbox.submit(request, sending.proof).then((outcome) => {
      if (outcome.ok) send({ type: 'submitted', outcome: outcome.value });
      else setFailed(outcome.error);
    });
  }, [sending, client, request, send]);

  const ended = useCallback((error: TacitError) => setFailed(error), []);
  const back = (
    <ButtonOut icon="back" href={returnAddress(request)}>
      {t('flow.returnTo', { partner: request.partner.name })}
    </ButtonOut>
  );
  const again = (): void => {
    setFailed(undefined);
    job.forget();
    setRound((n) => n + 1);
    send({ type: 'retake' });
  };

  const error = failed ?? (result?.ok === false ? result.error : undefined);
  if (error !== undefined) {
    const cancelled = error.code === 'job/cancelled';
    return (
      <StepFrame
        title={cancelled ? t('faces.cancelledTitle') : t('faces.stopped')}
        lead={cancelled ? t('faces.cancelled') : undefined}
        actions={
          <>
            {back}
            {error.code !== 'face/not-enrolled' && (
              <Button kind="main" icon="refresh" onClick={again}>
                {t('faces.takeAnother')}
              </Button>
            )}
          </>
        }
      >
        {!cancelled && <ErrorNotice error={error} kind={error.code.startsWith('face/') ? 'warn' : 'danger'} />}
        {request.alternative !== undefined && (
          <p>
            {t('flow.alternativeText')} <a href={request.alternative.url}>{request.alternative.label}</a>
          </p>
        )}
      </StepFrame>
    );
  }
  switch (state.step) {
    case 'finding':
      return <Progress label={t('common.loading')} fraction={undefined} />;
    case 'enrolling':
      return (
        <>
          <Notice>
            {request.registrar === undefined ? t('faces.enrolFirst') : t('faces.enrolFirstWith', { registrar: request.registrar.name })}
          </Notice>
          <EnrolView
            registrar={request.registrar}
            begun={state.begun}
            onDone={(record, reason) => (reason === undefined ? send({ type: 'found', record }) : setFailed(reason))}
            onLeave={onDecline}
          />
        </>
      );
    case 'taking':
      return (
        <StepFrame title={t('faces.matchTitle')} lead={t('faces.matchLead')}>
          {session !== undefined && (
            <OnePicture key={round} session={session} onTaken={({ id }) => send({ type: 'taken', shot: id })} onEnded={ended} />
          )}
          <div className="row">
            <Button kind="quiet" onClick={onDecline}>
              {t('flow.decline')}
            </Button>
          </div>
        </StepFrame>
      );
    case 'preview': {
      const { record, shot, likeness } = state;
      const prove = (): void => {
        if (session === undefined) return;
        job.start((onProgress) => client.faces.match({ request, record, taken: { session, shot } }, { onProgress }));
        send({ type: 'prove' });
      };
      return <FacePreview request={request} likeness={likeness} onProve={prove} onRetake={again} />;
    }
    case 'proving':
      return (
        <StepFrame title={t('faces.provingMatch')} lead={t('faces.provingLead')}>
          <Proving
            progress={job.progress}
            onCancel={() => {
              stopPreparing();
              job.cancel();
            }}
          />
        </StepFrame>
      );
    case 'sending':
      return (
        <StepFrame title={t('faces.sending')}>
          <Progress label={t('faces.sending')} fraction={undefined} />
        </StepFrame>
      );
    case 'done':
      return <FaceDone request={request} proof={state.matched.proof} outcome={state.outcome} />;
  }
}
