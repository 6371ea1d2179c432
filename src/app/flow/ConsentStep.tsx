import type { ReactElement, ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import type { AssuranceLevel } from '../../protocol/index.ts';
import { Button } from '../ui/Button.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { addressHost } from '../ui/format.ts';
import { Icon } from '../ui/Icon.tsx';
import { KeyValues } from '../ui/KeyValues.tsx';
import { Notice } from '../ui/Notice.tsx';
import { barWidth, Redacted } from '../ui/Redacted.tsx';
import { Ticket } from '../ui/Ticket.tsx';
import { isDemoIssuer } from '../wallet/credentialView.ts';
import { cameFrom } from './arrival.ts';
import { useFlow } from './context.ts';
import { StepFrame } from './StepFrame.tsx';
import { useRequestWords } from './words.ts';

const HiddenLine = ({ name, at }: { readonly name: ReactNode; readonly at: number }): ReactElement => (
  <li>
    <span>{name}</span>
    <Redacted hidden width={barWidth(at)} />
  </li>
);

/** Who asks, why, what they learn and what not, what it is worth, how long it is kept, what else one can do. */
export function ConsentStep({ onDecline }: { readonly onDecline: () => void }): ReactElement {
  const { t } = useTranslation();
  const { open, published, send } = useFlow();
  const { request, manifest } = open;
  const { partner, issuer } = request;
  const words = useRequestWords(request, published);
  const assurance: AssuranceLevel = issuer.demo || isDemoIssuer(request) ? 'demo-attested' : 'issuer-attested';
  const strong = { b: <strong /> };
  const features = published?.schema.features ?? [];

  return (
    <StepFrame
      title={t('flow.consentTitle', { partner: partner.name })}
      actions={
        <>
          <Button onClick={onDecline}>{t('flow.decline')}</Button>
          <Button kind="main" iconAfter="next" onClick={() => send({ type: 'consent' })}>
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
          <>
            <ul className="hidden-lines">
              <HiddenLine name={t('flow.hiddenScore')} at={0} />
              <HiddenLine name={t('flow.hiddenWho')} at={1} />
              <HiddenLine name={t('flow.hiddenFail')} at={3} />
            </ul>
            <p>{t('flow.hiddenValues')}</p>
            <ul className="hidden-flow">
              {features.map(({ name, label }) => (
                <li key={name}>
                  {label}
                  <Redacted hidden width={1} />
                </li>
              ))}
            </ul>
          </>
        }
        leavesTitle={t('flow.learnTitle')}
        leaves={
          <ul className="points">
            <li>
              <Icon name="check" />
              <span className="answer">
                {words.required === undefined ? (
                  <Trans i18nKey="flow.learnScoreRaw" values={{ threshold: words.threshold }} components={strong} />
                ) : (
                  <Trans i18nKey="flow.learnScore" values={{ chance: words.required }} components={strong} />
                )}
              </span>
            </li>
            <li>
              <Icon name="check" />
              <span className="small">{t('flow.learnWhen', { issuer: issuer.name })}</span>
            </li>
            <li>
              <Icon name="check" />
              <span className="small">{t('flow.learnNumber')}</span>
            </li>
          </ul>
        }
      />

      <section className="card">
        <KeyValues
          long
          rows={[
            { key: 'worth', name: t('flow.assuranceTitle'), value: t(`flow.assurance.${assurance}`, { issuer: issuer.name }) },
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
                request.alternative === undefined ? (
                  t('flow.alternativeNone', { partner: partner.name })
                ) : (
                  <>
                    {t('flow.alternativeText')} <a href={request.alternative.url}>{request.alternative.label}</a>{' '}
                    <span className="quiet">{t('flow.alternativeLeadsTo', { host: addressHost(request.alternative.url) })}</span>
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
      {manifest.system === 'groth16' && manifest.keys === 'development' && (
        <Notice kind="warn" title={t('demo.developmentTitle')}>
          {t('demo.developmentText')}
        </Notice>
      )}
      {open.offline && <Notice icon="offline">{t('flow.offlineNote')}</Notice>}
      <p className="quiet small">{t('flow.acceptNote')}</p>
    </StepFrame>
  );
}
