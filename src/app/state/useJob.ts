import { useCallback, useEffect, useRef, useState } from 'react';
import type { Result } from '../../base/index.ts';
import type { Job, TransparentProgress } from '../../client/index.ts';

export interface RunningJob<T> {
  readonly running: boolean;
  readonly progress: TransparentProgress | undefined;
  readonly result: Result<T> | undefined;
  readonly start: (begin: (onProgress: (progress: TransparentProgress) => void) => Job<T>) => void;
  readonly cancel: () => void;
  /** Forgets the result, with whatever is private in it. */
  readonly forget: () => void;
}

/** One job at a time; what runs when the screen closes is ended. */
export function useJob<T>(): RunningJob<T> {
  const [progress, setProgress] = useState<TransparentProgress>();
  const [result, setResult] = useState<Result<T>>();
  const [running, setRunning] = useState(false);
  const job = useRef<Job<T>>(undefined);
  const start = useCallback((begin: (onProgress: (progress: TransparentProgress) => void) => Job<T>) => {
    job.current?.cancel();
    setProgress(undefined);
    setResult(undefined);
    setRunning(true);
    const mine = begin((next) => job.current === mine && setProgress(next));
    job.current = mine;
    void mine.result.then((settled) => {
      if (job.current !== mine) return;
      job.current = undefined;
      setRunning(false);
      setResult(settled);
    });
  }, []);
  useEffect(
    () => () => {
      const last = job.current;
      job.current = undefined;
      last?.cancel();
    },
    [],
  );
  const cancel = useCallback(() => job.current?.cancel(), []);
  const forget = useCallback(() => setResult(undefined), []);
  return { running, progress, result, start, cancel, forget };
}
