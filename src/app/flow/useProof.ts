import { useCallback, useEffect, useRef, useState } from 'react';
import type { Result } from '../../base/index.ts';
import type { Job, ProofProgress, Proved } from '../../client/index.ts';
import type { CredentialRecord } from '../../vault/index.ts';
import { useServices } from '../state/services.tsx';
import { useFlow } from './context.ts';

export interface ProofRun {
  readonly progress: ProofProgress | undefined;
  readonly result: Result<Proved> | undefined;
  readonly cancel: () => void;
  readonly again: () => void;
}

/** Starts the proof when the step opens, ends the work when it closes. */
export function useProof(record: CredentialRecord): ProofRun {
  const { client } = useServices();
  const { open } = useFlow();
  const [attempt, setAttempt] = useState(0);
  const [progress, setProgress] = useState<ProofProgress>();
  const [result, setResult] = useState<Result<Proved>>();
  const job = useRef<Job<Proved>>(undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is a new run
  useEffect(() => {
    setProgress(undefined);
    setResult(undefined);
    let here = true;
    const { manifest, request } = open;
    const { credential, holder } = record;
    const mine = client.jobs.startProof({ manifest, request, credential, holder }, { onProgress: (next) => here && setProgress(next) });
    job.current = mine;
    void mine.result.then((settled) => here && setResult(settled));
    return () => {
      here = false;
      mine.cancel();
    };
  }, [client, open, record, attempt]);

  return {
    progress,
    result,
    cancel: useCallback(() => job.current?.cancel(), []),
    again: useCallback(() => setAttempt((n) => n + 1), []),
  };
}

/** Whether the page has been in the background since `active` began. */
export function useWasHidden(active: boolean): boolean {
  const [was, setWas] = useState(false);
  useEffect(() => {
    setWas(false);
    if (!active) return;
    const note = (): void => {
      if (document.visibilityState === 'hidden') setWas(true);
    };
    document.addEventListener('visibilitychange', note);
    return () => document.removeEventListener('visibilitychange', note);
  }, [active]);
  return was;
}

/** The browser asks before the page is closed while `active`. */
export function useLeaveGuard(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [active]);
}
