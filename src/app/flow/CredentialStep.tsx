import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CredentialMatch } from '../../client/index.ts';
import type { CredentialRecord } from '../../vault/index.ts';
import { recordConsent } from '../history/records.ts';
import { useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { report } from '../state/toasts.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { useErrorSentence } from '../ui/useFormat.ts';
import { CredentialFace } from '../wallet/CredentialCard.tsx';
import { ImportForm } from '../wallet/ImportForm.tsx';
import { ObtainDemo } from '../wallet/ObtainDemo.tsx';
import { useFlow } from './context.ts';
import { Remedies } from './Remedies.tsx';
import { StepFrame } from './StepFrame.tsx';
import { isUsable, usableCredentials } from './usable.ts';

/** One usable credential is taken as it is; of several the person chooses; without any, this is where to get one. */
export function CredentialStep({ asked }: { readonly asked: boolean }): ReactElement | null {
  const { t } = useTranslation();
  const { client, vault } = useServices();
  const { open, send } = useFlow();
  const { issuer } = open.request;
  const [matches, again] = useLoad(() => client.wallet.matches(open), [client, open]);
  const [chosen, setChosen] = useState<string>();
  const [getting, setGetting] = useState(false);
  const sentence = useErrorSentence();

  // The wallet is open here for the first time: what was agreed to can be written down.
  useEffect(() => {
    recordConsent(vault, open.request, 'given').catch(report);
  }, [vault, open]);

  const list = matches.status === 'ready' ? matches.value : [];
  const fitting = usableCredentials(list, open.request);
  const usable = fitting.ok ? fitting.value : [];
  const only = usable.length === 1 && !asked ? usable[0] : undefined;
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

  if (!fitting.ok || getting) {
    const choose = (record: CredentialRecord): void => send({ type: 'choose', record });
    return (
      <StepFrame
        title={fitting.ok ? t('flow.credentialAnother') : t('flow.credentialNone', { issuer: issuer.name })}
        lead={
          fitting.ok ? undefined : (
            <>
              <span data-code={fitting.error.code}>{sentence(fitting.error)}</span>{' '}
              {issuer.demo ? t('flow.credentialNoneLead') : t('flow.credentialNoneOther')}
            </>
          )
        }
      >
        {issuer.demo ? <ObtainDemo onObtained={choose} /> : <ImportForm onImported={again} />}
        <Useless matches={list} />
      </StepFrame>
    );
  }

  const selected = usable.find(({ id }) => id === chosen) ?? usable[0];
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
          <Button kind="main" iconAfter="next" onClick={() => selected && send({ type: 'choose', record: selected })}>
            {t('flow.credentialUse')}
          </Button>
        </>
      }
    >
      <fieldset className="choices">
        <legend className="hidden-visually">{t('flow.credentialTitle')}</legend>
        {usable.map((record) => (
          <label key={record.id} className="choice">
            <input type="radio" name="credential" checked={record.id === selected?.id} onChange={() => setChosen(record.id)} />
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
