import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Likeness } from '../../client/index.ts';
import { outcomeOf, PREVIEW_THRESHOLD } from '../../face/index.ts';
import { Scale } from '../flow/Scale.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useFormat } from '../ui/useFormat.ts';

const kinds = { match: 'ok', close: 'warn', different: 'info' } as const;

/** What the float network makes of two pictures. Nobody else is told. */
export function ResultView({ likeness }: { readonly likeness: Likeness }): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const outcome = outcomeOf(likeness.similarity);
  const shown = (value: number): string => format.number(value, 2);
  return (
    <>
      <Notice kind={kinds[outcome]} live title={t(`face.outcome.${outcome}`)}>
        <p>{t(`face.outcomeText.${outcome}`)}</p>
      </Notice>
      <div className="card">
        <h2 className="small quiet">{t('face.scale')}</h2>
        <Scale
          you={Math.min(1, Math.max(0, likeness.similarity))}
          asked={PREVIEW_THRESHOLD}
          passes={outcome === 'match'}
          youText={shown(likeness.similarity)}
          askedText={shown(PREVIEW_THRESHOLD)}
          names={[t('face.scaleYou'), t('face.scaleLine')]}
        />
        <p className="quiet small">{t('face.scaleText')}</p>
      </div>
      <p className="quiet small">{t('face.local', { time: format.duration(likeness.ms, true) })}</p>
    </>
  );
}
