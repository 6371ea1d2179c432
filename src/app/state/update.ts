import { createStore } from './store.ts';

/** A new version waits. `apply` lets it take over and reloads. */
export interface WaitingUpdate {
  readonly apply: () => void;
}

const store = createStore<WaitingUpdate | undefined>(undefined);

export const update = {
  get: store.get,
  subscribe: store.subscribe,
  offer: (apply: () => void): void => store.set({ apply }),
  /** Until the next start, which brings it anyway. */
  later: (): void => store.set(undefined),
};
