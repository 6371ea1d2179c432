// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { CompactSign, createRemoteJWKSet, customFetch, jwtVerify, SignJWT } from 'jose';
import {
  type AnyVerdict,
  type FaceOrder,
  hashReturnCode,
  parseFaceVerdict,
  parseVerdict,
  type RequestOrder,
  returnCode,
} from '../../../src/protocol/index.ts';
import type { PartnerKey } from './key.ts';

/** Who the partner is, and which verifier it uses. */
export interface PartnerOptions {
  /** As registered at the verifier. */
  readonly id: string;
  /** The exact origin of the partner's pages, as registered. */
  readonly origin: string;
  readonly verifier: string;
  readonly key: PartnerKey;
  readonly fetch: typeof fetch;
}

/** What the partner decides for each question it asks. */
export type Question = Pick<RequestOrder, 'statement' | 'system' | Asked> | Pick<FaceOrder, 'statement' | 'registrar' | Asked>;
type Asked = 'policy' | 'scope' | 'purpose' | 'retentionDays' | 'alternative' | 'returnUrl';

/** What the verifier answers, each call some of it; `code` and `detail` when it refuses. */
type Answer = Readonly<Record<'id' | 'url' | 'status' | 'verdict' | 'code' | 'detail', string>>;

/** The verifier's own words for what went wrong. */
export class VerifierError extends Error {
  override readonly name = 'VerifierError';
  readonly code: string;
  constructor(code: string, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/** Everything a partner's server has to do: ask for a proof, and read the signed verdict. The rest of this folder is a web page. */
export function openPartner({ id, origin, verifier, key, fetch }: PartnerOptions) {
  const jwks = createRemoteJWKSet(new URL('/.well-known/jwks.json', verifier), { [customFetch]: (url, init) => fetch(url, init) });

  return {
    /** Asks for a proof. Send the person to `url`; keep `id` in the session of the visitor who asked, and nowhere else. */
    async ask(question: Question): Promise<{ id: string; url: string }> {
      const signedAt = Math.floor(Date.now() / 1000);
      const order = {
        partner: id,
        verifier,
        origin,
        key: randomBytes(16).toString('hex'),
        signedAt,
        ...question,
      };
      const jws = await new CompactSign(Buffer.from(JSON.stringify(order)))
        .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'tacit-order+jwt' })
        .sign(key.privateKey);
      return call('/v1/requests', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ order: jws }),
      });
    },

    /**
     * The newest verdict, its signature checked; `status` is `open` while a better one can still come. `code`: what the visitor brought
     * as `tacit_code`, in the session that keeps `requestId`. `byVisitor`: it was this visitor whose proof was accepted. An accepted
     * verdict without it may be anybody's, to whom the link was sent on: give nothing for it.
     */
    async verdict(requestId: string, code: string | undefined): Promise<{ status: string; verdict: AnyVerdict; byVisitor: boolean }> {
      const token = await new SignJWT({ iss: id, aud: verifier, sub: requestId })
        .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'JWT' })
        .setIssuedAt()
        .setExpirationTime('1 minute')
        .sign(key.privateKey);
      const answer = await call(`/v1/requests/${requestId}/verdict`, { headers: { authorization: `Bearer ${token}` } });
      const checks = { issuer: verifier, audience: id, subject: requestId, algorithms: ['EdDSA'], typ: 'tacit-verdict+jwt' };
      const { payload } = await jwtVerify(answer.verdict, jwks, checks);
      const verdict = payload.statement === 'face-match' ? parseFaceVerdict(payload) : parseVerdict(payload);
      if (!verdict.ok) throw new VerifierError(verdict.error.code, 'The verdict has an unknown form.');
      const brought = returnCode.safeParse(code);
      const { result, returnCode: expected } = verdict.value;
      const byVisitor = result === 'accepted' && brought.success && hashReturnCode(brought.data) === expected;
      return { status: answer.status, verdict: verdict.value, byVisitor };
    },
  };

  async function call(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(`${verifier}${path}`, { ...init, signal: AbortSignal.timeout(10_000) });
    const answer = (await response.json()) as Answer;
    if (!response.ok) throw new VerifierError(answer.code, answer.detail);
    return answer;
  }
}
export type Partner = ReturnType<typeof openPartner>;
