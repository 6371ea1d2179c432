import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { type TransparentProgress, transparentStages } from '../../client/index.ts';
import { Icon } from '../ui/Icon.tsx';
import { Progress } from '../ui/Progress.tsx';
import { useFormat } from '../ui/useFormat.ts';

/** A running proof: how far, how long yet, and which stage. */
export function Working({ progress }: { readonly progress: TransparentProgress | undefined }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const stage = progress?.stage ?? 'read';
  const now = transparentStages.indexOf(stage);
  const left = progress?.msLeft === undefined ? undefined : t('flow.proofLeft', { time: format.duration(progress.msLeft) });
  return (
    <>
      <Progress label={t('lab.working')} fraction={progress?.fraction} detail={left} />
      <ol className="stages">
        {transparentStages.map((name, at) => (
          <li key={name} className={at < now ? 'is-done' : at === now ? 'is-now' : ''}>
            <Icon name={at < now ? 'check' : 'next'} />
            {t(`lab.stages.${name}`)}
          </li>
        ))}
      </ol>
      <p className="hidden-visually" role="status">
        {t(`lab.stages.${stage}`)}
      </p>
    </>
  );
}
