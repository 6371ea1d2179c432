import { createContext, type ReactElement, type ReactNode, useContext, useSyncExternalStore } from 'react';
import { invariant } from '../../base/index.ts';
import type { Client, LedgerEntry } from '../../client/index.ts';
import type { Vault, VaultState } from '../../vault/index.ts';

/** The two things every screen works with. Made once in main.tsx; tests and pictures bring their own. */
export interface Services {
  readonly vault: Vault;
  readonly client: Client;
}

const Context = createContext<Services | undefined>(undefined);

export const ServicesProvider = ({ services, children }: { readonly services: Services; readonly children: ReactNode }): ReactElement => (
  <Context.Provider value={services}>{children}</Context.Provider>
);

export function useServices(): Services {
  const services = useContext(Context);
  invariant(services !== undefined, 'useServices: outside ServicesProvider');
  return services;
}

export function useVaultState(): VaultState {
  const { vault } = useServices();
  return useSyncExternalStore(vault.subscribe, vault.state);
}

export function useLedger(): readonly LedgerEntry[] {
  const { ledger } = useServices().client;
  return useSyncExternalStore(ledger.subscribe, ledger.entries);
}
