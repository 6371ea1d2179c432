import { type ReactElement, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLeaveGuard, useWasHidden } from '../flow/useProof.ts';
import { useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { Button } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { KeyValues } from '../ui/KeyValues.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { Proven } from './Proven.tsx';
import { type Choice, PublicChoice, policyOf, useSettled } from './PublicChoice.tsx';
import { useProving } from './useProving.ts';
import type { ReadingState } from './useReading.ts';
import { Working } from './Working.tsx';

interface Props {
  readonly network: Uint8Array<ArrayBuffer>;
  readonly picture: Float64Array<ArrayBuffer> | undefined;
  readonly reading: ReadingState;
}

/** From what a proof will take to the proof. */
export function ProveCard({ network, picture, reading }: Props): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useServices();
  const { running, progress, result, start, cancel, forget } = useProving();
  const [choice, setChoice] = useState<Choice>('outputs');
  const policy = policyOf(choice, reading.reading);
  // While one draws, the digit changes with every stroke, and with it the program: it is worked out once the hand rests.
  const settled = useSettled(JSON.stringify(policy ?? null), 700);
  const [plan] = useLoad(
    () => client.transparent.prepare('model', { network, policy: JSON.parse(settled) ?? undefined }).result,
    [client, network, settled],
  );
  const wasHidden = useWasHidden(running);
  useLeaveGuard(running);
  // A proof is of one drawing: it goes when another is begun.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the picture is the reason
  useEffect(() => forget(), [picture, choice, forget]);
  const prove = (): void => {
    if (picture !== undefined) start({ network, policy, input: picture.slice() });
  };
  const failed = result !== undefined && !result.ok ? result.error : undefined;
  return (
    <section className="card" aria-labelledby="lab-prove">
      <h2 id="lab-prove">{t('lab.proveTitle')}</h2>
      <p>{t('lab.proveText')}</p>
      <PublicChoice choice={choice} reading={reading.reading} disabled={running} onChoice={setChoice} />
      {plan.status === 'failed' && <ErrorNotice error={plan.error} />}
      {plan.status === 'ready' && !running && result?.ok !== true && (
        <KeyValues
          rows={[
            {
              key: 'memory',
              name: t('lab.planMemory'),
              value: t('lab.planMemoryValue', { needed: format.bytes(plan.value.memoryBytes), limit: format.bytes(plan.value.budget) }),
            },
            { key: 'size', name: t('lab.planSize'), value: format.bytes(plan.value.proofBytes) },
            {
              key: 'bits',
              name: t('lab.planBits'),
              value: t('lab.planBitsValue', { bits: format.number(Math.floor(plan.value.soundness)) }),
            },
            { key: 'time', name: t('lab.planTime'), value: format.duration(plan.value.estimateMs, true) },
          ]}
        />
      )}
      {running && <Working progress={progress} />}
      {failed !== undefined &&
        (failed.code === 'job/cancelled' ? (
          <Notice live title={t('lab.cancelledTitle')}>
            {t('lab.cancelledText')}
          </Notice>
        ) : (
          <ErrorNotice error={failed} title={t('lab.stoppedTitle')} />
        ))}
      {result?.ok === true && reading.reading !== undefined && <Proven proved={result.value} />}
      <div className="row">
        {running ? (
          <Button icon="close" onClick={cancel}>
            {t('lab.cancel')}
          </Button>
        ) : (
          <Button
            kind={result?.ok === true ? 'plain' : 'main'}
            icon="verify"
            disabled={picture === undefined || reading.reading === undefined}
            onClick={prove}
          >
            {result?.ok === true ? t('lab.proveAgain') : t('lab.proveButton')}
          </Button>
        )}
      </div>
      {running && <p className="quiet small">{wasHidden ? t('lab.wasHidden') : t('lab.hidden')}</p>}
    </section>
  );
}
