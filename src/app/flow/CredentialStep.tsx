import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CredentialMatch } from '../../client/index.ts';
import { recordConsent } from '../history/records.ts';
import { useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { report } from '../state/toasts.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { useErrorSentence } from '../ui/useFormat.ts';
import { CredentialFace } from '../wallet/CredentialCard.tsx';
import { ObtainDemo } from '../wallet/ObtainDemo.tsx';
import { useFlow } from './context.ts';
import { Remedies } from './Remedies.tsx';
import { StepFrame } from './StepFrame.tsx';

const isUsable = ({ problem }: CredentialMatch): boolean => problem === undefined;

/** One usable credential is taken as it is; of several the person chooses; without any, this is where to get one. */
export function CredentialStep({ asked }: { readonly asked: boolean }): ReactElement | null {
  const { t } = useTranslation();
  const { client, vault } = useServices();
  const { open, send } = useFlow();
  const { issuer } = open.request;
  const [matches, again] = useLoad(() => client.wallet.matches(open), [client, open]);
  const [chosen, setChosen] = useState<string>();
  const [getting, setGetting] = useState(false);

  // The wallet is open here for the first time: what was agreed to can be written down.
  useEffect(() => {
    recordConsent(vault, open.request, 'given').catch(report);
  }, [vault, open]);

  const list = matches.status === 'ready' ? matches.value : [];
  const usable = list.filter(isUsable);
  const only = usable.length === 1 && !asked ? usable[0]?.record : undefined;
  const taken = useRef(false);
  useEffect(() => {
    if (only === undefined || taken.current || getting) return;
    taken.current = true;
    send({ type: 'choose', record: only });
  }, [only, send, getting]);

  if (matches.status === 'failed') {
    return (
      <StepFrame title={t('flow.credentialTitle')} actions={<Remedies error={matches.error} onRetry={again} />}>
        <ErrorNotice error={matches.error} />
      </StepFrame>
    );
  }
  if (matches.status === 'loading' || only !== undefined) return <div className="step" aria-busy="true" />;

  if (usable.length === 0 || getting) {
    return (
      <StepFrame
        title={t('flow.credentialNone', { issuer: issuer.name })}
        lead={issuer.demo ? t('flow.credentialNoneLead', { issuer: issuer.name }) : t('flow.credentialNoneOther', { issuer: issuer.name })}
      >
        {issuer.demo ? (
          <ObtainDemo onObtained={(record) => send({ type: 'choose', record })} />
        ) : (
          <div className="row">
            <ButtonLink kind="main" icon="upload" href="/wallet/import">
              {t('wallet.import')}
            </ButtonLink>
          </div>
        )}
        <Useless matches={list} />
      </StepFrame>
    );
  }

  const selected = usable.find(({ record }) => record.id === chosen) ?? usable[0];
  return (
    <StepFrame
      title={t('flow.credentialTitle')}
      lead={t('flow.credentialLead')}
      actions={
        <>
          {issuer.demo && (
            <Button icon="plus" onClick={() => setGetting(true)}>
              {t('flow.credentialAnother')}
            </Button>
          )}
          <Button kind="main" iconAfter="next" onClick={() => selected && send({ type: 'choose', record: selected.record })}>
            {t('flow.credentialUse')}
          </Button>
        </>
      }
    >
      <fieldset className="choices">
        <legend className="hidden-visually">{t('flow.credentialTitle')}</legend>
        {usable.map(({ record }) => (
          <label key={record.id} className="choice">
            <input type="radio" name="credential" checked={record.id === selected?.record.id} onChange={() => setChosen(record.id)} />
            <CredentialFace record={record} />
          </label>
        ))}
      </fieldset>
      <Useless matches={list} />
    </StepFrame>
  );
}

/** What the wallet holds that does not fit, each with its reason. */
function Useless({ matches }: { readonly matches: readonly CredentialMatch[] }): ReactElement | null {
  const { t } = useTranslation();
  const sentence = useErrorSentence();
  const others = matches.filter((match) => !isUsable(match));
  if (others.length === 0) return null;
  return (
    <section className="stack stack-s">
      <h2 className="small quiet">{t('flow.credentialUseless')}</h2>
      <ul className="list">
        {others.map(({ record, problem }) => (
          <li key={record.id} className="list-link">
            <span>
              <span className="list-name">{record.label}</span>
              <br />
              <span className="list-text">{problem === undefined ? '' : sentence(problem)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
