import type { ReactElement } from 'react';
import { WalletGate } from '../wallet/WalletGate.tsx';
import { ConsentStep } from './ConsentStep.tsx';
import { CredentialStep } from './CredentialStep.tsx';
import { useFlow } from './context.ts';
import { DeviceStep } from './DeviceStep.tsx';
import { DoneStep } from './DoneStep.tsx';
import type { FlowState } from './machine.ts';
import { PreviewStep } from './PreviewStep.tsx';
import { ProofStep } from './ProofStep.tsx';
import { Ended } from './requestParts.tsx';
import { SendStep } from './SendStep.tsx';

interface Props {
  readonly state: FlowState;
  readonly onDecline: () => void;
}

/** The screen of each step. Reading a request needs no wallet; everything after the consent does. */
export function StepView({ state, onDecline }: Props): ReactElement {
  const { request } = useFlow().open;
  switch (state.step) {
    case 'consent':
      return <ConsentStep onDecline={onDecline} />;
    case 'declined':
    case 'expired':
      return <Ended how={state.step} request={request} />;
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
