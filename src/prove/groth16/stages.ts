import type { Logger } from 'snarkjs';

/** `witness`: the circuit is run. `read`: the key's coefficients. `transform`: the quotient polynomial. `multiexp`: the proof's points. */
export type ProveStage = 'witness' | 'read' | 'transform' | 'multiexp';

export interface ProveProgress {
  readonly stage: ProveStage;
  /** 0 to 1 of the whole work, never falling. */
  readonly fraction: number;
}

/**
 * snarkjs' debug messages in their order, and the fraction of the whole time that has passed when each first comes (measured at 2^13,
 * two threads; the README has the command). Messages in between say nothing more at this size.
 */
const MILESTONES: readonly (readonly [message: RegExp, stage: ProveStage, fraction: number])[] = [[/^Reading Wtns/, 'read', 0.1]];

/** A logger that reports progress instead of writing: snarkjs' messages hold no values of the witness, but a console is no place for them. */
export function stageLogger(onStage: (progress: ProveProgress) => void): Logger {
  let next = 0;
  return {
    debug: (message) => {
      for (let i = next; i < MILESTONES.length; i++) {
        const [pattern, stage, fraction] = MILESTONES[i] as (typeof MILESTONES)[number];
        if (!pattern.test(message)) continue;
        next = i + 1;
        onStage({ stage, fraction });
        return;
      }
    },
    info: () => {},
    warn: () => {},
    error: () => {},
  };
}
