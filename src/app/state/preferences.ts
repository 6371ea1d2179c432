import { defaultPreferences, type Preferences, type Vault } from '../../vault/index.ts';
import { createStore } from './store.ts';

// Looks and language, known before the wallet is unlocked. The vault stores them; this is the copy the page renders from.

const store = createStore<Preferences>(defaultPreferences);
let keeper: Vault | undefined;

function applyTheme(theme: Preferences['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export const preferences = {
  get: store.get,
  subscribe: store.subscribe,
  /** Takes effect at once; storing it may fail (no room), and then it lasts as long as the page. */
  set(change: Partial<Preferences>): void {
    store.update((now) => ({ ...now, ...change }));
    applyTheme(store.get().theme);
    void keeper?.setPreferences(change);
  },
  async load(vault: Vault): Promise<void> {
    keeper = vault;
    store.set(await vault.preferences());
    applyTheme(store.get().theme);
  },
};
