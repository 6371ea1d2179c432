import { useEffect, useState } from 'react';
import type { CaptureSession } from '../../client/index.ts';
import { useServices } from '../state/services.tsx';

/** One stay at the camera while `on`; its worker, and every pixel in it, ends with the screen. A new `round` is a new stay. */
export function useCaptureSession(on: boolean, round = 0): CaptureSession | undefined {
  const { client } = useServices();
  const [session, setSession] = useState<CaptureSession>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is a new session
  useEffect(() => {
    if (!on) return;
    const mine = client.capture();
    setSession(mine);
    return () => {
      setSession(undefined);
      mine.close();
    };
  }, [client, on, round]);
  return session;
}
