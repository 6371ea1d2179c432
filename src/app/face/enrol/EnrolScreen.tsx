import { type ReactElement, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ok, type TacitError } from '../../../base/index.ts';
import { needsWord } from '../../../client/index.ts';
import type { FaceRecord } from '../../../vault/index.ts';
import { useAction, useLoad } from '../../state/load.ts';
import { useServices } from '../../state/services.tsx';
import { toast } from '../../state/toasts.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { shortHash } from '../../ui/format.ts';
import { KeyValues } from '../../ui/KeyValues.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Page } from '../../ui/Page.tsx';
import { useFormat } from '../../ui/useFormat.ts';
import { EnrolView } from './EnrolView.tsx';
import { Honesty } from './Honesty.tsx';

/** `/face/enrol`: the wallet's enrolled face, or the way to one. Behind the wallet's gate. */
export function EnrolScreen(): ReactElement {
  const { t } = useTranslation();
  const { client } = useServices();
  const [enrolling, setEnrolling] = useState(false);
  const [reason, setReason] = useState<TacitError>();
  const [begun, setBegun] = useState<FaceRecord>();
  const [found, again] = useLoad(() => client.faces.list(), [client]);
  useEffect(() => client.faces.subscribe(again), [client, again]);
  const done = useCallback(
    (_: FaceRecord, why: TacitError | undefined) => {
      setReason(why);
      setEnrolling(false);
      setBegun(undefined);
      again();
    },
    [again],
  );
  const leave = useCallback(() => {
    setEnrolling(false);
    setBegun(undefined);
  }, []);

  if (enrolling || begun !== undefined) return <EnrolView registrar={begun?.registrar} begun={begun} onDone={done} onLeave={leave} />;
  const records = found.status === 'ready' ? found.value : [];
  const own = records.some(({ registrar }) => registrar === undefined);
  const begin = (): void => {
    setReason(undefined);
    setEnrolling(true);
  };
  return (
    <Page title={t('faces.enrolTitle')} lead={t('faces.enrolLead')}>
      {found.status === 'failed' && <ErrorNotice error={found.error} />}
      {records.map((record) => (
        <Enrolled key={record.id} record={record} reason={reason} onChanged={again} onAttest={() => setBegun(record)} />
      ))}
      {found.status === 'ready' && (
        <div className="row">
          <Button kind={own ? 'plain' : 'main'} icon="camera" onClick={begin}>
            {t(own ? 'faces.again' : 'faces.begin')}
          </Button>
        </div>
      )}
      {own && <p className="quiet small">{t('faces.againText')}</p>}
      <Honesty />
    </Page>
  );
}

interface EnrolledProps {
  readonly record: FaceRecord;
  readonly reason: TacitError | undefined;
  readonly onChanged: () => void;
  readonly onAttest: () => void;
}

function Enrolled({ record, reason, onChanged, onAttest }: EnrolledProps): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useServices();
  const { busy, error, run } = useAction();
  const [asking, setAsking] = useState(false);
  const waits = record.waiting !== undefined;
  const unsigned = needsWord(record);
  const { registrar } = record;
  const send = async (): Promise<void> => {
    if ((await run(() => client.faces.send(record))) !== undefined) onChanged();
  };
  const revoke = async (): Promise<void> => {
    const done = await run(async () => {
      const revoked = await client.faces.revoke(record);
      return revoked.ok ? ok(true) : revoked;
    });
    if (done === undefined) return;
    setAsking(false);
    toast('ok', t('faces.revoked'));
    onChanged();
  };
  const shown = error ?? (waits && !unsigned ? reason : undefined);
  return (
    <>
      <Notice kind={waits ? 'warn' : 'ok'} live title={t(waits ? 'faces.waitingTitle' : 'faces.enrolledTitle')}>
        <p>
          {unsigned ? t('faces.unsignedText', { registrar: registrar?.name ?? '' }) : t(waits ? 'faces.waitingText' : 'faces.enrolledText')}
        </p>
      </Notice>
      {shown !== undefined && !asking && <ErrorNotice error={shown} kind="warn" title={t('faces.notSent')} />}
      <section className="card">
        <KeyValues
          rows={[
            { key: 'when', name: t('faces.enrolledAt'), value: format.dateTime(record.enrolledAt / 1000) },
            { key: 'vouched', name: t('faces.vouched'), value: registrar?.name ?? t('faces.nobody') },
            ...(record.registry === undefined ? [] : [{ key: 'registry', name: t('faces.registry'), value: record.registry, mono: true }]),
            { key: 'commitment', name: t('faces.commitment'), value: shortHash(record.face.commitment), mono: true },
          ]}
        />
        <div className="row">
          {unsigned && (
            <Button kind="main" icon="check" onClick={onAttest}>
              {t('faces.attestGo')}
            </Button>
          )}
          {waits && !unsigned && (
            <Button kind="main" icon="send" busy={busy} onClick={() => void send()}>
              {t('faces.sendNow')}
            </Button>
          )}
          <Button kind="danger" icon="trash" onClick={() => setAsking(true)}>
            {t('faces.revoke')}
          </Button>
        </div>
      </section>
      <Dialog
        open={asking}
        title={t('faces.revokeTitle')}
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t('common.cancel')}</Button>
            <Button kind="danger" busy={busy} onClick={() => void revoke()}>
              {t('faces.revoke')}
            </Button>
          </>
        }
      >
        <p>{t('faces.revokeText')}</p>
        {error !== undefined && <ErrorNotice error={error} />}
      </Dialog>
    </>
  );
}
