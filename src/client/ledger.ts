import { utf8ToBytes } from '../base/index.ts';
import type { Ledger, LedgerEntry } from './types.ts';

/** The recording end; the app sees {@link Ledger} only. */
export interface WritableLedger extends Ledger {
  record(entry: Pick<LedgerEntry, 'purpose' | 'method' | 'url' | 'body'>): void;
}

/** Written before anything is sent, so that a failed call is counted too. `now`: milliseconds since 1970. */
export function createLedger(now: () => number): WritableLedger {
  // Replaced, never changed: whoever watches compares by identity.
  let entries: readonly LedgerEntry[] = [];
  const listeners = new Set<() => void>();
  return {
    entries: () => entries,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    export: () =>
      `${JSON.stringify({ format: 'tacit-sent', v: 1, note: 'URL and body of every call; headers are the browser’s.', entries }, null, 2)}\n`,
    record({ purpose, method, url, body }) {
      const bytes = utf8ToBytes(url).length + utf8ToBytes(body).length;
      entries = [...entries, { at: now(), purpose, method, url, bytes, body }];
      for (const listener of listeners) listener();
    },
  };
}
