// SPDX-License-Identifier: Apache-2.0

/** A network would take more steps of planning than anybody is asked for. */
export class TooMuchWork extends Error {}

/**
 * Counts the steps of planning, of some 8 ns each, as they are about to be done: a network may come from anybody, and some hundred bytes can
 * ask for hours. The same network takes the same steps everywhere, so that who proves and who checks refuse the same ones.
 */
export class Work {
  private readonly limit: number;
  private readonly onSteps: ((done: number) => void) | undefined;
  private done = 0;

  /** `onSteps` hears how many are done, now and then; it may throw, and planning ends. */
  constructor(limit = Number.POSITIVE_INFINITY, onSteps?: (done: number) => void) {
    this.limit = limit;
    this.onSteps = onSteps;
  }

  /** Throws {@link TooMuchWork} where the limit is passed. */
  spend(steps: number): void {
    this.done += steps;
    if (this.done > this.limit) throw new TooMuchWork();
    this.onSteps?.(this.done);
  }
}

/** What an entry of a matrix takes: made, composed, tried at random points, encoded and hashed (measured). */
export const ENTRY = 16;
/** What a factor of a term takes besides its entries (measured). */
export const FACTOR = 50;
