import { type RefObject, useEffect, useState } from 'react';
import type { CaptureSession } from '../../client/index.ts';
import { type Steady, steady, unsteady } from './steady.ts';

/** Milliseconds between looks at least: guidance need not be faster than a person moves, and a phone stays cool. */
const EVERY_MS = 200;

/** Looks at what the video shows, one look at a time, while there is a stream; what is said becomes steady before it is shown. */
export function useLooks(
  session: CaptureSession | undefined,
  video: RefObject<HTMLVideoElement | null>,
  stream: MediaStream | undefined,
): Steady {
  const [said, setSaid] = useState<Steady>(unsteady);
  useEffect(() => {
    setSaid(unsteady);
    if (session === undefined || stream === undefined) return;
    let here = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      const began = performance.now();
      const element = video.current;
      if (element !== null && element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && element.videoWidth > 0) {
        const picture = await createImageBitmap(element).catch(() => undefined);
        const looked = picture && (await session.look(picture, began));
        if (here && looked?.ok === true) setSaid((before) => steady(before, looked.value.said, performance.now()));
      }
      if (here) timer = setTimeout(() => void look(), Math.max(0, EVERY_MS - (performance.now() - began)));
    };
    void look();
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [session, stream, video]);
  return said;
}
