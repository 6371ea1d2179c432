import { useSyncExternalStore } from 'react';

const dark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');
const subscribe = (listener: () => void): (() => void) => {
  const query = dark();
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
};

/** Changes with the device's colour scheme: what is painted on a canvas does not follow it by itself. */
export const useScheme = (): boolean => useSyncExternalStore(subscribe, () => dark().matches);
