import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { Likeness } from '../../../client/index.ts';
import { outcomeOf } from '../../../face/index.ts';
import type { FaceRequest } from '../../../protocol/index.ts';
import { Scale } from '../../flow/Scale.tsx';
import { StepFrame } from '../../flow/StepFrame.tsx';
import { Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { useFormat } from '../../ui/useFormat.ts';
import { cosineOf } from './words.ts';

interface Props {
  readonly request: FaceRequest;
  readonly likeness: Likeness | undefined;
  readonly onProve: () => void;
  readonly onRetake: () => void;
}

const kinds = { match: 'ok', close: 'warn', different: 'info' } as const;
const words = {
  match: ['faces.previewMatch', 'faces.previewMatchText'],
  close: ['faces.previewClose', 'faces.previewCloseText'],
  different: ['faces.previewDifferent', 'faces.previewDifferentText'],
} as const;

/** What the float network says before anything is proven. Nobody else is told. */
export function FacePreview({ request, likeness, onProve, onRetake }: Props): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  if (likeness === undefined) {
    return (
      <StepFrame title={t('faces.comparing')}>
        <Progress label={t('faces.comparing')} fraction={undefined} />
      </StepFrame>
    );
  }
  const asked = cosineOf(request.policy.threshold);
  const outcome = outcomeOf(likeness.similarity, asked);
  const [title, text] = words[outcome];
  const good = outcome === 'match';
  return (
    <StepFrame
      title={t(title)}
      actions={
        <>
          <Button {...(good ? {} : { kind: 'main' as const })} icon="refresh" onClick={onRetake}>
            {t('faces.takeAnother')}
          </Button>
          <Button kind={good ? 'seal' : 'plain'} icon="send" onClick={onProve}>
            {t(good ? 'faces.proveAndSend' : 'faces.tryAnyway')}
          </Button>
        </>
      }
    >
      <Notice kind={kinds[outcome]} live title={t(title)}>
        <p>{t(text)}</p>
      </Notice>
      <div className="card">
        <h2 className="small quiet">{t('face.scale')}</h2>
        <Scale
          you={Math.min(1, Math.max(0, likeness.similarity))}
          asked={asked}
          passes={good}
          youText={format.number(likeness.similarity, 2)}
          askedText={format.number(asked, 2)}
          names={[t('face.scaleYou'), t('faces.scaleLine')]}
        />
      </div>
      <p className="quiet small">{t('faces.willSend')}</p>
    </StepFrame>
  );
}
