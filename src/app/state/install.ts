import { createStore } from './store.ts';

// Chromium hands over an event that opens its install dialog; Safari on iOS has only its share menu; others their menus.

interface InstallEvent extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

export interface InstallState {
  readonly prompt: InstallEvent | undefined;
  readonly installed: boolean;
  readonly ios: boolean;
}

const isIos = (): boolean =>
  /iPad|iPhone|iPod/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);
const isInstalled = (): boolean =>
  matchMedia('(display-mode: standalone)').matches || ('standalone' in navigator && navigator.standalone === true);

const store = createStore<InstallState>({ prompt: undefined, installed: false, ios: false });
export const install = { get: store.get, subscribe: store.subscribe };

/** Early, since the browser fires the event once. */
export function watchInstall(): void {
  store.set({ prompt: undefined, installed: isInstalled(), ios: isIos() });
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    store.update((now) => ({ ...now, prompt: event as InstallEvent }));
  });
  addEventListener('appinstalled', () => store.update((now) => ({ ...now, prompt: undefined, installed: true })));
}

export async function askInstall(): Promise<void> {
  const { prompt } = store.get();
  if (prompt === undefined) return;
  await prompt.prompt();
  store.update((now) => ({ ...now, prompt: undefined })); // the event works once
}
