import { type ReactElement, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Result } from '../../base/index.ts';
import type { DownloadProgress, Preview } from '../../client/index.ts';
import type { CredentialRecord } from '../../vault/index.ts';
import { chance } from '../state/model.ts';
import { useServices } from '../state/services.tsx';
import { Button, ButtonOut } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Progress } from '../ui/Progress.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { returnAddress, useFlow } from './context.ts';
import { Remedies } from './Remedies.tsx';
import { Scale } from './Scale.tsx';
import { StepFrame } from './StepFrame.tsx';
import { useRequestWords } from './words.ts';

/** The float model says at once how it will likely go. A fail stays between the device and the person. */
export function PreviewStep({ record }: { readonly record: CredentialRecord }): ReactElement {
  const { t } = useTranslation();
  const { client } = useServices();
  const { open, send } = useFlow();
  const [attempt, setAttempt] = useState(0);
  const [result, setResult] = useState<Result<Preview>>();
  const [loaded, setLoaded] = useState<DownloadProgress>();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt is a new run
  useEffect(() => {
    setResult(undefined);
    setLoaded(undefined);
    const { manifest, request } = open;
    let here = true;
    const onProgress = (next: DownloadProgress): void => {
      if (here) setLoaded(next);
    };
    const job = client.jobs.startPreview({ manifest, request, credential: record.credential, holder: record.holder }, { onProgress });
    void job.result.then((settled) => here && setResult(settled));
    return () => {
      here = false;
      job.cancel();
    };
  }, [client, open, record, attempt]);

  const title = t('flow.previewTitle');
  if (result === undefined) {
    return (
      <StepFrame title={title}>
        <PreviewProgress loaded={loaded} />
      </StepFrame>
    );
  }
  if (!result.ok) {
    return (
      <StepFrame title={title} actions={<Remedies error={result.error} onRetry={() => setAttempt((n) => n + 1)} />}>
        <ErrorNotice error={result.error} />
        <p>{t('flow.previewFailedText')}</p>
        <div className="row">
          <Button onClick={() => send({ type: 'prove' })}>{t('flow.previewSkip')}</Button>
        </div>
      </StepFrame>
    );
  }
  return <PreviewResult preview={result.value} />;
}

/** Bytes while files are loading, then the run, whose length cannot be known. The bytes are not spoken: they change too often. */
export function PreviewProgress({ loaded }: { readonly loaded: DownloadProgress | undefined }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const loading = loaded !== undefined && loaded.bytes < loaded.total;
  const label = loading ? t('flow.previewLoading') : t('flow.previewRunning');
  return (
    <>
      <Progress
        label={label}
        fraction={loading ? loaded.bytes / loaded.total : undefined}
        detail={loading ? t('flow.previewLoaded', { bytes: format.bytes(loaded.bytes), total: format.bytes(loaded.total) }) : undefined}
      />
      <p className="hidden-visually" role="status">
        {label}
      </p>
    </>
  );
}

const titles = { pass: 'flow.previewPass', close: 'flow.previewClose', fail: 'flow.previewFail' } as const;
const texts = { pass: 'flow.previewPassText', close: 'flow.previewCloseText', fail: 'flow.previewFailText' } as const;
const rawTexts = { pass: 'flow.previewPassTextRaw', close: 'flow.previewCloseTextRaw', fail: 'flow.previewFailTextRaw' } as const;

function PreviewResult({ preview }: { readonly preview: Preview }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { open, published, send } = useFlow();
  const words = useRequestWords(open.request, published);
  const { outcome } = preview;
  const you = published === undefined ? undefined : chance(published.model, preview.score);
  const text =
    you === undefined || words.required === undefined
      ? t(rawTexts[outcome])
      : t(texts[outcome], { chance: format.percent(you), required: words.required });
  const other = (
    <Button onClick={() => send({ type: 'another-credential' })} {...(outcome === 'fail' ? { kind: 'main' as const } : {})}>
      {t('flow.previewOther')}
    </Button>
  );
  return (
    <StepFrame
      title={t('flow.previewTitle')}
      actions={
        outcome === 'fail' ? (
          <>
            {other}
            <ButtonOut icon="back" href={returnAddress(open.request)}>
              {t('flow.returnTo', { partner: open.request.partner.name })}
            </ButtonOut>
          </>
        ) : (
          <>
            {other}
            <Button kind="main" iconAfter="next" onClick={() => send({ type: 'prove' })}>
              {t('flow.previewNext')}
            </Button>
          </>
        )
      }
    >
      <Notice kind={outcome === 'pass' ? 'ok' : outcome === 'close' ? 'warn' : 'info'} live title={t(titles[outcome])}>
        <p>{text}</p>
        {outcome === 'fail' && <p>{t('flow.previewNobody')}</p>}
      </Notice>
      {you !== undefined && published !== undefined && words.required !== undefined && (
        <div className="card">
          <h2 className="small quiet">{t('flow.previewScale')}</h2>
          <Scale
            you={you}
            asked={chance(published.model, open.request.policy.threshold)}
            passes={outcome === 'pass'}
            youText={format.percent(you)}
            askedText={words.required}
          />
        </div>
      )}
      <p className="quiet small">{t('flow.previewLocal', { time: format.duration(preview.runMs + preview.loadMs, true) })}</p>
    </StepFrame>
  );
}
