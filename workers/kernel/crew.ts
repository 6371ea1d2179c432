import { InvariantError, invariant } from '../../src/base/index.ts';
import { type KernelName, SHARED } from './exports.ts';

/** What a helper thread is told, once (serve.mjs). */
export interface HelperJob {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  readonly names: readonly string[];
  readonly thread: number;
}

/** Starts a thread that serves one job; `end` stops it at once. */
export type StartHelper = (job: HelperJob) => { end(): void } | Promise<{ end(): void }>;

/** Words of a control block: job number, job done, ready, kernel, twelve arguments. */
const [JOB, DONE, READY, KERNEL, ARGS] = [0, 1, 2, 3, 4];
const WORDS = 24;
/** Looks at a counter before giving the processor away. */
const LOOKS = 4000;
/** How long a helper may take to start, and to do its part, in milliseconds. */
const START = 5000;
const WORK = 60_000;

interface Helper {
  readonly words: Int32Array;
  readonly thread: { end(): void };
}

/** Helper threads over one shared memory. Each does a part of a kernel's range while the owner does another. */
export class Crew {
  private readonly helpers: readonly Helper[];
  private constructor(helpers: readonly Helper[]) {
    this.helpers = helpers;
  }

  get size(): number {
    return this.helpers.length;
  }

  /** Starts `count` helpers; fewer (or undefined, when none) where a thread cannot be had. */
  static async start(module: WebAssembly.Module, memory: WebAssembly.Memory, count: number, start: StartHelper): Promise<Crew | undefined> {
    const made = await Promise.all(
      Array.from({ length: count }, async (_, i): Promise<Helper | undefined> => {
        const control = new SharedArrayBuffer(4 * WORDS);
        const words = new Int32Array(control);
        try {
          const thread = await start({ module, memory, control, names: SHARED, thread: i + 1 });
          for (let waited = 0; waited < START; waited += 2) {
            if (Atomics.load(words, READY) === 1) return { words, thread };
            await new Promise((resolve) => setTimeout(resolve, 2));
          }
          thread.end();
        } catch {
          // No threads here: the owner does the work alone.
        }
        return undefined;
      }),
    );
    const helpers = made.filter((helper) => helper !== undefined);
    return helpers.length === 0 ? undefined : new Crew(helpers);
  }

  /** Hands a part to helper i; its arguments are words. */
  start(i: number, name: KernelName, args: readonly number[]): void {
    const words = this.helper(i).words;
    invariant(args.length <= WORDS - ARGS, 'crew: too many arguments');
    words[KERNEL] = SHARED.indexOf(name);
    words.set(args, ARGS);
    Atomics.add(words, JOB, 1);
    Atomics.notify(words, JOB);
  }

  /** Until the first `count` helpers have done their parts. */
  wait(count: number): void {
    for (let i = 0; i < count; i++) {
      const { words } = this.helper(i);
      const job = Atomics.load(words, JOB);
      for (let look = 0; look < LOOKS && Atomics.load(words, DONE) !== job; look++);
      while (Atomics.load(words, DONE) !== job) sleep(words, DONE, Atomics.load(words, DONE), job);
    }
  }

  close(): void {
    for (const { words, thread } of this.helpers) {
      words[KERNEL] = -1;
      Atomics.add(words, JOB, 1);
      Atomics.notify(words, JOB);
      thread.end();
    }
  }

  private helper(i: number): Helper {
    const helper = this.helpers[i];
    invariant(helper !== undefined, 'crew: no such helper');
    return helper;
  }
}

function sleep(words: Int32Array, index: number, seen: number, wanted: number): void {
  if (seen === wanted) return;
  let outcome: string;
  try {
    outcome = Atomics.wait(words, index, seen, WORK);
  } catch {
    // A page's own thread must not wait; it looks again.
    return;
  }
  if (outcome === 'timed-out') throw new InvariantError('crew: a helper thread does not answer');
}
