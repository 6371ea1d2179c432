import type { Result } from '../base/index.ts';
import type { Job } from './types.ts';

/** One stop for both, the caller's signal and the job's own cancel(). */
export function startJob<T>(outer: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<Result<T>>): Job<T> {
  const stop = new AbortController();
  const forward = () => stop.abort();
  if (outer?.aborted === true) stop.abort();
  outer?.addEventListener('abort', forward, { once: true });
  const result = work(stop.signal).finally(() => outer?.removeEventListener('abort', forward));
  return { result, cancel: forward };
}
