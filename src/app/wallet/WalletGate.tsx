import { type ReactElement, type ReactNode, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useVaultState } from '../state/services.tsx';
import { Button } from '../ui/Button.tsx';
import { Page } from '../ui/Page.tsx';
import { AskPersistence } from './AskPersistence.tsx';
import { CreateWallet } from './CreateWallet.tsx';
import { UnlockWallet } from './UnlockWallet.tsx';

/** Shows what needs the wallet once it is open; until then, what opens it, on the spot. */
export function WalletGate({ children }: { readonly children: ReactNode }): ReactElement {
  const { t } = useTranslation();
  const state = useVaultState();
  // Creating leaves the wallet unlocked; the question that belongs to it still comes before the content.
  const [creation, setCreation] = useState<'idle' | 'running' | 'asking'>('idle');
  const asked = useCallback(() => setCreation('idle'), []);
  if (creation === 'asking') return <AskPersistence onDone={asked} />;
  if (state === 'empty' || creation === 'running') {
    return <CreateWallet onStart={() => setCreation('running')} onEnd={(created) => setCreation(created ? 'asking' : 'idle')} />;
  }
  if (state === 'locked') return <UnlockWallet />;
  if (state === 'closed') {
    return (
      <Page title={t('vault.closedTitle')} lead={t('vault.closedText')}>
        <div className="row">
          <Button kind="main" icon="refresh" onClick={() => location.reload()}>
            {t('common.reload')}
          </Button>
        </div>
      </Page>
    );
  }
  return <>{children}</>;
}
