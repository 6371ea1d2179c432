import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { TransparentProgress } from '../../client/index.ts';
import { useLeaveGuard, useWasHidden } from '../flow/useProof.ts';
import { Working } from '../lab/Working.tsx';
import { Button } from '../ui/Button.tsx';

/** A face's proof in the making: stages, time left, cancel, and what a hidden tab means for it. */
export function Proving({
  progress,
  onCancel,
}: {
  readonly progress: TransparentProgress | undefined;
  readonly onCancel: () => void;
}): ReactElement {
  const { t } = useTranslation();
  const wasHidden = useWasHidden(true);
  useLeaveGuard(true);
  return (
    <>
      <div className="card">
        <Working progress={progress} />
      </div>
      <p className="quiet small">{wasHidden ? t('lab.wasHidden') : t('lab.hidden')}</p>
      <div className="row">
        <Button icon="close" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
      </div>
    </>
  );
}
