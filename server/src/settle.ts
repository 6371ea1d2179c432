// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, type ErrorCode, err, ok, type Result, type TacitError } from '../../src/base/index.ts';
import { type AnyRequest, type AnyVerdict, hashReturnCode } from '../../src/protocol/index.ts';
import type { Services } from './services.ts';
import type { Refusal } from './store/index.ts';

export const VERDICT_TYPE = 'tacit-verdict+jwt';

const refusals: Readonly<Record<Refusal, ErrorCode>> = {
  unknown: 'request/unknown',
  used: 'request/used',
  expired: 'request/expired',
  exhausted: 'request/too-many-attempts',
};

export interface Accepted {
  readonly result: 'accepted';
  /** 16 random bytes, hex; the signed verdict carries their SHA-256. */
  readonly code: string;
}

export type Outcome = Pick<AnyVerdict, 'result' | 'reason' | 'nullifier' | 'returnCode'>;

/** An answer as it came, and what tells whether it holds; the order of the steps is the same for every statement. */
export interface Answer {
  /** The nullifier that the unchecked proof names. */
  readonly claimed: string | undefined;
  /** The whole check of the proof. */
  check(): Promise<Result<{ readonly nullifier: string }>>;
  verdict(outcome: Outcome): AnyVerdict;
  /** What its scope is called in the store. */
  readonly scope: string;
}

/**
 * State of the request, proof, and then, in one transaction, request and nullifier. A proof that can be read and fails leaves a signed
 * rejection; the request stays open for a right one. Errors: request/used, request/expired, request/too-many-attempts, those of the
 * check, scope/system, nullifier/used.
 */
export async function settle(
  services: Services,
  { id, system }: Pick<AnyRequest, 'id' | 'system'>,
  answer: Answer,
): Promise<Result<Accepted>> {
  const { store, clock, limits } = services;
  const attempt = await store.takeAttempt(id, clock(), limits.attempts);
  if (attempt === 'used') return answerAgain(services, id, answer);
  if (attempt !== 'taken') return err(refusals[attempt]);

  const rejected = async (error: TacitError): Promise<Result<never>> => {
    const verdict = answer.verdict({ result: 'rejected', reason: error.code });
    await store.reject(id, await services.keys.sign(VERDICT_TYPE, verdict), verdict.iat);
    return { ok: false, error };
  };
  const verified = await answer.check();
  if (!verified.ok) return rejected(verified.error);
  const { nullifier } = verified.value;
  const code = bytesToHex(services.random(16));
  const verdict = answer.verdict({ result: 'accepted', nullifier, returnCode: hashReturnCode(code) });
  const outcome = await store.accept({
    id,
    scope: answer.scope,
    system,
    nullifier,
    // Signed before the transaction, so that nothing waits while it is open.
    verdict: await services.keys.sign(VERDICT_TYPE, verdict),
    returnCode: code,
    now: clock(),
  });
  if (outcome === 'accepted') return ok({ result: 'accepted', code });
  // Another post was faster: perhaps of the same proof.
  if (outcome === 'used') return answerAgain(services, id, answer);
  if (outcome === 'scope-pinned')
    return rejected({ code: 'scope/system', params: { system: system === 'groth16' ? 'transparent' : 'groth16' } });
  return outcome === 'nullifier-used' ? rejected({ code: 'nullifier/used' }) : err(refusals[outcome]);
}

/**
 * The answer to a request that was answered before, for whom its first answer was lost: only a proof that holds, with the accepted
 * nullifier, is told the code. To know the nullifier is not enough (the partner does). Errors: request/used.
 */
async function answerAgain({ store }: Services, id: string, answer: Answer): Promise<Result<Accepted>> {
  const accepted = await store.acceptance(id);
  // Compared before the check, so that strangers cannot make an answered request cost anything.
  if (accepted === undefined || answer.claimed !== accepted.nullifier) return err('request/used');
  const verified = await answer.check();
  return verified.ok ? ok({ result: 'accepted', code: accepted.returnCode }) : err('request/used');
}
