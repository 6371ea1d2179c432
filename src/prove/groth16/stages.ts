import type { Logger } from 'snarkjs';

/** `witness`: the circuit is run. `read`: the key's coefficients. `transform`: the quotient polynomial. `multiexp`: the proof's points. */
export type ProveStage = 'witness' | 'read' | 'transform' | 'multiexp';

export interface ProveProgress {
  readonly stage: ProveStage;
  /** 0 to 1 of the whole work, never falling. */
  readonly fraction: number;
}

/**
 * snarkjs' debug messages in their order, and the part of the whole time that has passed when each first comes (measured at 2^13 on
 * two threads; on one it differs by less than 0.05). The messages in between say nothing more at this size.
 */
const MILESTONES: readonly (readonly [message: string, stage: ProveStage, fraction: number])[] = [
  ['Reading Wtns', 'read', 0.08],
  ['QAP C', 'read', 0.11],
  ['IFFT_A', 'transform', 0.12],
  ['IFFT_B', 'transform', 0.15],
  ['IFFT_C', 'transform', 0.19],
  ['Reading A Points', 'multiexp', 0.23],
  ['Reading B1 Points', 'multiexp', 0.34],
  ['Reading B2 Points', 'multiexp', 0.41],
  ['Reading C Points', 'multiexp', 0.68],
  ['Reading H Points', 'multiexp', 0.78],
];

/** A logger that reports progress instead of writing: snarkjs' messages hold no values of the witness, but a console is no place for them. */
export function stageLogger(onStage: (progress: ProveProgress) => void): Logger {
  let next = 0;
  return {
    debug: (message) => {
      const at = MILESTONES.findIndex(([start], i) => i >= next && message.startsWith(start));
      const milestone = MILESTONES[at];
      if (milestone === undefined) return;
      next = at + 1;
      onStage({ stage: milestone[1], fraction: milestone[2] });
    },
    info: () => {},
    warn: () => {},
    error: () => {},
  };
}
