import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';

interface Props {
  readonly open: boolean;
  readonly onKeep: () => void;
  /** Also what Escape does. */
  readonly onDrop: () => void;
}

/** Asks before a secret is kept that somebody else may know: with it they could link and answer for the person everywhere. */
export function BroughtSecret({ open, onKeep, onDrop }: Props): ReactElement {
  const { t } = useTranslation();
  return (
    <Dialog
      open={open}
      title={t('wallet.broughtTitle')}
      onClose={onDrop}
      actions={
        <>
          <Button kind="main" onClick={onDrop}>
            {t('wallet.broughtDrop')}
          </Button>
          <Button kind="danger" onClick={onKeep}>
            {t('wallet.broughtKeep')}
          </Button>
        </>
      }
    >
      <p>{t('wallet.broughtText')}</p>
    </Dialog>
  );
}
