import { useCallback, useEffect, useRef, useState } from 'react';
import { err, type TacitError } from '../../base/index.ts';
import { type CameraChoice, type OpenCamera, openCamera, stopCamera } from './camera.ts';

export interface Camera {
  readonly stream: MediaStream | undefined;
  readonly id: string | undefined;
  readonly choices: readonly CameraChoice[];
  readonly error: TacitError | undefined;
  choose(id: string): void;
  again(): void;
}

const lost = err('camera/lost');

/**
 * The camera while `on`: stopped when not, when the page is hidden, and when the screen is left; asked for again when the page
 * is back.
 */
export function useCamera(on: boolean): Camera {
  const [open, setOpen] = useState<OpenCamera>();
  const [error, setError] = useState<TacitError>();
  const [wanted, setWanted] = useState<string>();
  const [attempt, setAttempt] = useState(0);
  const [visible, setVisible] = useState(() => document.visibilityState === 'visible');
  const current = useRef<MediaStream>(undefined);

  useEffect(() => {
    const look = (): void => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt asks again
  useEffect(() => {
    if (!on || !visible) return;
    let here = true;
    setError(undefined);
    const ended = (): void => {
      if (!here) return;
      setOpen(undefined);
      if (!lost.ok) setError(lost.error);
    };
    void openCamera(navigator.mediaDevices, wanted).then((opened) => {
      if (!opened.ok) return here ? setError(opened.error) : undefined;
      if (!here) return stopCamera(opened.value.stream);
      current.current = opened.value.stream;
      for (const track of opened.value.stream.getVideoTracks()) track.addEventListener('ended', ended);
      setOpen(opened.value);
    });
    return () => {
      here = false;
      stopCamera(current.current);
      current.current = undefined;
      setOpen(undefined);
    };
  }, [on, visible, wanted, attempt]);

  return {
    stream: open?.stream,
    id: open?.id,
    choices: open?.choices ?? [],
    error,
    choose: setWanted,
    again: useCallback(() => setAttempt((n) => n + 1), []),
  };
}
