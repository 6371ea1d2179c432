export interface IdleLock {
  /** Something happened: the clock starts anew. */
  touch(): void;
  /** Sets the time without touch, in milliseconds, and starts the clock. */
  start(afterMs: number): void;
  stop(): void;
  /** No lock until the returned function is called (once; more does nothing). */
  hold(): () => void;
}

const CHECK_MS = 5_000;

/**
 * Calls `onIdle` once when nothing touched it for the set time. It compares clocks instead of trusting one long timer, so that
 * a device that slept locks on waking.
 */
export function createIdleLock(onIdle: () => void, now: () => number): IdleLock {
  let timer: ReturnType<typeof setInterval> | undefined;
  let last = 0;
  let afterMs = 0;
  let holders = 0;

  const stop = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const check = () => {
    if (holders > 0) last = now();
    if (now() - last < afterMs) return;
    stop();
    onIdle();
  };
  return {
    touch: () => {
      last = now();
    },
    start(after) {
      stop();
      afterMs = after;
      last = now();
      timer = setInterval(check, Math.min(CHECK_MS, after));
    },
    stop,
    hold() {
      let held = true;
      holders++;
      return () => {
        if (!held) return;
        held = false;
        holders--;
        last = now();
      };
    },
  };
}
