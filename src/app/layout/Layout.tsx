import type { ReactElement, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useServices, useVaultState } from '../state/services.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Wordmark } from '../ui/Logo.tsx';
import { Banners } from './Banners.tsx';
import { Nav } from './Nav.tsx';
import { Toasts } from './Toasts.tsx';

/** Head, content, navigation. A request being answered has the page to itself: no navigation to fall into by accident. */
export function Layout({ focused, children }: { readonly focused: boolean; readonly children: ReactNode }): ReactElement {
  const { t } = useTranslation();
  const { vault } = useServices();
  const state = useVaultState();
  return (
    <div className={`layout ${focused ? 'is-focused' : ''}`}>
      <a className="skip" href="#content">
        {t('common.skip')}
      </a>
      <header className="top">
        <div className="top-inside">
          {focused ? (
            <Wordmark />
          ) : (
            <Link href="/" className="top-home">
              <Wordmark />
            </Link>
          )}
          {!focused && <Nav />}
          {state === 'unlocked' && !focused && (
            <button type="button" className="top-lock" onClick={() => vault.lock()} aria-label={t('nav.lock')} title={t('nav.lock')}>
              <Icon name="lock" />
            </button>
          )}
        </div>
      </header>
      <Banners />
      <main id="content" className="content" tabIndex={-1}>
        {children}
      </main>
      <Toasts />
    </div>
  );
}
