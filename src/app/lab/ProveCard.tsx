import { type ReactElement, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { TacitError } from '../../base/index.ts';
import type { ModelAbout, TransparentPlan } from '../../client/index.ts';
import { useLeaveGuard, useWasHidden } from '../flow/useProof.ts';
import { useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { Button } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { KeyValues } from '../ui/KeyValues.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { bitsShown } from './bits.ts';
import { type ProofFiles, Proven } from './Proven.tsx';
import { useSettled } from './PublicChoice.tsx';
import { useProving } from './useProving.ts';
import { Working } from './Working.tsx';

interface Props {
  readonly network: Uint8Array<ArrayBuffer>;
  readonly policy: ModelAbout['policy'];
  /** What the network is run on; undefined: there is nothing to prove yet. */
  readonly input: Float64Array<ArrayBuffer> | undefined;
  readonly files: ProofFiles;
  readonly openingText: string;
  readonly choice: (running: boolean) => ReactElement;
}

/** From what a proof will take to the proof. */
export function ProveCard({ network, policy, input, files, openingText, choice }: Props): ReactElement {
  const { t } = useTranslation();
  const { client } = useServices();
  const { running, progress, result, start, cancel, forget } = useProving();
  const wanted = JSON.stringify(policy ?? null);
  // While one draws, the digit changes with every stroke, and with it the program: it is worked out once the hand rests.
  const settled = useSettled(wanted, 700);
  const [plan] = useLoad(
    () => client.transparent.prepare('model', { network, policy: JSON.parse(settled) ?? undefined }).result,
    [client, network, settled],
  );
  const wasHidden = useWasHidden(running);
  useLeaveGuard(running);
  // A proof is of one input: it goes when there is another.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is proven is the reason
  useEffect(() => forget(), [input, wanted, forget]);
  const prove = (): void => {
    if (input !== undefined) start({ network, policy, input: input.slice() });
  };
  const failed = result !== undefined && !result.ok ? result.error : undefined;
  const tooLarge = plan.status === 'ready' ? overBudget(plan.value) : undefined;
  return (
    <section className="card" aria-labelledby="lab-prove">
      <h2 id="lab-prove">{t('lab.proveTitle')}</h2>
      <p>{t('lab.proveText')}</p>
      {choice(running)}
      {plan.status === 'loading' && !running && (
        <p className="quiet" role="status">
          {t('lab.planLoading')}
        </p>
      )}
      {plan.status === 'failed' && <ErrorNotice error={plan.error} title={t('lab.planFailed')} />}
      {plan.status === 'ready' && !running && result?.ok !== true && <PlanRows plan={plan.value} />}
      {tooLarge !== undefined && <ErrorNotice error={tooLarge} title={t('lab.tooLargeTitle')} />}
      {running && <Working progress={progress} />}
      {failed !== undefined &&
        (failed.code === 'job/cancelled' ? (
          <Notice live title={t('lab.cancelledTitle')}>
            {t('lab.cancelledText')}
          </Notice>
        ) : (
          <ErrorNotice error={failed} title={t('lab.stoppedTitle')} />
        ))}
      {result?.ok === true && input !== undefined && <Proven proved={result.value} files={files} openingText={openingText} />}
      <div className="row">
        {running ? (
          <Button icon="close" onClick={cancel}>
            {t('lab.cancel')}
          </Button>
        ) : (
          <Button
            kind={result?.ok === true ? 'plain' : 'main'}
            icon="verify"
            disabled={input === undefined || plan.status === 'failed' || tooLarge !== undefined}
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

/** A plan that this device cannot hold, with the estimate: said before anything is started. */
const overBudget = ({ memoryBytes, budget }: TransparentPlan): TacitError | undefined =>
  memoryBytes > budget
    ? { code: 'prove/memory', params: { needed: Math.ceil(memoryBytes / 1e6), limit: Math.floor(budget / 1e6) } }
    : undefined;

function PlanRows({ plan }: { readonly plan: TransparentPlan }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const memory = t('lab.planMemoryValue', { needed: format.bytes(plan.memoryBytes), limit: format.bytes(plan.budget) });
  return (
    <KeyValues
      rows={[
        { key: 'memory', name: t('lab.planMemory'), value: memory },
        { key: 'size', name: t('lab.planSize'), value: format.bytes(plan.proofBytes) },
        { key: 'bits', name: t('lab.planBits'), value: t('lab.planBitsValue', bitsShown(format, plan.soundness)) },
        { key: 'time', name: t('lab.planTime'), value: format.duration(plan.estimateMs, true) },
      ]}
    />
  );
}
