import type { FaceMatched, Likeness, Submitted } from '../../../client/index.ts';
import type { FaceRecord } from '../../../vault/index.ts';

/** Answering one request for a face: which step, and what the steps before it brought. */
export type FaceFlowState =
  | { readonly step: 'consent' }
  /** Which enrolment answers is being looked up. */
  | { readonly step: 'finding' }
  /** `begun`: made, and not yet signed for by the registrar. */
  | { readonly step: 'enrolling'; readonly begun: FaceRecord | undefined }
  | { readonly step: 'taking'; readonly record: FaceRecord }
  | { readonly step: 'preview'; readonly record: FaceRecord; readonly shot: number; readonly likeness: Likeness | undefined }
  | { readonly step: 'proving'; readonly record: FaceRecord }
  | { readonly step: 'sending'; readonly matched: FaceMatched }
  | { readonly step: 'done'; readonly matched: FaceMatched; readonly outcome: Submitted }
  | { readonly step: 'declined' }
  | { readonly step: 'expired' };

export type FaceFlowEvent =
  | { readonly type: 'consent' }
  | { readonly type: 'decline' }
  | { readonly type: 'found'; readonly record: FaceRecord }
  | { readonly type: 'none'; readonly begun?: FaceRecord }
  | { readonly type: 'taken'; readonly shot: number }
  | { readonly type: 'likeness'; readonly likeness: Likeness }
  | { readonly type: 'retake' }
  | { readonly type: 'prove' }
  | { readonly type: 'proved'; readonly matched: FaceMatched }
  | { readonly type: 'submitted'; readonly outcome: Submitted }
  | { readonly type: 'expire' };

export const start: FaceFlowState = { step: 'consent' };

export const isFinal = ({ step }: FaceFlowState): boolean => step === 'done' || step === 'declined' || step === 'expired';

/** Place among the steps a person is told of: request, face, proof; past the last one when all is done. */
export function placeOf({ step }: FaceFlowState): number | undefined {
  if (step === 'declined' || step === 'expired') return undefined;
  if (step === 'consent') return 0;
  if (step === 'done') return 3;
  return step === 'proving' || step === 'sending' ? 2 : 1;
}

/** Events that do not belong to the step (a late answer, a double press) change nothing. */
export function advance(state: FaceFlowState, event: FaceFlowEvent): FaceFlowState {
  switch (event.type) {
    case 'consent':
      return state.step === 'consent' ? { step: 'finding' } : state;
    case 'decline':
      return isFinal(state) ? state : { step: 'declined' };
    case 'expire':
      return isFinal(state) || state.step === 'sending' ? state : { step: 'expired' };
    case 'found':
      return state.step === 'finding' || state.step === 'enrolling' ? { step: 'taking', record: event.record } : state;
    case 'none':
      return state.step === 'finding' ? { step: 'enrolling', begun: event.begun } : state;
    case 'taken':
      return state.step === 'taking' ? { step: 'preview', record: state.record, shot: event.shot, likeness: undefined } : state;
    case 'likeness':
      return state.step === 'preview' ? { ...state, likeness: event.likeness } : state;
    case 'retake':
      return state.step === 'preview' || state.step === 'proving' ? { step: 'taking', record: state.record } : state;
    case 'prove':
      return state.step === 'preview' ? { step: 'proving', record: state.record } : state;
    case 'proved':
      return state.step === 'proving' ? { step: 'sending', matched: event.matched } : state;
    case 'submitted':
      if (state.step === 'sending') return { step: 'done', matched: state.matched, outcome: event.outcome };
      return state.step === 'done' && state.outcome.state === 'queued' ? { ...state, outcome: event.outcome } : state;
  }
}
