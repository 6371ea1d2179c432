import type { TacitError } from '../../base/index.ts';
import type { Likeness, Shot } from '../../client/index.ts';

/** Where one stands at the camera. Two pictures are taken, and told apart or not. */
export type Stage =
  | { readonly step: 'intro'; readonly error?: TacitError }
  /** The networks are loading; the camera is asked for at the same time where one is wanted. */
  | { readonly step: 'opening'; readonly source: Source }
  | { readonly step: 'taking'; readonly source: Source; readonly first: Shot | undefined; readonly error?: TacitError }
  /** Something could be better about the picture just taken: the person decides. */
  | { readonly step: 'advice'; readonly source: Source; readonly first: Shot | undefined; readonly shot: Shot }
  | { readonly step: 'comparing'; readonly first: Shot; readonly second: Shot }
  | { readonly step: 'result'; readonly first: Shot; readonly second: Shot; readonly likeness: Likeness }
  | { readonly step: 'failed'; readonly first: Shot; readonly second: Shot; readonly error: TacitError };

export type Source = 'camera' | 'file';

export type Event =
  | { readonly type: 'begin'; readonly source: Source }
  | { readonly type: 'opened' }
  | { readonly type: 'taken'; readonly shot: Shot }
  /** A picture that cannot be used, or a camera that went away. */
  | { readonly type: 'refused'; readonly error: TacitError }
  | { readonly type: 'use' }
  | { readonly type: 'retake' }
  | { readonly type: 'source'; readonly source: Source }
  | { readonly type: 'compared'; readonly likeness: Likeness }
  | { readonly type: 'compare-again' }
  | { readonly type: 'leave'; readonly error?: TacitError };

export const start: Stage = { step: 'intro' };

/** Events that do not belong to a stage change nothing: an answer may come after the person has gone on. */
export function next(stage: Stage, event: Event): Stage {
  if (event.type === 'leave') return event.error === undefined ? start : { step: 'intro', error: event.error };
  switch (stage.step) {
    case 'intro':
      return event.type === 'begin' ? { step: 'opening', source: event.source } : stage;
    case 'opening':
      if (event.type === 'opened') return { step: 'taking', source: stage.source, first: undefined };
      return event.type === 'refused' ? { step: 'intro', error: event.error } : stage;
    case 'taking':
      if (event.type === 'source') return { step: 'taking', source: event.source, first: stage.first };
      if (event.type === 'refused') return { ...stage, error: event.error };
      if (event.type === 'retake') return { step: 'taking', source: stage.source, first: stage.first };
      if (event.type !== 'taken') return stage;
      return event.shot.said === 'good'
        ? kept(stage, event.shot)
        : { step: 'advice', source: stage.source, first: stage.first, shot: event.shot };
    case 'advice':
      if (event.type === 'use') return kept(stage, stage.shot);
      return event.type === 'retake' ? { step: 'taking', source: stage.source, first: stage.first } : stage;
    case 'comparing':
      if (event.type === 'compared') return { ...stage, step: 'result', likeness: event.likeness };
      return event.type === 'refused' ? { ...stage, step: 'failed', error: event.error } : stage;
    case 'failed':
      return event.type === 'compare-again' ? { step: 'comparing', first: stage.first, second: stage.second } : stage;
    case 'result':
      return event.type === 'begin' ? { step: 'taking', source: event.source, first: undefined } : stage;
  }
}

const kept = ({ source, first }: { readonly source: Source; readonly first: Shot | undefined }, shot: Shot): Stage =>
  first === undefined ? { step: 'taking', source, first: shot } : { step: 'comparing', first, second: shot };
