import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Proved } from '../../client/index.ts';
import { answeredBefore, proofBody, proofUrl } from '../history/records.ts';
import { useAction, useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { Button } from '../ui/Button.tsx';
import { CodeBlock } from '../ui/CodeBlock.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { KeyValues } from '../ui/KeyValues.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { useFlow } from './context.ts';
import { StepFrame } from './StepFrame.tsx';
import { useLeaveGuard } from './useProof.ts';
import { useThreshold } from './words.ts';

/** The values that travel with a proof beside the person's mark: the request's in Groth16, the registry's root in the transparent system. */
const valuesSent = (proof: Proved['proof']): number => (proof.system === 'groth16' ? proof.publicSignals.length - 1 : 1);

/** Everything that will be sent, byte for byte, before it is sent. */
export function SendStep({ proved, onDecline }: { readonly proved: Proved; readonly onDecline: () => void }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { client, vault } = useServices();
  const { open, published, send } = useFlow();
  const threshold = useThreshold(published);
  const { busy, error, run } = useAction();
  useLeaveGuard(!busy);
  const body = proofBody(proved.proof);
  const { times } = proved;
  const [history] = useLoad(() => vault.history.list(), [vault]);
  const before = history.status === 'ready' ? answeredBefore(history.value, open.request) : { count: 0, thresholds: [] };

  const submit = async (): Promise<void> => {
    const outcome = await run(() => client.outbox.submit(open.request, proved.proof));
    if (outcome !== undefined) send({ type: 'submitted', outcome });
  };

  return (
    <StepFrame
      title={t('flow.sendTitle')}
      lead={t('flow.sendLead')}
      actions={
        <>
          <Button onClick={onDecline} disabled={busy}>
            {t('flow.sendNot')}
          </Button>
          <Button kind="seal" icon="send" busy={busy} onClick={() => void submit()}>
            {busy ? t('flow.sending') : t('flow.sendButton')}
          </Button>
        </>
      }
    >
      <section className="card">
        <KeyValues
          long
          rows={[
            { key: 'where', name: t('flow.sendWhere'), value: proofUrl(open.request), mono: true },
            { key: 'size', name: t('flow.sendSize'), value: format.bytes(new TextEncoder().encode(body).length) },
            {
              key: 'holds',
              name: t('flow.sendHolds'),
              value: t('flow.sendHoldsText', { count: valuesSent(proved.proof) }),
            },
          ]}
        />
        <Disclosure summary={t('flow.sendBody')}>
          <CodeBlock text={body} />
        </Disclosure>
      </section>
      {before.count > 0 && (
        <Notice kind="warn">
          {t('flow.sendBefore', {
            count: before.count,
            partner: open.request.partner.name,
            thresholds: format.list(before.thresholds.map(threshold)),
            threshold: threshold(open.request.policy.threshold),
          })}
        </Notice>
      )}
      <p className="quiet small">{t('flow.sendMade', { time: format.duration(times.witness + times.prove + times.check, true) })}</p>
      {error !== undefined && <ErrorNotice error={error} />}
    </StepFrame>
  );
}
