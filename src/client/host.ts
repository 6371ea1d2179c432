import { type Endpoint, type Remote, releaseProxy, wrap } from 'comlink';
import { err, type Result } from '../base/index.ts';
import type { Alive } from './contract.ts';

/** The part of a Worker that is used, so that tests run on a MessagePort. */
export interface WorkerLike extends Endpoint {
  terminate(): void;
}

export interface HostOptions {
  readonly spawn: () => WorkerLike;
  /** A worker without work for this long is ended: its memory goes back. */
  readonly idleMs: number;
  /** A working worker is asked for a sign of life this often … */
  readonly beatMs?: number;
  /** … and taken for dead after this many unanswered ones in a row. */
  readonly missedBeats?: number;
}

export interface Host<Api extends Alive> {
  /**
   * Runs `work` with the worker once it is its turn: one job at a time. Aborting ends the worker, with every thread below it, at
   * once; the next job gets a new one. `patience`: milliseconds of silence that are no death, where the worker computes in one
   * piece. Errors beside those of `work`: job/cancelled, worker/died, device/memory, internal/error.
   */
  run<T>(work: (api: Remote<Api>) => Promise<Result<T>>, signal?: AbortSignal, patience?: () => number): Promise<Result<T>>;
  /** Cancels the running job and those that wait, and ends the worker with all it holds. A later job gets a new one. */
  close(): void;
}

interface Running<Api extends Alive> {
  readonly worker: WorkerLike;
  readonly api: Remote<Api>;
  /** Resolves, never rejects, when the worker reports an error of its own. */
  readonly broken: Promise<void>;
}

/** Beats are counted, not timed: in a hidden page timers are slow on both sides, and that alone is no death. */
export function createHost<Api extends Alive>({ spawn, idleMs, beatMs = 3_000, missedBeats = 7 }: HostOptions): Host<Api> {
  let running: Running<Api> | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let closing = new AbortController();

  function start(): Running<Api> {
    const worker = spawn();
    const broken = new Promise<void>((resolve) => {
      for (const event of ['error', 'messageerror']) worker.addEventListener(event, () => resolve());
    });
    return { worker, api: wrap<Api>(worker), broken };
  }

  function end(): void {
    clearTimeout(idle);
    if (running === undefined) return;
    running.worker.terminate();
    running.api[releaseProxy]();
    running = undefined;
  }

  /** Resolves when too many beats in a row went unanswered. Asks at once when the page comes back: its worker may be gone. */
  function silence(api: Remote<Api>, patience: () => number): { readonly silent: Promise<void>; stop(): void } {
    let missed = 0;
    let giveUp = (): void => undefined;
    const silent = new Promise<void>((resolve) => {
      giveUp = resolve;
    });
    const beat = () => {
      if (missed >= Math.max(missedBeats, patience() / beatMs)) return giveUp();
      missed++;
      Promise.resolve(api.ping()).then(
        () => {
          missed = 0;
        },
        () => undefined,
      );
    };
    const timer = setInterval(beat, beatMs);
    const onVisible = () => document.visibilityState === 'visible' && beat();
    globalThis.document?.addEventListener('visibilitychange', onVisible);
    return {
      silent,
      stop() {
        clearInterval(timer);
        globalThis.document?.removeEventListener('visibilitychange', onVisible);
      },
    };
  }

  async function perform<T>(
    work: (api: Remote<Api>) => Promise<Result<T>>,
    signal: AbortSignal,
    patience: () => number,
  ): Promise<Result<T>> {
    if (signal.aborted) return err('job/cancelled');
    clearTimeout(idle);
    running ??= start();
    const { api, broken } = running;
    const { silent, stop } = silence(api, patience);
    const died = Promise.race([broken, silent]).then(() => err<T>('worker/died'));
    const cancelled = new Promise<Result<T>>((resolve) =>
      signal.addEventListener('abort', () => resolve(err('job/cancelled')), { once: true }),
    );
    // Workers answer with a Result whatever happens; a rejection means that even that failed.
    const done = work(api).catch(() => err<T>('internal/error'));
    const result = await Promise.race([done, died, cancelled]);
    stop();
    if (!result.ok && ENDS.has(result.error.code)) end();
    else idle = setTimeout(end, idleMs);
    return result;
  }

  return {
    run(work, signal, patience = () => 0) {
      const joined = signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);
      const mine = turn.then(() => perform(work, joined, patience));
      turn = mine.catch(() => undefined);
      return mine;
    },
    close() {
      closing.abort();
      closing = new AbortController();
      end();
    },
  };
}

/** After these the worker, or what is left of it, is of no more use. */
const ENDS: ReadonlySet<string> = new Set(['job/cancelled', 'worker/died', 'device/memory', 'internal/error']);
