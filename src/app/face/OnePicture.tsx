import { type ReactElement, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Result, TacitError } from '../../base/index.ts';
import type { CaptureSession, DownloadProgress, Shot } from '../../client/index.ts';
import { guarded } from '../state/load.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Notice } from '../ui/Notice.tsx';
import { CameraView } from './CameraView.tsx';
import { FileView } from './FileView.tsx';
import type { Source } from './machine.ts';
import { OpeningProgress } from './OpeningProgress.tsx';

interface Props {
  readonly session: CaptureSession;
  readonly source?: Source;
  readonly onTaken: (shot: Shot) => void;
  /** The session is of no more use: its worker ended, or what finds faces did not come. */
  readonly onEnded: (error: TacitError) => void;
}

/** These end the worker, and with it the picture. */
const FATAL: ReadonlySet<string> = new Set(['worker/died', 'device/memory', 'internal/error', 'job/cancelled']);

/** One good picture: by the camera or out of a file; what could be better about it is said, and the person decides. */
export function OnePicture({ session, source: first = 'camera', onTaken, onEnded }: Props): ReactElement {
  const { t } = useTranslation();
  const [loaded, setLoaded] = useState<DownloadProgress>();
  const [ready, setReady] = useState(false);
  const [source, setSource] = useState<Source>(first);
  const [doubtful, setDoubtful] = useState<Shot>();
  const [error, setError] = useState<TacitError>();

  useEffect(() => {
    let here = true;
    setReady(false);
    void guarded(() => session.open({ onProgress: (now) => here && setLoaded(now) })).then((opened) => {
      if (!here) return;
      if (opened.ok) setReady(true);
      else onEnded(opened.error);
    });
    return () => {
      here = false;
    };
  }, [session, onEnded]);

  const took = (shot: Result<Shot>): void => {
    setError(undefined);
    if (shot.ok && shot.value.said === 'good') onTaken(shot.value);
    else if (shot.ok) setDoubtful(shot.value);
    else if (FATAL.has(shot.error.code)) onEnded(shot.error);
    else setError(shot.error);
  };
  if (!ready) return <OpeningProgress loaded={loaded} />;
  return (
    <>
      {source === 'camera' ? (
        <CameraView session={session} paused={doubtful !== undefined} onShot={took} onFile={() => setSource('file')} />
      ) : (
        doubtful === undefined && <FileView session={session} onShot={took} onCamera={() => setSource('camera')} />
      )}
      {doubtful !== undefined && (
        <Notice
          kind="warn"
          live
          title={t('face.adviceTitle')}
          actions={
            <>
              <Button
                kind="main"
                icon="refresh"
                onClick={() => {
                  void session.forget(doubtful.id);
                  setDoubtful(undefined);
                }}
              >
                {t('face.retake')}
              </Button>
              <Button onClick={() => onTaken(doubtful)}>{t('face.use')}</Button>
            </>
          }
        >
          <p>{t(`face.guidance.${doubtful.said}`)}</p>
          <p>{t('face.adviceText')}</p>
        </Notice>
      )}
      {error !== undefined && <ErrorNotice error={error} kind="warn" title={t('face.refusedTitle')} />}
    </>
  );
}
