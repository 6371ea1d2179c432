import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { err, type Result } from '../../base/index.ts';
import type { CaptureSession, Shot } from '../../client/index.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Icon } from '../ui/Icon.tsx';
import { useCamera } from './useCamera.ts';
import { useLooks } from './useLooks.ts';

interface Props {
  readonly session: CaptureSession;
  /** Stands still while the person decides about the picture just taken. */
  readonly paused: boolean;
  readonly onShot: (shot: Result<Shot>) => void;
  readonly onFile: () => void;
}

/** The camera's picture, one sentence of guidance, and the shutter, which is there whatever the guidance says. */
export function CameraView({ session, paused, onShot, onFile }: Props): ReactElement {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const [busy, setBusy] = useState(false);
  // Kept while paused: asked for again, some browsers would ask the person again.
  const camera = useCamera(true);
  const { stream } = camera;
  const { shown, spoken } = useLooks(session, video, paused ? undefined : stream);

  useEffect(() => {
    const element = video.current;
    if (element === null || stream === undefined) return;
    element.srcObject = stream;
    return () => {
      element.srcObject = null;
    };
  }, [stream]);

  useEffect(() => {
    const element = video.current;
    if (element === null || stream === undefined) return;
    if (paused) element.pause();
    else element.play().catch(() => undefined);
  }, [paused, stream]);

  const take = async (): Promise<void> => {
    const element = video.current;
    if (element === null || element.videoWidth === 0) return;
    setBusy(true);
    const picture = await createImageBitmap(element).catch(() => undefined);
    const shot = picture === undefined ? err<Shot>('camera/lost') : await session.shoot(picture);
    setBusy(false);
    onShot(shot);
  };

  if (camera.error !== undefined) {
    return (
      <ErrorNotice
        error={camera.error}
        title={t('face.cameraStopped')}
        actions={
          <>
            <Button icon="refresh" onClick={camera.again}>
              {t('common.retry')}
            </Button>
            <Button icon="file" onClick={onFile}>
              {t('face.chooseFile')}
            </Button>
          </>
        }
      />
    );
  }
  const good = shown === 'good';
  return (
    <div className="camera">
      <div className={`camera-frame ${good ? 'is-good' : ''}`}>
        <video ref={video} className="camera-picture" muted playsInline autoPlay aria-label={t('face.picture')} />
        <svg className="camera-guide" viewBox="0 0 100 100" preserveAspectRatio="xMidYMid meet" aria-hidden="true">
          <ellipse cx="50" cy="49" rx="25" ry="34" />
        </svg>
      </div>
      {!paused && (
        <>
          <p className={`camera-said ${good ? 'is-good' : ''}`}>
            <Icon name={good ? 'check' : 'info'} />
            <span>
              {stream === undefined ? t('face.cameraOpening') : shown === undefined ? t('face.looking') : t(`face.guidance.${shown}`)}
            </span>
          </p>
          <p className="hidden-visually" role="status">
            {spoken === undefined ? '' : t(`face.guidance.${spoken}`)}
          </p>
          <div className="camera-controls">
            <Button kind="main" wide busy={busy || stream === undefined} onClick={() => void take()}>
              {t('face.take')}
            </Button>
            {camera.choices.length > 1 && (
              <select
                className="input select"
                aria-label={t('face.whichCamera')}
                value={camera.id ?? ''}
                onChange={(event) => camera.choose(event.target.value)}
              >
                {camera.choices.map(({ id, label }, at) => (
                  <option key={id} value={id}>
                    {label === '' ? t('face.cameraNumber', { number: String(at + 1) }) : label}
                  </option>
                ))}
              </select>
            )}
            <Button kind="quiet" icon="file" onClick={onFile}>
              {t('face.chooseFile')}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
