import type { ReactElement } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { AssuranceLevel } from '../../protocol/index.ts';
import { Notice } from '../ui/Notice.tsx';
import { Redacted } from '../ui/Redacted.tsx';
import { isDemoIssuer } from '../wallet/credentialView.ts';
import { ConsentFrame, HiddenLines } from './ConsentFrame.tsx';
import { useFlow } from './context.ts';
import { useRequestWords } from './words.ts';

/** Consent to a credit answer. */
export function ConsentStep({ onDecline }: { readonly onDecline: () => void }): ReactElement {
  const { t } = useTranslation();
  const { open, published, send } = useFlow();
  const { request, manifest } = open;
  const { partner, issuer } = request;
  const words = useRequestWords(request, published);
  const assurance: AssuranceLevel = issuer.demo || isDemoIssuer(request) ? 'demo-attested' : 'issuer-attested';
  const strong = { b: <strong /> };
  return (
    <ConsentFrame
      request={request}
      offline={open.offline}
      title={t('flow.consentTitle', { partner: partner.name })}
      stays={
        <>
          <HiddenLines names={[t('flow.hiddenScore'), t('flow.hiddenWho'), t('flow.hiddenFail')]} />
          <p>{t('flow.hiddenValues')}</p>
          <ul className="hidden-flow">
            {(published?.schema.features ?? []).map(({ name, label }) => (
              <li key={name}>
                {label}
                <Redacted hidden width={1} />
              </li>
            ))}
          </ul>
        </>
      }
      answer={
        words.required === undefined ? (
          <Trans i18nKey="flow.learnScoreRaw" values={{ threshold: words.threshold }} components={strong} />
        ) : (
          <Trans i18nKey="flow.learnScore" values={{ chance: words.required }} components={strong} />
        )
      }
      besides={[t('flow.learnWhen', { issuer: issuer.name }), t('flow.learnNumber')]}
      worth={t(`flow.assurance.${assurance}`, { issuer: issuer.name })}
      note={t('flow.acceptNote')}
      onAccept={() => send({ type: 'consent' })}
      onDecline={onDecline}
    >
      {manifest.system === 'groth16' && manifest.keys === 'development' && (
        <Notice kind="warn" title={t('demo.developmentTitle')}>
          {t('demo.developmentText')}
        </Notice>
      )}
    </ConsentFrame>
  );
}
