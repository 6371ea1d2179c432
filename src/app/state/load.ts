import { useCallback, useEffect, useRef, useState } from 'react';
import { err, type Result, type TacitError } from '../../base/index.ts';
import { report } from './toasts.ts';

export type Loaded<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: TacitError };

/** Runs a promise that should not reject; if it does, that is a bug of ours: recorded, and told as `internal/error`. */
export async function guarded<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (cause) {
    report(cause);
    return err('internal/error');
  }
}

/**
 * Loads when the screen opens and whenever `keys` change; `again` loads once more and keeps what is shown until then.
 * The answer of an older call never overwrites that of a newer one.
 */
export function useLoad<T>(load: () => Promise<Result<T>>, keys: readonly unknown[]): readonly [Loaded<T>, () => void] {
  const [state, setState] = useState<Loaded<T>>({ status: 'loading' });
  const newest = useRef(0);
  const run = useCallback(() => {
    const mine = ++newest.current;
    void guarded(load).then((result) => {
      if (newest.current !== mine) return;
      setState(result.ok ? { status: 'ready', value: result.value } : { status: 'failed', error: result.error });
    });
    // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what the load depends on
  }, keys);
  useEffect(() => {
    setState({ status: 'loading' });
    run();
    return () => {
      newest.current++;
    };
  }, [run]);
  return [state, run];
}

/** One action at a time, with its error beside it. */
export function useAction(): {
  readonly busy: boolean;
  readonly error: TacitError | undefined;
  readonly run: <T>(work: () => Promise<Result<T>>) => Promise<T | undefined>;
  readonly clear: () => void;
} {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TacitError>();
  const run = useCallback(async <T>(work: () => Promise<Result<T>>): Promise<T | undefined> => {
    setBusy(true);
    setError(undefined);
    const result = await guarded(work);
    setBusy(false);
    if (result.ok) return result.value;
    setError(result.error);
    return undefined;
  }, []);
  return { busy, error, run, clear: useCallback(() => setError(undefined), []) };
}
