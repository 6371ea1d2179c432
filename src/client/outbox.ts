import { err, ok, type Result } from '../base/index.ts';
import type { AnyProof, AnyRequest } from '../protocol/index.ts';
import type { HistoryRecord, OutboxRecord, Vault } from '../vault/index.ts';
import { exclusive } from './exclusive.ts';
import { type Http, mayPass } from './http.ts';
import type { Outbox, Submitted, VerifierClient } from './types.ts';

/** Between two looks at what is due. */
const EVERY_MS = 15_000;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * 60_000;

export interface OutboxOptions {
  readonly vault: Vault;
  readonly verifier: Pick<VerifierClient, 'sendProof'>;
  readonly http: Pick<Http, 'now'>;
  /** Milliseconds since 1970 of this device, for records. */
  readonly now: () => number;
  /** 0 to 1, so that many devices do not come back in the same second. */
  readonly random: () => number;
}

export interface RunningOutbox extends Outbox {
  close(): void;
}

export function createOutbox({ vault, verifier, http, now, random }: OutboxOptions): RunningOutbox {
  const listeners = new Set<(id: string, outcome: Submitted) => void>();

  /** History follows every step; a record that is not there yet (the app kept none) is made. */
  async function settle(entry: OutboxRecord, state: HistoryRecord['state'], outcome: Submitted): Promise<Result<Submitted>> {
    const before = await vault.history.get(entry.id);
    if (!before.ok) return before;
    const error = outcome.state === 'queued' ? outcome.reason : outcome.state === 'refused' ? outcome.error : undefined;
    const code = outcome.state === 'accepted' ? outcome.code : undefined;
    const { error: _, ...kept } = before.value ?? { openedAt: entry.queuedAt };
    const { id, request, proof } = entry;
    const history = { ...kept, id, request, proof, state, updatedAt: now(), ...(error && { error }), ...(code && { code }) };
    const settled = await vault.settle(history, outcome.state === 'queued' ? entry : undefined);
    if (!settled.ok) return settled;
    for (const listener of listeners) listener(entry.id, outcome);
    return ok(outcome);
  }

  async function attempt(entry: OutboxRecord): Promise<Result<Submitted>> {
    // What may have arrived is asked about once more even then: the verifier knows whether it was in time.
    if (entry.request.expiresAt * 1000 <= http.now() && !entry.mayHaveArrived)
      return settle(entry, 'expired', { state: 'refused', error: { code: 'request/expired' } });
    const sent = await verifier.sendProof(entry.id, entry.proof);
    if (sent.ok) return settle(entry, 'accepted', { state: 'accepted', code: sent.value.code });
    const { error } = sent;
    // Were it ours whose answer was lost, the verifier would have said so again: `request/used` means that somebody else's was accepted.
    if (!mayPass(error)) return settle(entry, error.code === 'request/expired' ? 'expired' : 'failed', { state: 'refused', error });
    const asked = error.code === 'verifier/busy' ? Number(error.params?.seconds ?? 0) * 1000 : 0;
    const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** entry.attempts) * (0.5 + random() / 2);
    const next: OutboxRecord = {
      ...entry,
      attempts: entry.attempts + 1,
      mayHaveArrived: entry.mayHaveArrived || error.code !== 'network/offline',
      lastError: error,
      notBefore: Math.round(now() + (error.code === 'network/offline' ? 0 : Math.max(asked, backoff))),
    };
    return settle(next, 'queued', { state: 'queued', reason: error });
  }

  /** One attempt at a time for a request, in all tabs together, and never with a record another attempt has just settled. */
  const attemptById = (id: string): Promise<Result<Submitted | undefined>> =>
    exclusive(`outbox/${id}`, async () => {
      const entry = await vault.outbox.get(id);
      if (!entry.ok || entry.value === undefined) return entry.ok ? ok(undefined) : entry;
      return attempt(entry.value);
    });

  async function flush({ now: due }: { readonly now: number }): Promise<Result<void>> {
    if (vault.state() !== 'unlocked') return ok(undefined);
    const waiting = await vault.outbox.list();
    if (!waiting.ok) return waiting;
    for (const entry of waiting.value.filter(({ notBefore }) => notBefore <= due)) {
      const done = await attemptById(entry.id);
      if (!done.ok) return done;
    }
    return ok(undefined);
  }

  const soon = () => void flush({ now: now() });
  /** Back online: what waited for that is due whatever the backoff said. */
  const online = () => void flush({ now: Number.POSITIVE_INFINITY });
  const timer = setInterval(soon, EVERY_MS);
  globalThis.addEventListener?.('online', online);
  const unsubscribe = vault.subscribe((state) => state === 'unlocked' && soon());

  return {
    async submit(request: AnyRequest, proof: AnyProof) {
      const entry: OutboxRecord = { id: request.id, request, proof, queuedAt: now(), attempts: 0, mayHaveArrived: false, notBefore: now() };
      const release = vault.keepOpen();
      try {
        // Stored before it is sent: a crash in between loses nothing. Nobody is told of this step.
        const before = await vault.history.get(request.id);
        if (!before.ok) return before;
        // Answered before: nothing is sent twice, and the record of it stays.
        if (before.value?.state === 'accepted') return ok({ state: 'accepted', code: before.value.code });
        const opened = before.value?.openedAt ?? now();
        const history: HistoryRecord = { id: request.id, request, proof, state: 'queued', openedAt: opened, updatedAt: now() };
        const stored = await vault.settle(history, entry);
        if (!stored.ok) return stored;
        const done = await attemptById(request.id);
        if (!done.ok) return done;
        return done.value === undefined ? err('internal/error') : ok(done.value);
      } finally {
        release();
      }
    },
    flush: () => flush({ now: Number.POSITIVE_INFINITY }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearInterval(timer);
      globalThis.removeEventListener?.('online', online);
      unsubscribe();
    },
  };
}
