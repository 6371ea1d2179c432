import type { ReactElement } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { OpenFaceRequest } from '../../../client/index.ts';
import { cameFrom } from '../../flow/arrival.ts';
import { StepFrame } from '../../flow/StepFrame.tsx';
import { Button } from '../../ui/Button.tsx';
import { Disclosure } from '../../ui/Disclosure.tsx';
import { addressHost } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { KeyValues } from '../../ui/KeyValues.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { barWidth, Redacted } from '../../ui/Redacted.tsx';
import { Ticket } from '../../ui/Ticket.tsx';
import { useFaceWords } from './words.ts';

interface Props {
  readonly open: OpenFaceRequest;
  readonly onAccept: () => void;
  readonly onDecline: () => void;
}

const hidden = ['picture', 'template', 'which', 'fail'] as const;

/** Who asks whether one is the person who enrolled; what they learn and what not; what it is worth; what else one can do. */
export function FaceConsent({ open, onAccept, onDecline }: Props): ReactElement {
  const { t } = useTranslation();
  const { request } = open;
  const { partner, alternative } = request;
  const words = useFaceWords(request);
  return (
    <StepFrame
      title={t('faces.consentTitle', { partner: partner.name })}
      actions={
        <>
          <Button onClick={onDecline}>{t('flow.decline')}</Button>
          <Button kind="main" iconAfter="next" onClick={onAccept}>
            {t('flow.accept')}
          </Button>
        </>
      }
    >
      <blockquote className="purpose">
        <p dir="auto">{request.purpose}</p>
        <footer>
          {partner.name} <span className="mono">{request.origin}</span>
        </footer>
      </blockquote>
      <Ticket
        staysTitle={t('flow.hiddenTitle')}
        stays={
          <ul className="hidden-lines">
            {hidden.map((name, at) => (
              <li key={name}>
                <span>{t(`faces.hidden.${name}`)}</span>
                <Redacted hidden width={barWidth(at)} />
              </li>
            ))}
          </ul>
        }
        leavesTitle={t('flow.learnTitle')}
        leaves={
          <ul className="points">
            <li>
              <Icon name="check" />
              <span className="answer">
                <Trans i18nKey="faces.learnMatch" components={{ b: <strong /> }} />
              </span>
            </li>
            <li>
              <Icon name="check" />
              <span className="small">{t('faces.learnLine', { cosine: words.cosine })}</span>
            </li>
            <li>
              <Icon name="check" />
              <span className="small">{t('faces.learnNumber')}</span>
            </li>
          </ul>
        }
      />
      <section className="card">
        <KeyValues
          long
          rows={[
            {
              key: 'worth',
              name: t('flow.assuranceTitle'),
              value: (
                <>
                  {words.assurance} <span className="quiet">{t('faces.assuranceNote')}</span>
                </>
              ),
            },
            {
              key: 'keep',
              name: t('flow.retentionTitle'),
              value: (
                <>
                  {words.retention} <span className="quiet">({t('flow.retentionNote', { partner: partner.name })})</span>
                </>
              ),
            },
            {
              key: 'else',
              name: t('flow.alternativeTitle'),
              value:
                alternative === undefined ? (
                  t('flow.alternativeNone', { partner: partner.name })
                ) : (
                  <>
                    {t('flow.alternativeText')} <a href={alternative.url}>{alternative.label}</a>{' '}
                    <span className="quiet">{t('flow.alternativeLeadsTo', { host: addressHost(alternative.url) })}</span>
                  </>
                ),
            },
            {
              key: 'scope',
              name: t('flow.scopeTitle'),
              value: t('flow.scopeText', { scope: request.scope, partner: partner.name, id: partner.id }),
            },
          ]}
        />
        <Disclosure summary={t('flow.moreTitle')}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard */}
          <pre className="code-block" tabIndex={0}>
            {JSON.stringify(request, null, 2)}
          </pre>
        </Disclosure>
      </section>
      {!cameFrom(request.origin) && <Notice kind="warn">{t('flow.arrivedNote', { origin: request.origin })}</Notice>}
      {open.offline && <Notice icon="offline">{t('flow.offlineNote')}</Notice>}
    </StepFrame>
  );
}
