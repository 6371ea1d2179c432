import { type ReactElement, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ok, type Result, type TacitError } from '../../../base/index.ts';
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
  const [found, again] = useLoad(async (): Promise<Result<FaceRecord | undefined>> => {
    const record = await client.faces.find();
    return !record.ok && record.error.code === 'face/not-enrolled' ? ok(undefined) : record;
  }, [client]);
  useEffect(() => client.faces.subscribe(again), [client, again]);
  const done = useCallback(
    (_: FaceRecord, why: TacitError | undefined) => {
      setReason(why);
      setEnrolling(false);
      again();
    },
    [again],
  );
  const leave = useCallback(() => setEnrolling(false), []);

  if (enrolling) return <EnrolView onDone={done} onLeave={leave} />;
  const record = found.status === 'ready' ? found.value : undefined;
  const begin = (): void => {
    setReason(undefined);
    setEnrolling(true);
  };
  return (
    <Page title={t('faces.enrolTitle')} lead={t('faces.enrolLead')}>
      {found.status === 'failed' && <ErrorNotice error={found.error} />}
      {record !== undefined && <Enrolled record={record} reason={reason} onChanged={again} />}
      {found.status === 'ready' && (
        <div className="row">
          <Button kind={record === undefined ? 'main' : 'plain'} icon="camera" onClick={begin}>
            {t(record === undefined ? 'faces.begin' : 'faces.again')}
          </Button>
        </div>
      )}
      {record !== undefined && <p className="quiet small">{t('faces.againText')}</p>}
      <Honesty />
    </Page>
  );
}

interface EnrolledProps {
  readonly record: FaceRecord;
  readonly reason: TacitError | undefined;
  readonly onChanged: () => void;
}

function Enrolled({ record, reason, onChanged }: EnrolledProps): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useServices();
  const { busy, error, run } = useAction();
  const [asking, setAsking] = useState(false);
  const waits = record.waiting !== undefined;
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
  const shown = error ?? (waits ? reason : undefined);
  return (
    <>
      <Notice kind={waits ? 'warn' : 'ok'} live title={t(waits ? 'faces.waitingTitle' : 'faces.enrolledTitle')}>
        <p>{t(waits ? 'faces.waitingText' : 'faces.enrolledText')}</p>
      </Notice>
      {shown !== undefined && !asking && <ErrorNotice error={shown} kind="warn" title={t('faces.notSent')} />}
      <section className="card">
        <KeyValues
          rows={[
            { key: 'when', name: t('faces.enrolledAt'), value: format.dateTime(record.enrolledAt / 1000) },
            ...(record.registry === undefined ? [] : [{ key: 'registry', name: t('faces.registry'), value: record.registry, mono: true }]),
            { key: 'commitment', name: t('faces.commitment'), value: shortHash(record.face.commitment), mono: true },
          ]}
        />
        <div className="row">
          {waits && (
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
