import type { ReactElement } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { OpenFaceRequest } from '../../../client/index.ts';
import { ConsentFrame, HiddenLines } from '../../flow/ConsentFrame.tsx';
import { useFaceWords } from './words.ts';

interface Props {
  readonly open: OpenFaceRequest;
  readonly onAccept: () => void;
  readonly onDecline: () => void;
}

const hidden = ['picture', 'template', 'which', 'fail'] as const;

/** Consent to saying whether one is the person who enrolled. */
export function FaceConsent({ open, onAccept, onDecline }: Props): ReactElement {
  const { t } = useTranslation();
  const { request } = open;
  const words = useFaceWords(request);
  return (
    <ConsentFrame
      request={request}
      offline={open.offline}
      title={t('faces.consentTitle', { partner: request.partner.name })}
      stays={<HiddenLines names={hidden.map((name) => t(`faces.hidden.${name}`))} />}
      answer={<Trans i18nKey="faces.learnMatch" components={{ b: <strong /> }} />}
      besides={[t('faces.learnLine', { cosine: words.cosine }), t('faces.learnNumber')]}
      worth={
        <>
          {words.assurance} <span className="quiet">{t('faces.assuranceNote')}</span>
        </>
      }
      onAccept={onAccept}
      onDecline={onDecline}
    />
  );
}
