// snarkjs makes its threads from blob: URLs and waits for them without a time limit or an error listener: where a page's policy forbids
// them, or one runs out of memory, it would wait for ever. So it is asked for threads only where a trial thread answers, and each
// thread it made is listened to.
import { curves } from 'snarkjs';

const TRIAL_MS = 3000;

/** Does a thread made the way snarkjs makes them (a classic worker from a blob: URL) run here? */
async function trialThread(): Promise<boolean> {
  if (typeof Worker === 'undefined' || typeof Blob === 'undefined') return false;
  const url = URL.createObjectURL(new Blob(['postMessage(0)'], { type: 'application/javascript' }));
  let worker: Worker | undefined;
  try {
    worker = new Worker(url);
    const trial = worker;
    return await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), TRIAL_MS);
      const settle = (answer: boolean) => {
        clearTimeout(timer);
        resolve(answer);
      };
      trial.addEventListener('message', () => settle(true), { once: true });
      trial.addEventListener('error', () => settle(false), { once: true });
    });
  } catch {
    return false;
  } finally {
    worker?.terminate();
    URL.revokeObjectURL(url);
  }
}

/** Node's snarkjs uses worker_threads, which are always there. */
const inNode = (): boolean => typeof Worker === 'undefined' && Object.hasOwn(globalThis, 'process');

let answer: Promise<boolean> | undefined;

/** Asked once per page or process. */
export function threadsWork(): Promise<boolean> {
  answer ??= inNode() ? Promise.resolve(true) : trialThread();
  return answer;
}

export interface Threads {
  /** Rejects when a thread dies; never resolves. */
  readonly failed: Promise<never>;
  /** Ends the threads and so frees their memory, which holds parts of the witness. */
  end(): void;
}

/** Starts snarkjs' threads (it keeps them in one place and finds them there). */
export async function startThreads(): Promise<Threads> {
  const curve = await curves.getCurveFromName('bn128');
  const failed = new Promise<never>((_, reject) => {
    for (const worker of curve.tm.workers ?? []) {
      worker.addEventListener('error', (event) => {
        const message = 'message' in event ? String(event.message) : '';
        reject(new Error(message === '' ? 'a thread of the prover died' : message));
      });
    }
  });
  // Nobody may be waiting when a thread dies after the proof.
  failed.catch(() => {});
  return { failed, end: () => void curve.terminate().catch(() => {}) };
}
