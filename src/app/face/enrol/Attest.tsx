import { type ReactElement, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TacitError } from '../../../base/index.ts';
import type { FaceRecord } from '../../../vault/index.ts';
import { StepFrame } from '../../flow/StepFrame.tsx';
import { useAction } from '../../state/load.ts';
import { useServices } from '../../state/services.tsx';
import { Button } from '../../ui/Button.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FieldFrame } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Notice.tsx';

interface Props {
  readonly record: FaceRecord;
  readonly onDone: (record: FaceRecord, reason: TacitError | undefined) => void;
  readonly onLeave: () => void;
}

/** At the registrar's desk: it looks at a document, not Tacit, and signs for the commitment that this screen shows. */
export function Attest({ record, onDone, onLeave }: Props): ReactElement | null {
  const { t } = useTranslation();
  const { client } = useServices();
  const { busy, error, run } = useAction();
  const [word, setWord] = useState('');
  const id = useId();
  const { registrar } = record;
  if (registrar === undefined) return null;
  const send = async (text?: string): Promise<void> => {
    const sent = await run(() => client.faces.attest(record, text));
    if (sent !== undefined) onDone(sent, undefined);
  };
  const given = word.trim();
  return (
    <StepFrame
      title={t('faces.attestTitle', { registrar: registrar.name })}
      lead={t('faces.attestLead', { registrar: registrar.name })}
      actions={
        <>
          <Button onClick={onLeave}>{t('faces.attestLater')}</Button>
          {registrar.demo ? (
            <Button kind="main" icon="check" busy={busy} onClick={() => void send()}>
              {t('faces.attestDemo')}
            </Button>
          ) : (
            <Button kind="main" icon="send" busy={busy} disabled={given === ''} onClick={() => void send(given)}>
              {t('faces.attestUse')}
            </Button>
          )}
        </>
      }
    >
      {error !== undefined && <ErrorNotice error={error} kind="warn" />}
      <section className="card">
        <h2 className="small quiet">{t('faces.commitment')}</h2>
        <p className="mono">{record.face.commitment}</p>
        <p className="quiet small">{t('faces.attestCommitment')}</p>
      </section>
      {registrar.demo ? (
        <Notice kind="warn">{t('faces.attestDemoText')}</Notice>
      ) : (
        <FieldFrame id={id} label={t('faces.attestWord')} hint={t('faces.attestWordHint')}>
          <textarea
            id={id}
            className="input"
            rows={5}
            spellCheck={false}
            autoComplete="off"
            aria-describedby={`${id}-hint`}
            value={word}
            onChange={(event) => setWord(event.target.value)}
          />
        </FieldFrame>
      )}
    </StepFrame>
  );
}
