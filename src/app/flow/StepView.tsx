import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { ButtonOut } from '../ui/Button.tsx';
import { WalletGate } from '../wallet/WalletGate.tsx';
import { ConsentStep } from './ConsentStep.tsx';
import { CredentialStep } from './CredentialStep.tsx';
import { returnAddress, useFlow } from './context.ts';
import { DeviceStep } from './DeviceStep.tsx';
import { DoneStep } from './DoneStep.tsx';
import type { FlowState } from './machine.ts';
import { PreviewStep } from './PreviewStep.tsx';
import { ProofStep } from './ProofStep.tsx';
import { SendStep } from './SendStep.tsx';
import { StepFrame } from './StepFrame.tsx';

interface Props {
  readonly state: FlowState;
  readonly onDecline: () => void;
}

/** The screen of each step. Reading a request needs no wallet; everything after the consent does. */
export function StepView({ state, onDecline }: Props): ReactElement {
  switch (state.step) {
    case 'consent':
      return <ConsentStep onDecline={onDecline} />;
    case 'declined':
    case 'expired':
      return <Ended how={state.step} />;
    default:
      return (
        <WalletGate>
          <OpenStep state={state} onDecline={onDecline} />
        </WalletGate>
      );
  }
}

function OpenStep({ state, onDecline }: Props): ReactElement | null {
  switch (state.step) {
    case 'credential':
      return <CredentialStep asked={state.asked} />;
    case 'device':
      return <DeviceStep />;
    case 'preview':
      return <PreviewStep record={state.record} />;
    case 'proof':
      return <ProofStep record={state.record} />;
    case 'send':
      return <SendStep proved={state.proved} onDecline={onDecline} />;
    case 'done':
      return <DoneStep proved={state.proved} outcome={state.outcome} />;
    default:
      return null;
  }
}

function Ended({ how }: { readonly how: 'declined' | 'expired' }): ReactElement {
  const { t } = useTranslation();
  const { open } = useFlow();
  const { partner, alternative } = open.request;
  const name = { partner: partner.name };
  return (
    <StepFrame
      title={how === 'declined' ? t('flow.declinedTitle') : t('flow.expiredTitle')}
      lead={how === 'declined' ? t('flow.declinedText', name) : t('flow.expiredText', name)}
      actions={
        <ButtonOut kind="main" icon="back" href={returnAddress(open.request)}>
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
