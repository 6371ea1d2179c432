// SPDX-License-Identifier: Apache-2.0
import { type ErrorCode, errorSentence, errorStatus, type TacitError } from '../../src/base/index.ts';
import { RETRY_AFTER_SECONDS } from './limits.ts';

/** RFC 9457 problem details, with our code and its params beside the standard members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly params: Readonly<Record<string, string | number>>;
}

/** `type` names the code as a fragment of the verifier's own address, so that it is unique without a registered name. */
export const problemOf = (error: TacitError, origin: string): Problem => ({
  type: `${origin}/errors#${error.code}`,
  title: titleOf(error.code),
  status: errorStatus(error.code),
  detail: errorSentence(error),
  code: error.code,
  params: error.params ?? {},
});

/** The answer to a failed call: application/problem+json, never cached, with Retry-After when it is worth coming back. */
export function problemResponse(error: TacitError, origin: string, headers: Readonly<Record<string, string>> = {}): Response {
  const busy: Record<string, string> = error.code === 'verifier/busy' ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {};
  return new Response(JSON.stringify(problemOf(error, origin)), {
    status: errorStatus(error.code),
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...busy, ...headers },
  });
}

/** `proof/not-on-curve` → `Proof: not on curve`: the same for every occurrence of the code, as RFC 9457 asks. */
function titleOf(code: ErrorCode): string {
  const [room = '', rest = ''] = code.split('/');
  return `${room.charAt(0).toUpperCase()}${room.slice(1)}: ${rest.replaceAll('-', ' ')}`;
}
