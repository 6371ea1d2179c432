import type { TacitError } from '../../base/index.ts';
import type { DeviceReport, Proved, Submitted } from '../../client/index.ts';
import type { CredentialRecord } from '../../vault/index.ts';

// Answering one request, as a value: which step, and what the steps before it brought. One direction; the only ways back are
// another credential and a fresh attempt. Pure, so that every path can be tested without a page.

export type FlowState =
  | { readonly step: 'consent' }
  /** `asked`: the person wants to choose, though there may be one only. */
  | { readonly step: 'credential'; readonly asked: boolean }
  | { readonly step: 'device'; readonly record: CredentialRecord }
  | { readonly step: 'preview'; readonly record: CredentialRecord; readonly device: DeviceReport }
  | { readonly step: 'proof'; readonly record: CredentialRecord; readonly device: DeviceReport }
  | { readonly step: 'send'; readonly record: CredentialRecord; readonly proved: Proved }
  | { readonly step: 'done'; readonly proved: Proved; readonly outcome: Submitted }
  | { readonly step: 'declined' }
  | { readonly step: 'expired' };

export type FlowEvent =
  | { readonly type: 'consent' }
  | { readonly type: 'decline' }
  | { readonly type: 'choose'; readonly record: CredentialRecord }
  | { readonly type: 'device-ready'; readonly device: DeviceReport }
  | { readonly type: 'prove' }
  | { readonly type: 'proved'; readonly proved: Proved }
  | { readonly type: 'submitted'; readonly outcome: Submitted }
  | { readonly type: 'another-credential' }
  /** A fresh proof after a refused one: the request stays open. */
  | { readonly type: 'again' }
  | { readonly type: 'expire' };

export const initialFlow: FlowState = { step: 'consent' };

/** The steps a person sees, in order. */
export const flowSteps = ['consent', 'credential', 'device', 'preview', 'proof', 'send'] as const;

/** Place in {@link flowSteps}; past the last one when all is done; undefined for the ends that leave the way. */
export function flowPlace({ step }: FlowState): number | undefined {
  if (step === 'done') return flowSteps.length;
  const place = flowSteps.indexOf(step as (typeof flowSteps)[number]);
  return place < 0 ? undefined : place;
}

export const isFinal = ({ step }: FlowState): boolean => step === 'done' || step === 'declined' || step === 'expired';

const refused = (state: FlowState): boolean => state.step === 'done' && state.outcome.state === 'refused';

/** An event that does not belong to the step (a late answer, a double press) changes nothing. */
export function advance(state: FlowState, event: FlowEvent): FlowState {
  switch (event.type) {
    case 'consent':
      return state.step === 'consent' ? { step: 'credential', asked: false } : state;
    case 'decline':
      return isFinal(state) ? state : { step: 'declined' };
    case 'choose':
      return state.step === 'credential' ? { step: 'device', record: event.record } : state;
    case 'device-ready':
      return state.step === 'device' ? { step: 'preview', record: state.record, device: event.device } : state;
    case 'prove':
      return state.step === 'preview' ? { step: 'proof', record: state.record, device: state.device } : state;
    case 'proved':
      return state.step === 'proof' ? { step: 'send', record: state.record, proved: event.proved } : state;
    case 'submitted':
      // A queued proof may be sent while the page still shows that it waits.
      if (state.step === 'send') return { step: 'done', proved: state.proved, outcome: event.outcome };
      return state.step === 'done' && state.outcome.state === 'queued' ? { ...state, outcome: event.outcome } : state;
    case 'another-credential':
      if (state.step === 'preview' || state.step === 'proof') return { step: 'credential', asked: true };
      return refused(state) ? { step: 'credential', asked: true } : state;
    case 'again':
      return refused(state) ? { step: 'credential', asked: false } : state;
    case 'expire':
      return isFinal(state) ? state : { step: 'expired' };
  }
}

export type Remedy = 'retry' | 'new-request' | 'credential' | 'leave' | 'device';

const exact: Partial<Record<TacitError['code'], Remedy>> = {
  'request/signature': 'leave',
  'request/origin-mismatch': 'leave',
  'request/unsupported': 'leave',
  'policy/not-met': 'credential',
  'nullifier/used': 'leave',
  'bundle/unknown': 'leave',
  'bundle/development-keys': 'leave',
  'key/unsafe': 'leave',
  'device/unsupported': 'device',
  // Faults of the program: the same step ends the same way.
  'proof/self-check': 'leave',
};
const byKind: Readonly<Record<string, Remedy>> = {
  request: 'new-request',
  credential: 'credential',
  input: 'credential',
  bundle: 'retry',
  proof: 'retry',
  network: 'retry',
  verifier: 'retry',
  worker: 'retry',
  device: 'retry',
  job: 'retry',
  vault: 'retry',
  internal: 'leave',
};

/** What a person can do about an error met while answering a request. */
export const remedy = ({ code }: TacitError): Remedy => exact[code] ?? byKind[code.split('/')[0] ?? ''] ?? 'leave';
