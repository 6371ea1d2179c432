import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type { TacitError } from '../../base/index.ts';
import { Button, ButtonOut } from '../ui/Button.tsx';
import { returnAddress, useFlow } from './context.ts';
import { remedy } from './machine.ts';

/** The next action after an error inside a request: the one that helps first, the way out always. */
export function Remedies({ error, onRetry }: { readonly error: TacitError; readonly onRetry?: () => void }): ReactElement {
  const { t } = useTranslation();
  const { open, send } = useFlow();
  const { partner } = open.request;
  const what = remedy(error);
  return (
    <>
      {what === 'retry' && onRetry !== undefined && (
        <Button kind="main" icon="refresh" onClick={onRetry}>
          {t('common.retry')}
        </Button>
      )}
      {what === 'credential' && (
        <Button kind="main" onClick={() => send({ type: 'another-credential' })}>
          {t('flow.previewOther')}
        </Button>
      )}
      <ButtonOut href={returnAddress(open.request)} {...(what === 'new-request' ? { kind: 'main' as const } : {})} icon="back">
        {what === 'new-request' ? t('flow.newRequest', { partner: partner.name }) : t('flow.returnTo', { partner: partner.name })}
      </ButtonOut>
    </>
  );
}
