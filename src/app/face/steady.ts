import type { Guidance } from '../../face/index.ts';

/** What is shown beside the camera, and what was last spoken. */
export interface Steady {
  readonly shown: Guidance | undefined;
  /** What the newest look said, which is shown once a second one says it too: words that flicker help nobody. */
  readonly last: Guidance | undefined;
  readonly spoken: Guidance | undefined;
  readonly spokenAt: number;
}

/** A screen reader takes about this long for a sentence; more often, it never gets to its end. */
const SPEAK_EVERY_MS = 3_000;

export const unsteady: Steady = { shown: undefined, last: undefined, spoken: undefined, spokenAt: Number.NEGATIVE_INFINITY };

/** One more look, at `now` (milliseconds). */
export function steady(before: Steady, said: Guidance, now: number): Steady {
  const shown = before.shown === undefined || before.last === said ? said : before.shown;
  const speak = shown !== before.spoken && now - before.spokenAt >= SPEAK_EVERY_MS;
  return { shown, last: said, ...(speak ? { spoken: shown, spokenAt: now } : { spoken: before.spoken, spokenAt: before.spokenAt }) };
}
