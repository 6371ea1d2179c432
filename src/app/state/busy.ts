import { createStore } from './store.ts';

// Whether a request is being answered right now: then nothing may reload the page or get in the way.
const count = createStore(0);

export const flowRunning = { get: (): boolean => count.get() > 0, subscribe: count.subscribe };

export function enterFlow(): () => void {
  count.update((n) => n + 1);
  let left = false;
  return () => {
    if (!left) count.update((n) => n - 1);
    left = true;
  };
}
