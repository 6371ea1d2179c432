import { type ReactElement, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TacitError } from '../../../base/index.ts';
import { needsWord } from '../../../client/index.ts';
import type { Registrar } from '../../../protocol/index.ts';
import type { FaceRecord } from '../../../vault/index.ts';
import { StepFrame } from '../../flow/StepFrame.tsx';
import { enterFlow } from '../../state/busy.ts';
import { useServices } from '../../state/services.tsx';
import { useJob } from '../../state/useJob.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { OnePicture } from '../OnePicture.tsx';
import { Proving } from '../Proving.tsx';
import { useCaptureSession } from '../useCaptureSession.ts';
import { usePrepare } from '../usePrepare.ts';
import { Attest } from './Attest.tsx';

interface Props {
  /** Who signs for the enrolment before it is sent; nobody for those who enrol by themselves. */
  readonly registrar?: Registrar | undefined;
  /** An enrolment that was made before and waits for that. */
  readonly begun?: FaceRecord | undefined;
  /** The enrolment is in the wallet and at the verifier, or (offline, say) waits in the wallet: `reason` says why. */
  readonly onDone: (record: FaceRecord, reason: TacitError | undefined) => void;
  readonly onLeave: () => void;
}

/** From the camera to the registry: picture, proof, (the registrar's word,) sent, kept. */
export function EnrolView({ registrar, begun, onDone, onLeave }: Props): ReactElement {
  const { t } = useTranslation();
  const { client } = useServices();
  const [round, setRound] = useState(0);
  const [failed, setFailed] = useState<TacitError>();
  const job = useJob<FaceRecord>();
  const made = begun ?? (job.result?.ok === true ? job.result.value : undefined);
  const unsigned = made !== undefined && needsWord(made) ? made : undefined;
  const taking = !job.running && job.result === undefined && failed === undefined && begun === undefined;
  const session = useCaptureSession(taking || job.running, round);

  const stopPreparing = usePrepare('face-enrol', begun === undefined, round, setFailed);

  // Nothing else is offered meanwhile, least of all a new version.
  useEffect(enterFlow, []);

  const { result } = job;
  useEffect(() => {
    if (result?.ok !== true || needsWord(result.value)) return;
    const record = result.value;
    void client.faces.send(record).then((sent) => onDone(sent.ok ? sent.value : record, sent.ok ? undefined : sent.error));
  }, [result, client, onDone]);

  const cancel = (): void => {
    stopPreparing();
    job.cancel();
  };
  const again = (): void => {
    job.forget();
    setFailed(undefined);
    setRound((n) => n + 1);
  };
  const ended = useCallback((error: TacitError) => setFailed(error), []);

  const error = failed ?? (result?.ok === false ? result.error : undefined);
  if (error !== undefined) {
    const cancelled = error.code === 'job/cancelled';
    return (
      <StepFrame
        title={cancelled ? t('faces.cancelledTitle') : t('faces.stopped')}
        lead={cancelled ? t('faces.cancelled') : undefined}
        actions={
          <>
            <Button onClick={onLeave}>{t('common.cancel')}</Button>
            <Button kind="main" icon="refresh" onClick={again}>
              {t('faces.takeAnother')}
            </Button>
          </>
        }
      >
        {!cancelled && <ErrorNotice error={error} kind={error.code.startsWith('face/') ? 'warn' : 'danger'} />}
      </StepFrame>
    );
  }
  if (unsigned !== undefined) return <Attest record={unsigned} onDone={onDone} onLeave={onLeave} />;
  if (result?.ok === true) {
    return (
      <StepFrame title={t('faces.sending')}>
        <Progress label={t('faces.sending')} fraction={undefined} />
      </StepFrame>
    );
  }
  if (job.running) {
    return (
      <StepFrame title={t('faces.provingEnrol')} lead={t('faces.provingLead')}>
        <Proving progress={job.progress} onCancel={cancel} />
      </StepFrame>
    );
  }
  return (
    <StepFrame title={t('faces.takeTitle')} lead={t('faces.takeLead')}>
      {session !== undefined && (
        <OnePicture
          session={session}
          onTaken={({ id }) => job.start((onProgress) => client.faces.enrol({ session, shot: id }, { onProgress, registrar }))}
          onEnded={ended}
        />
      )}
      <div className="row">
        <Button kind="quiet" onClick={onLeave}>
          {t('common.cancel')}
        </Button>
      </div>
    </StepFrame>
  );
}
