import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { ok, type Result } from '../../base/index.ts';
import { type DeviceReport, neededArtefacts } from '../../client/index.ts';
import { useLoad } from '../state/load.ts';
import { useServices } from '../state/services.tsx';
import { Button } from '../ui/Button.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { KeyValues, type Row } from '../ui/KeyValues.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Progress } from '../ui/Progress.tsx';
import { useFormat } from '../ui/useFormat.ts';
import { useFlow } from './context.ts';
import { Remedies } from './Remedies.tsx';
import { StepFrame } from './StepFrame.tsx';

/** What the preview's runtime weighs on the wire, compressed (workers/inference/runtime.ts); it is part of the app, not of a bundle. */
const PREVIEW_RUNTIME_BYTES = 3_000_000;

interface Check {
  readonly device: DeviceReport;
  /** Bytes still to be fetched; undefined when that cannot be told (offline, nothing known). */
  readonly missing: number | undefined;
}

/** A test of this very device before anything large is loaded: can it, how long will it take, how much has to be loaded. */
export function DeviceStep(): ReactElement {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useServices();
  const { open, send } = useFlow();
  const [check, again] = useLoad<Check>(async (): Promise<Result<Check>> => {
    const device = await client.jobs.probe();
    if (!device.ok) return device;
    const missing = await client.bundles.missing(open.manifest, neededArtefacts(open.manifest));
    return ok({ device: device.value, missing: missing.ok ? missing.value : undefined });
  }, [client, open]);

  if (check.status === 'loading') {
    return (
      <StepFrame title={t('flow.deviceTitle')}>
        <div role="status">
          <Progress label={t('flow.deviceChecking')} fraction={undefined} />
        </div>
      </StepFrame>
    );
  }
  if (check.status === 'failed') {
    return (
      <StepFrame title={t('flow.deviceTitle')} actions={<Remedies error={check.error} onRetry={again} />}>
        <ErrorNotice error={check.error} />
      </StepFrame>
    );
  }
  const { device, missing } = check.value;
  if (device.problem !== undefined) {
    // The partner's page and not this request: what is answered on another device could not be told from an answer of somebody else's.
    const link = open.request.origin;
    return (
      <StepFrame title={t('flow.deviceTitle')} actions={<Remedies error={device.problem} />}>
        <ErrorNotice error={device.problem} title={t('flow.deviceNo')} />
        <p>{t('flow.handOver')}</p>
        <div className="row">
          <code className="mono grow">{link}</code>
          <CopyButton text={link} />
        </div>
      </StepFrame>
    );
  }

  const time = format.duration(device.proofMs);
  const answer = missing ? t('flow.deviceYesDownload', { time, size: format.bytes(missing) }) : t('flow.deviceYes', { time });
  const yesNo = (is: boolean): string => (is ? t('flow.yes') : t('flow.no'));
  const rows: Row[] = [
    { key: 'time', name: t('flow.deviceEstimate'), value: format.duration(device.proofMs, true) },
    { key: 'cores', name: t('flow.deviceCores'), value: format.number(device.cores) },
    {
      key: 'memory',
      name: t('flow.deviceMemory'),
      value: device.memory === undefined ? t('common.unknown') : t('flow.deviceMemoryValue', { size: format.gibibytes(device.memory) }),
    },
    { key: 'threads', name: t('flow.deviceThreads'), value: yesNo(device.threads) },
    { key: 'simd', name: t('flow.deviceSimd'), value: yesNo(device.simd) },
    { key: 'gpu', name: t('flow.deviceGpu'), value: t(`flow.gpu.${device.webgpu}`) },
  ];
  return (
    <StepFrame
      title={t('flow.deviceTitle')}
      actions={
        <Button kind="main" iconAfter="next" onClick={() => send({ type: 'device-ready', device })}>
          {t('flow.deviceNext')}
        </Button>
      }
    >
      <Notice kind="ok" live title={answer}>
        {missing === 0
          ? t('flow.deviceReady')
          : missing !== undefined && t('flow.deviceDownload', { size: format.bytes(PREVIEW_RUNTIME_BYTES) })}
      </Notice>
      <Disclosure summary={t('common.details')}>
        <KeyValues rows={rows} />
      </Disclosure>
    </StepFrame>
  );
}
