import { createRoot } from 'react-dom/client';
import { createClient, watchForUpdates } from '../client/index.ts';
import { openFiles, openVault, type Vault } from '../vault/index.ts';
import { App } from './App.tsx';
import './flow/arrival.ts';
import { startI18n } from './i18n/index.ts';
import { Boundary } from './layout/Boundary.tsx';
import { NoStorage } from './screens/NoStorage.tsx';
import { watchInstall } from './state/install.ts';
import { preferences } from './state/preferences.ts';
import { ServicesProvider } from './state/services.tsx';
import { report, watchUncaught } from './state/toasts.ts';
import { update } from './state/update.ts';
import './styles/index.css';

/** Every touch restarts the wallet's idle clock; more often than every few seconds adds nothing. */
function watchActivity(vault: Vault): void {
  let last = 0;
  const touch = (): void => {
    const now = Date.now();
    if (now - last < 5000) return;
    last = now;
    vault.touch();
  };
  for (const kind of ['pointerdown', 'keydown', 'scroll'] as const) addEventListener(kind, touch, { passive: true, capture: true });
}

/** Opens the wallet's store, then draws into `#app`. */
export async function start(): Promise<void> {
  watchUncaught();
  watchInstall();
  const element = document.getElementById('app');
  if (element === null) throw new Error('index.html has no #app');
  const root = createRoot(element, { onUncaughtError: report });
  const [vault, files] = [await openVault(), await openFiles()];
  if (vault.ok) await preferences.load(vault.value);
  await startI18n();
  if (!vault.ok || !files.ok) {
    root.render(<NoStorage error={!vault.ok ? vault.error : !files.ok ? files.error : { code: 'internal/error' }} />);
    return;
  }
  watchActivity(vault.value);
  const services = { vault: vault.value, client: createClient({ vault: vault.value, files: files.value }) };
  root.render(
    <Boundary>
      <ServicesProvider services={services}>
        <App />
      </ServicesProvider>
    </Boundary>,
  );
  // A development server has no service worker to offer.
  if (import.meta.env.PROD) watchForUpdates(({ apply }) => update.offer(apply));
}
