import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { changeLanguage } from '../i18n/index.ts';
import { preferences } from '../state/preferences.ts';
import { useVaultState } from '../state/services.tsx';
import { useStore } from '../state/store.ts';
import { report } from '../state/toasts.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { SelectField } from '../ui/Field.tsx';
import { Page } from '../ui/Page.tsx';
import { BackupSection } from './BackupSection.tsx';
import { InstallSection } from './InstallSection.tsx';
import { StorageSection } from './StorageSection.tsx';
import { WaysSection } from './WaysSection.tsx';

const locales = ['auto', 'en', 'en-XA'] as const;
const themes = ['system', 'light', 'dark'] as const;
const minutes = [1, 5, 10, 30, 60] as const;

function Looks(): ReactElement {
  const { t } = useTranslation();
  const { locale, theme } = useStore(preferences);
  const known = locales.find((name) => name === locale) ?? 'auto';
  return (
    <section className="card" aria-labelledby="looks">
      <h2 id="looks">{t('settings.looksTitle')}</h2>
      <SelectField
        label={t('settings.theme')}
        value={theme}
        options={themes.map((value) => ({ value, label: t(`settings.themes.${value}`) }))}
        onChange={(next) => preferences.set({ theme: next })}
      />
      <SelectField
        label={t('settings.language')}
        value={known}
        options={locales.map((value) => ({ value, label: t(`settings.languages.${value}`) }))}
        onChange={(next) => changeLanguage(next).catch(report)}
      />
    </section>
  );
}

function AutoLock(): ReactElement {
  const { t } = useTranslation();
  const { autoLockMinutes } = useStore(preferences);
  const offered = minutes.some((value) => value === autoLockMinutes) ? minutes : [...minutes, autoLockMinutes].sort((a, b) => a - b);
  return (
    <SelectField
      label={t('settings.autoLock')}
      value={String(autoLockMinutes)}
      options={offered.map((value) => ({ value: String(value), label: t('settings.minutes', { count: value }) }))}
      onChange={(next) => preferences.set({ autoLockMinutes: Number(next) })}
    />
  );
}

/** Looks always; what concerns the wallet while it is open. */
export function SettingsScreen(): ReactElement {
  const { t } = useTranslation();
  const state = useVaultState();
  return (
    <Page title={t('settings.title')}>
      <Looks />
      {state === 'unlocked' && (
        <section className="card" aria-labelledby="ways">
          <h2 id="ways">{t('settings.securityTitle')}</h2>
          <WaysSection />
          <AutoLock />
        </section>
      )}
      {state !== 'locked' && state !== 'closed' && <BackupSection />}
      {state === 'locked' && (
        <section className="card row row-apart">
          <p className="grow">{t('home.locked')}</p>
          <ButtonLink icon="lock" href="/wallet">
            {t('home.openWallet')}
          </ButtonLink>
        </section>
      )}
      <StorageSection />
      <InstallSection />
      <section className="card" aria-labelledby="about">
        <h2 id="about">{t('settings.aboutTitle')}</h2>
        <div className="row">
          <ButtonLink icon="info" href="/settings/about">
            {t('settings.aboutLink')}
          </ButtonLink>
        </div>
      </section>
      <section className="card" aria-labelledby="delete-all">
        <h2 id="delete-all">{t('settings.deleteTitle')}</h2>
        <p className="quiet">{t('settings.deleteText')}</p>
        <div className="row">
          <ButtonLink kind="danger" icon="trash" href="/settings/delete">
            {t('settings.delete')}
          </ButtonLink>
        </div>
      </section>
    </Page>
  );
}
