import { type ReactElement, useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TacitError } from '../../base/index.ts';
import type { CaptureSession, DownloadProgress, Shot } from '../../client/index.ts';
import { guarded } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { Progress } from '../ui/Progress.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { CameraView } from './CameraView.tsx';
import { FileView } from './FileView.tsx';
import { Intro } from './Intro.tsx';
import { next, type Stage, start } from './machine.ts';
import { ResultView } from './ResultView.tsx';

/** Two pictures and what the network makes of them. The session, its worker and every pixel end when the screen is left. */
export function FaceScreen(): ReactElement {
  const { client } = useServices();
  const [stage, send] = useReducer(next, start);
  const [loaded, setLoaded] = useState<DownloadProgress>();
  const session = useRef<CaptureSession>(undefined);

  const end = useCallback(() => {
    session.current?.close();
    session.current = undefined;
  }, []);
  useEffect(() => end, [end]);

  /** What is heard of a session that was ended meanwhile is no news. */
  const opening = stage.step === 'opening';
  useEffect(() => {
    if (!opening) return;
    const mine = client.capture();
    end();
    session.current = mine;
    setLoaded(undefined);
    void guarded(() => mine.open({ onProgress: (now) => session.current === mine && setLoaded(now) })).then((opened) => {
      if (session.current !== mine) return;
      send(opened.ok ? { type: 'opened' } : { type: 'refused', error: opened.error });
    });
  }, [client, end, opening]);

  const [first, second] = stage.step === 'comparing' ? [stage.first.id, stage.second.id] : [];
  useEffect(() => {
    const mine = session.current;
    if (mine === undefined || first === undefined || second === undefined) return;
    void guarded(() => mine.compare(first, second)).then((compared) => {
      if (session.current !== mine) return;
      send(compared.ok ? { type: 'compared', likeness: compared.value } : { type: 'refused', error: compared.error });
    });
  }, [first, second]);

  const leave = (error?: TacitError): void => {
    end();
    send({ type: 'leave', ...(error && { error }) });
  };
  if (stage.step === 'intro') return <Intro error={stage.error} onBegin={(source) => send({ type: 'begin', source })} />;
  if (stage.step === 'opening') return <Opening loaded={loaded} onCancel={() => leave()} />;
  if (session.current === undefined) return <Intro error={undefined} onBegin={(source) => send({ type: 'begin', source })} />;
  if (stage.step === 'taking' || stage.step === 'advice') {
    return <Taking stage={stage} session={session.current} send={send} leave={leave} />;
  }
  return <Compared stage={stage} send={send} />;
}

function Opening({ loaded, onCancel }: { readonly loaded: DownloadProgress | undefined; readonly onCancel: () => void }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const loading = loaded !== undefined && loaded.bytes < loaded.total;
  const label = loading ? t('face.opening') : t('face.openingRun');
  return (
    <Page title={t('face.openingTitle')}>
      <Progress
        label={label}
        fraction={loading ? loaded.bytes / loaded.total : undefined}
        detail={loading ? t('face.loaded', { bytes: format.bytes(loaded.bytes), total: format.bytes(loaded.total) }) : undefined}
      />
      <p className="hidden-visually" role="status">
        {label}
      </p>
      <div className="row">
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
      </div>
    </Page>
  );
}

type Send = (event: Parameters<typeof next>[1]) => void;

interface TakingProps {
  readonly stage: Extract<Stage, { readonly step: 'taking' | 'advice' }>;
  readonly session: CaptureSession;
  readonly send: Send;
  readonly leave: (error?: TacitError) => void;
}

/** These end the worker, and with it the pictures: one starts again. */
const FATAL: ReadonlySet<string> = new Set(['worker/died', 'device/memory', 'internal/error', 'job/cancelled']);

function Taking({ stage, session, send, leave }: TakingProps): ReactElement {
  const { t } = useTranslation();
  const { source, first } = stage;
  const paused = stage.step === 'advice';
  const taken = (shot: { readonly ok: true; readonly value: Shot } | { readonly ok: false; readonly error: TacitError }): void => {
    if (shot.ok) send({ type: 'taken', shot: shot.value });
    else if (FATAL.has(shot.error.code)) leave(shot.error);
    else send({ type: 'refused', error: shot.error });
  };
  const retake = (shot: Shot): void => {
    void session.forget(shot.id);
    send({ type: 'retake' });
  };
  return (
    <Page
      title={t(first === undefined ? 'face.firstTitle' : 'face.secondTitle')}
      lead={t(first === undefined ? 'face.firstLead' : 'face.secondLead')}
    >
      {source === 'camera' ? (
        <CameraView session={session} paused={paused} onShot={taken} onFile={() => send({ type: 'source', source: 'file' })} />
      ) : (
        !paused && <FileView session={session} onShot={taken} onCamera={() => send({ type: 'source', source: 'camera' })} />
      )}
      {stage.step === 'advice' && (
        <Notice
          kind="warn"
          live
          title={t('face.adviceTitle')}
          actions={
            <>
              <Button kind="main" icon="refresh" onClick={() => retake(stage.shot)}>
                {t('face.retake')}
              </Button>
              <Button onClick={() => send({ type: 'use' })}>{t('face.use')}</Button>
            </>
          }
        >
          <p>{t(`face.guidance.${stage.shot.said}`)}</p>
          <p>{t('face.adviceText')}</p>
        </Notice>
      )}
      {stage.step === 'taking' && stage.error !== undefined && (
        <ErrorNotice error={stage.error} kind="warn" title={t('face.refusedTitle')} />
      )}
      <div className="row">
        <Button kind="quiet" onClick={() => leave()}>
          {t('common.cancel')}
        </Button>
      </div>
    </Page>
  );
}

function Compared({
  stage,
  send,
}: {
  readonly stage: Extract<Stage, { readonly step: 'comparing' | 'result' | 'failed' }>;
  readonly send: Send;
}): ReactElement {
  const { t } = useTranslation();
  if (stage.step === 'comparing') {
    return (
      <Page title={t('face.comparingTitle')}>
        <Progress label={t('face.comparing')} fraction={undefined} />
      </Page>
    );
  }
  if (stage.step === 'failed') {
    return (
      <Page title={t('face.failedTitle')}>
        <ErrorNotice
          error={stage.error}
          actions={
            <Button
              kind="main"
              icon="refresh"
              onClick={() => send(FATAL.has(stage.error.code) ? { type: 'leave' } : { type: 'compare-again' })}
            >
              {t('common.retry')}
            </Button>
          }
        />
      </Page>
    );
  }
  return (
    <Page title={t('face.resultTitle')}>
      <ResultView likeness={stage.likeness} />
      <div className="row">
        <Button kind="main" icon="refresh" onClick={() => send({ type: 'begin', source: 'camera' })}>
          {t('face.again')}
        </Button>
        <ButtonLink href="/">{t('face.done')}</ButtonLink>
      </div>
    </Page>
  );
}
