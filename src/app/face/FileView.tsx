import { type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { err, type Result } from '../../base/index.ts';
import type { CaptureSession, Shot } from '../../client/index.ts';
import { Button } from '../ui/Button.tsx';
import { FileDrop } from '../ui/FileDrop.tsx';

/** A photograph of a phone has up to 20 MB. */
const MAX_BYTES = 40 * 2 ** 20;

interface Props {
  readonly session: CaptureSession;
  readonly onShot: (shot: Result<Shot>) => void;
  readonly onCamera: () => void;
}

/** The way without a camera: a picture that is there already. */
export function FileView({ session, onShot, onCamera }: Props): ReactElement {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const take = async (file: File): Promise<void> => {
    setBusy(true);
    const shot = file.size > MAX_BYTES ? err<Shot>('input/too-large', { limit: '40 MB' }) : await session.shoot(file);
    setBusy(false);
    onShot(shot);
  };
  return (
    <div className="stack">
      <FileDrop accept="image/*" label={t('face.choose')} hint={t('face.fileHint')} busy={busy} onFile={(file) => void take(file)} />
      <div className="row">
        <Button kind="quiet" icon="camera" onClick={onCamera}>
          {t('face.useCamera')}
        </Button>
      </div>
    </div>
  );
}
