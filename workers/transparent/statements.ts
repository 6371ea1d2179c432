import type { Result } from '../../src/base/index.ts';
import type { AboutOf, MadeOf, TaskOf, TransparentKind } from '../../src/client/index.ts';
import type { OnPlanning, Plan } from '../../src/protocol/transparent/index.ts';
import type { Provable } from '../../src/prove/transparent/index.ts';

/** A statement whose program is fixed: it takes one task after another. */
export interface Prepared<K extends TransparentKind> {
  readonly plan: Plan;
  /**
   * Errors: those of the task (an input of another shape, say). `check`: as below, where it takes more than what is given out (the
   * request that a proof answers).
   */
  provable(task: TaskOf<K>): Result<Provable<MadeOf<K>> & { readonly check?: (made: MadeOf<K>) => Result<unknown> }>;
  /** The check of whoever gets the proof, from the form it is given out in; default: the verifier on plan, statement and proof. */
  readonly check?: (made: MadeOf<K>) => Result<unknown>;
}

interface StatementModule<K extends TransparentKind> {
  /** The same for what gives the same program, so that it is worked out once. */
  readonly keyOf: (about: AboutOf<K>) => string;
  /** `onPlanning` hears how far the program is, where that can take long. */
  readonly prepare: (about: AboutOf<K>, onPlanning?: OnPlanning) => Result<Prepared<K>> | Promise<Result<Prepared<K>>>;
}

/** Where each statement lives; loaded when it is first asked for. */
export const statements: { readonly [K in TransparentKind]: () => Promise<StatementModule<K>> } = {
  model: () => import('./model.ts'),
  'credit-score': () => import('./credit.ts'),
  'face-enrol': () => import('./faceEnrol.ts'),
  'face-match': () => import('./faceMatch.ts'),
};
