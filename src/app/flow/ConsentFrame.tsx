import type { ReactElement, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AnyRequest } from '../../protocol/index.ts';
import { Button } from '../ui/Button.tsx';
import { CodeBlock } from '../ui/CodeBlock.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { addressHost } from '../ui/format.ts';
import { Icon } from '../ui/Icon.tsx';
import { KeyValues } from '../ui/KeyValues.tsx';
import { Notice } from '../ui/Notice.tsx';
import { barWidth, Redacted } from '../ui/Redacted.tsx';
import { Ticket } from '../ui/Ticket.tsx';
import { cameFrom } from './arrival.ts';
import { StepFrame } from './StepFrame.tsx';

interface Props {
  readonly request: AnyRequest;
  readonly offline: boolean;
  readonly title: string;
  /** What the partner does not learn, then what they learn: the answer, and what comes with it. */
  readonly stays: ReactNode;
  readonly answer: ReactNode;
  readonly besides: readonly string[];
  /** What the answer is worth. */
  readonly worth: ReactNode;
  /** What else has to be known before one agrees. */
  readonly children?: ReactNode;
  /** What agreeing does, said last. */
  readonly note?: string;
  readonly onAccept: () => void;
  readonly onDecline: () => void;
}

/** Names of what stays on the device, each with its value blacked out. */
export function HiddenLines({ names }: { readonly names: readonly string[] }): ReactElement {
  return (
    <ul className="hidden-lines">
      {names.map((name, at) => (
        <li key={name}>
          <span>{name}</span>
          <Redacted hidden width={barWidth(at)} />
        </li>
      ))}
    </ul>
  );
}

/** Who asks, why, what they learn and what not, what it is worth, how long it is kept, what else one can do. */
export function ConsentFrame({
  request,
  offline,
  title,
  stays,
  answer,
  besides,
  worth,
  children,
  note,
  onAccept,
  onDecline,
}: Props): ReactElement {
  const { t } = useTranslation();
  const { partner, alternative, retentionDays } = request;
  return (
    <StepFrame
      title={title}
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
        stays={stays}
        leavesTitle={t('flow.learnTitle')}
        leaves={
          <ul className="points">
            <li>
              <Icon name="check" />
              <span className="answer">{answer}</span>
            </li>
            {besides.map((text) => (
              <li key={text}>
                <Icon name="check" />
                <span className="small">{text}</span>
              </li>
            ))}
          </ul>
        }
      />
      <section className="card">
        <KeyValues
          long
          rows={[
            { key: 'worth', name: t('flow.assuranceTitle'), value: worth },
            {
              key: 'keep',
              name: t('flow.retentionTitle'),
              value: (
                <>
                  {retentionDays === 0 ? t('flow.retentionNone') : t('flow.retention', { count: retentionDays })}{' '}
                  <span className="quiet">({t('flow.retentionNote', { partner: partner.name })})</span>
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
          <CodeBlock text={JSON.stringify(request, null, 2)} />
        </Disclosure>
      </section>
      {!cameFrom(request.origin) && <Notice kind="warn">{t('flow.arrivedNote', { origin: request.origin })}</Notice>}
      {children}
      {offline && <Notice icon="offline">{t('flow.offlineNote')}</Notice>}
      {note !== undefined && <p className="quiet small">{note}</p>}
    </StepFrame>
  );
}
