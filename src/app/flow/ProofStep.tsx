import { type ReactElement, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProofStage } from '../../client/index.ts';
import type { CredentialRecord } from '../../vault/index.ts';
import { recordCancelled } from '../history/records.ts';
import { useServices } from '../state/services.tsx';
import { report } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Progress } from '../ui/Progress.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { useFlow } from './context.ts';
import { Remedies } from './Remedies.tsx';
import { StepFrame } from './StepFrame.tsx';
import { useLeaveGuard, useProof, useWasHidden } from './useProof.ts';

const stages: readonly ProofStage[] = ['download', 'witness', 'prove', 'check'];

export function ProofStep({ record }: { readonly record: CredentialRecord }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { vault } = useServices();
  const { open, send } = useFlow();
  const { progress, result, cancel, again } = useProof(record);
  const running = result === undefined;
  const wasHidden = useWasHidden(running);
  useLeaveGuard(running);

  useEffect(() => {
    if (result === undefined) return;
    if (result.ok) send({ type: 'proved', proved: result.value });
    else recordCancelled(vault, open.request, result.error).catch(report);
  }, [result, send, vault, open]);

  if (result !== undefined && !result.ok) {
    const { error } = result;
    const cancelled = error.code === 'job/cancelled';
    const notMet = error.code === 'policy/not-met';
    return (
      <StepFrame
        title={cancelled ? t('flow.proofCancelledTitle') : notMet ? t('flow.proofNotMet') : t('flow.proofStopped')}
        lead={cancelled ? t('flow.proofCancelled') : undefined}
        actions={
          <>
            {cancelled && (
              <Button kind="main" icon="refresh" onClick={again}>
                {t('flow.proofAgain')}
              </Button>
            )}
            <Remedies error={error} {...(cancelled ? {} : { onRetry: again })} />
          </>
        }
      >
        {!cancelled && <ErrorNotice error={error} kind={notMet ? 'info' : 'danger'} />}
      </StepFrame>
    );
  }

  const now = progress === undefined ? 0 : stages.indexOf(progress.stage);
  const left =
    progress?.msLeft === undefined
      ? undefined
      : progress.msLeft < 700 && progress.fraction > 0.85
        ? t('flow.proofAlmost')
        : t('flow.proofLeft', { time: format.duration(progress.msLeft) });
  return (
    <StepFrame
      title={t('flow.proofTitle')}
      lead={t('flow.proofLead')}
      actions={
        <Button icon="close" onClick={cancel}>
          {t('flow.proofCancel')}
        </Button>
      }
    >
      <div className="card">
        <Progress label={t(`flow.proofStages.${progress?.stage ?? 'download'}`)} fraction={progress?.fraction} detail={left} />
        <ol className="stages">
          {stages.map((stage, at) => (
            <li key={stage} className={at < now ? 'is-done' : at === now ? 'is-now' : ''}>
              <Icon name={at < now ? 'check' : 'next'} />
              {t(`flow.proofStages.${stage}`)}
            </li>
          ))}
        </ol>
        <p className="hidden-visually" role="status">
          {t(`flow.proofStages.${progress?.stage ?? 'download'}`)}
        </p>
      </div>
      <p className="quiet small">{wasHidden ? t('flow.proofWasHidden') : t('flow.proofHidden')}</p>
    </StepFrame>
  );
}
