import { type ReactElement, useEffect, useReducer, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OpenRequest } from '../../client/index.ts';
import { FaceRequestFlow } from '../face/request/FaceRequestFlow.tsx';
import { useLoad } from '../state/load.ts';
import { loadPublished } from '../state/model.ts';
import { useServices, useVaultState } from '../state/services.tsx';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Progress } from '../ui/Progress.tsx';
import { Stepper } from '../ui/Stepper.tsx';
import { UnlockWallet } from '../wallet/UnlockWallet.tsx';
import { arrivedFrom } from './arrival.ts';
import { FlowProvider } from './context.ts';
import { Meter } from './Meter.tsx';
import { advance, type FlowState, flowPlace, flowSteps, initialFlow, isFinal, remedy } from './machine.ts';
import { AlreadyAnswered, Countdown, useRequestEvents } from './requestParts.tsx';
import { StepFrame } from './StepFrame.tsx';
import { StepView } from './StepView.tsx';

/** `/r/:id`: fetches the request and checks it before a word of it is shown. */
export function RequestScreen({ id }: { readonly id: string }): ReactElement {
  const { t } = useTranslation();
  const { client } = useServices();
  const [loaded, again] = useLoad(() => client.verifier.openRequest(id, { referrer: arrivedFrom }), [client, id]);
  const [tries, setTries] = useState(0);
  const vaultState = useVaultState();
  const offline = loaded.status === 'failed' && (loaded.error.code === 'network/offline' || loaded.error.code === 'verifier/unavailable');
  // Offline, a request that was opened before is read from the wallet, which has to be open for that.
  const needsWallet = offline && vaultState === 'locked';
  const unlocked = useRef(false);
  useEffect(() => {
    if (needsWallet) unlocked.current = true;
    else if (unlocked.current && vaultState === 'unlocked') {
      unlocked.current = false;
      again();
    }
  }, [needsWallet, vaultState, again]);
  if (loaded.status === 'loading') {
    return (
      <div className="flow">
        <StepFrame title={t('flow.loadingTitle')}>
          <Progress label={t('flow.loadingText')} fraction={undefined} />
        </StepFrame>
      </div>
    );
  }
  if (loaded.status === 'failed') {
    if (needsWallet) {
      return (
        <div className="flow">
          <ErrorNotice error={loaded.error} kind="warn" />
          <UnlockWallet />
        </div>
      );
    }
    const what = remedy(loaded.error);
    const danger = loaded.error.code === 'request/signature' || loaded.error.code === 'request/origin-mismatch';
    return (
      <div className="flow">
        <StepFrame
          title={danger ? t('flow.blockedDanger') : offline ? t('flow.offlineTitle') : t('flow.blockedTitle')}
          actions={
            <>
              <ButtonLink href="/" icon="home">
                {t('common.home')}
              </ButtonLink>
              {what === 'retry' && (
                <Button
                  kind="main"
                  icon="refresh"
                  onClick={() => {
                    setTries(tries + 1);
                    again();
                  }}
                >
                  {t('common.retry')}
                </Button>
              )}
            </>
          }
        >
          <ErrorNotice key={tries} error={loaded.error} kind={offline ? 'warn' : 'danger'} />
        </StepFrame>
        <Meter />
      </div>
    );
  }
  const open = loaded.value;
  return 'manifest' in open ? <RequestFlow open={open} /> : <FaceRequestFlow open={open} />;
}

function RequestFlow({ open }: { readonly open: OpenRequest }): ReactElement {
  const { t } = useTranslation();
  const { client } = useServices();
  const { request } = open;
  const [state, send] = useReducer(advance, initialFlow);
  const [published] = useLoad(() => loadPublished(client, open.manifest), [client, open]);
  const place = flowPlace(state);
  const final = isFinal(state);
  const { expire, decline } = useRequestEvents(request, final, send);

  if (open.status === 'accepted' && state.step === 'consent') return <AlreadyAnswered request={request} />;
  const shown: FlowState = open.status === 'expired' && state.step === 'consent' ? { step: 'expired' } : state;
  return (
    <FlowProvider value={{ open, published: published.status === 'ready' ? published.value : undefined, send }}>
      <div className="flow">
        {place !== undefined && shown.step !== 'expired' && (
          <div className="flow-head">
            <Stepper steps={flowSteps.map((step) => t(`flow.stepNames.${step}`))} current={place} />
            {!final && <Countdown until={request.expiresAt} onEnd={expire} />}
          </div>
        )}
        <StepView state={shown} onDecline={decline} />
        <Meter />
      </div>
    </FlowProvider>
  );
}
