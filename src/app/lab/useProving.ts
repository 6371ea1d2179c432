import { useCallback, useEffect, useRef, useState } from 'react';
import type { Result } from '../../base/index.ts';
import type { Job, ModelMade, ModelTask, TransparentProgress, TransparentProved } from '../../client/index.ts';
import { useServices } from '../state/services.tsx';

type Made = TransparentProved<ModelMade>;

export interface Proving {
  readonly running: boolean;
  readonly progress: TransparentProgress | undefined;
  readonly result: Result<Made> | undefined;
  readonly start: (task: ModelTask) => void;
  readonly cancel: () => void;
  /** Forgets the result, with the opening in it. */
  readonly forget: () => void;
}

/** One proof at a time; what runs when the screen closes is ended. */
export function useProving(): Proving {
  const { client } = useServices();
  const [progress, setProgress] = useState<TransparentProgress>();
  const [result, setResult] = useState<Result<Made>>();
  const [running, setRunning] = useState(false);
  const job = useRef<Job<Made>>(undefined);
  const start = useCallback(
    (task: ModelTask) => {
      job.current?.cancel();
      setProgress(undefined);
      setResult(undefined);
      setRunning(true);
      const mine = client.transparent.prove('model', task, { onProgress: (next) => job.current === mine && setProgress(next) });
      job.current = mine;
      void mine.result.then((settled) => {
        if (job.current !== mine) return;
        job.current = undefined;
        setRunning(false);
        setResult(settled);
      });
    },
    [client],
  );
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
