import { ok, type Result, type TacitError } from '../../base/index.ts';
import type { LedgerEntry } from '../../client/index.ts';
import type { AnyProof, AnyRequest, ProofFile } from '../../protocol/index.ts';
import type { HistoryRecord, Vault } from '../../vault/index.ts';

/** Writes the decision into the consent ledger and the history; an answer already given is never overwritten. */
export async function recordConsent(vault: Vault, request: AnyRequest, decision: 'given' | 'declined'): Promise<Result<void>> {
  if (vault.state() !== 'unlocked') return ok(undefined); // declined without a wallet: there is nowhere to write, and nothing to
  const now = Date.now();
  const { id, partner, origin, scope, purpose, retentionDays } = request;
  const before = await vault.history.get(id);
  if (!before.ok) return before;
  const kept = before.value;
  const answered = kept !== undefined && (kept.state === 'accepted' || kept.state === 'queued');
  if (!answered) {
    const state = decision === 'given' ? 'open' : 'declined';
    const written = await vault.history.put({ id, request, state, openedAt: kept?.openedAt ?? now, updatedAt: now });
    if (!written.ok) return written;
  }
  return vault.consents.put({ id, request: id, partner, origin, scope, purpose, retentionDays, decision, at: now });
}

/** Marks a request that was begun and given up. */
export async function recordCancelled(vault: Vault, request: AnyRequest, error?: TacitError): Promise<Result<void>> {
  const before = await vault.history.get(request.id);
  if (!before.ok) return before;
  if (before.value?.state !== 'open') return ok(undefined);
  return vault.history.put({ ...before.value, state: 'cancelled', updatedAt: Date.now(), ...(error === undefined ? {} : { error }) });
}

/** Other requests of this partner that were answered with yes: thresholds add up to knowledge, so a person is told which it has. */
export interface AnsweredBefore {
  readonly count: number;
  /** Of requests for the same statement: rising, each once. */
  readonly thresholds: readonly number[];
}

export function answeredBefore(history: readonly HistoryRecord[], { id, partner, statement }: AnyRequest): AnsweredBefore {
  const answered = history.filter(
    (record) => record.id !== id && record.request.partner.id === partner.id && /^(?:accepted|queued)$/.test(record.state),
  );
  const asked = answered.filter(({ request }) => request.statement === statement).map(({ request }) => request.policy.threshold);
  const thresholds = [...new Set(asked)].sort((a, b) => a - b);
  return { count: answered.length, thresholds };
}

/** The body of the one message that answers a request, byte for byte as the client posts it. */
export const proofBody = (proof: AnyProof): string => JSON.stringify(proof);
export const proofUrl = (request: AnyRequest): string => `${request.verifier.url}/v1/requests/${request.id}/proof`;

/** What the verify page, `tacit verify` and any auditor read. */
export const proofFile = (request: AnyRequest, proof: AnyProof): ProofFile | AnyProof =>
  // A proof of a face carries all that it says itself, the hash of the request it is for as its nonce.
  request.statement === 'face-match' || proof.statement === 'face-match' ? proof : { format: 'tacit-proof-file', v: 1, request, proof };

/** Everything a person may want to show later: what was asked, and every byte that answered it. */
export interface Receipt {
  readonly format: 'tacit-receipt';
  readonly v: 1;
  readonly state: HistoryRecord['state'];
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly request: AnyRequest;
  readonly sent: { readonly method: 'POST'; readonly url: string; readonly bytes: number; readonly body: string } | null;
  /** Other messages of the page's ledger, when the receipt is saved right after. */
  readonly messages?: readonly LedgerEntry[];
}

export function receipt(record: HistoryRecord, messages?: readonly LedgerEntry[]): Receipt {
  const { request, proof, state } = record;
  const body = proof === undefined ? undefined : proofBody(proof);
  const sent = state === 'accepted' || state === 'failed';
  return {
    format: 'tacit-receipt',
    v: 1,
    state,
    openedAt: new Date(record.openedAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
    request,
    sent:
      body === undefined || !sent ? null : { method: 'POST', url: proofUrl(request), bytes: new TextEncoder().encode(body).length, body },
    ...(messages === undefined ? {} : { messages }),
  };
}
