import * as z from 'zod';
import { err, ok, type Result } from '../base/index.ts';
import {
  type AnyRequest,
  hexBytes,
  parseAnyRequest,
  parseCredential,
  proofSystem,
  returnCode,
  shortText,
  webOrigin,
} from '../protocol/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Http } from './http.ts';
import { readSigned } from './jws.ts';
import type { BundleLoader, OpenRequest, VerifierClient } from './types.ts';

const answerSchema = z.object({ status: z.enum(['open', 'accepted', 'expired']), request: z.string() });
const acceptedSchema = z.object({ result: z.literal('accepted'), code: returnCode });
const issuerSchema = z.object({
  name: shortText(80),
  demo: z.boolean(),
  x: hexBytes(32),
  y: hexBytes(32),
  applicants: z.array(z.object({ id: z.string().min(1).max(64), label: shortText(120) })).max(1000),
});

export interface VerifierOptions {
  readonly http: Http;
  readonly bundles: BundleLoader;
  readonly vault: Vault;
  /** This page's origin: the only verifier it talks to. */
  readonly origin: string;
}

/** By how much the verifier's clock, as its answers tell it, may lag behind the time it writes into a request. */
const CLOCK_MS = 5 * 60_000;

/** The verifier did not answer as agreed; nothing it said is used. */
const strange = () => err('verifier/unavailable');

export function createVerifierClient({ http, bundles, vault, origin }: VerifierOptions): VerifierClient {
  async function fetched(
    id: string,
    signal: AbortSignal | undefined,
  ): Promise<Result<{ request: AnyRequest; status: OpenRequest['status'] }>> {
    const stop = signal && { signal };
    const [answer, jwks] = await Promise.all([
      http.json({ purpose: 'request', method: 'GET', path: `/v1/requests/${id}`, ...stop }),
      http.json({ purpose: 'keys', method: 'GET', path: '/.well-known/jwks.json', ...stop }),
    ]);
    if (!answer.ok) return answer;
    if (!jwks.ok) return jwks;
    const shaped = answerSchema.safeParse(answer.value);
    if (!shaped.success) return strange();
    const signed = await readSigned(shaped.data.request, jwks.value, 'tacit-request+jwt');
    if (!signed.ok) return signed;
    const request = readRequest(signed.value.payload);
    if (!request.ok) return request;
    // The key must be the one the request names, and the request must be this verifier's and the one that was asked for.
    const { verifier } = request.value;
    if (verifier.keyId !== signed.value.keyId || verifier.url !== origin || request.value.id !== id) return err('request/signature');
    // A proof says that the credential still holds at this time: one that lies ahead would tell for how long it will.
    if (request.value.issuedAt * 1000 > http.now() + CLOCK_MS) return err('request/malformed', { what: 'issuedAt: lies in the future' });
    return ok({ request: request.value, status: shaped.data.status });
  }

  /** A request that was consented to before, out of the wallet, where nobody else can have put it. */
  async function remembered(id: string): Promise<AnyRequest | undefined> {
    const record = vault.state() === 'unlocked' ? await vault.history.get(id) : undefined;
    return record?.ok === true ? record.value?.request : undefined;
  }

  return {
    async openRequest(id, { referrer = '', signal } = {}) {
      if (!/^[0-9a-f]{32}$/.test(id)) return err('request/unknown');
      let online = await fetched(id, signal);
      let offline = false;
      if (!online.ok && (online.error.code === 'network/offline' || online.error.code === 'verifier/unavailable')) {
        const request = await remembered(id);
        if (request === undefined) return online;
        offline = true;
        online = ok({ request, status: 'open' });
      }
      if (!online.ok) return online;
      const { request, status } = online.value;
      const from = originOf(referrer);
      if (from !== undefined && from !== origin && from !== request.origin) return err('request/origin-mismatch', { origin: from });
      const expired = status === 'open' && request.expiresAt * 1000 <= http.now();
      const opened = { status: expired ? ('expired' as const) : status, offline };
      if (request.statement === 'face-match') return ok({ request, ...opened });
      const manifest = await bundles.manifest(request.bundle);
      if (!manifest.ok) return manifest;
      if (manifest.value.system !== request.system) return err('request/malformed', { what: 'bundle: of another system' });
      return ok({ request, manifest: manifest.value, ...opened });
    },

    async sendProof(id, proof) {
      const sent = await http.json({ purpose: 'proof', method: 'POST', path: `/v1/requests/${id}/proof`, body: JSON.stringify(proof) });
      if (!sent.ok) return sent;
      const shaped = acceptedSchema.safeParse(sent.value);
      return shaped.success ? ok({ code: shaped.data.code }) : strange();
    },

    async issuer() {
      const answer = await http.json({ purpose: 'issuer-list', method: 'GET', path: '/v1/issuer' });
      if (!answer.ok) return answer;
      const info = issuerSchema.safeParse(answer.value);
      return info.success ? ok(info.data) : strange();
    },

    async demo() {
      const answer = await http.json({ purpose: 'demo', method: 'GET', path: '/v1/demo' });
      if (!answer.ok) return answer;
      const shaped = z.object({ partner: webOrigin.optional() }).safeParse(answer.value);
      return shaped.success ? ok({ partner: shaped.data.partner }) : strange();
    },

    async requestCredential(applicant, holder, leafHolder) {
      const body = JSON.stringify({ applicant, holder, leafHolder });
      const answer = await http.json({ purpose: 'issuer-credential', method: 'POST', path: '/v1/issuer/credentials', body });
      if (!answer.ok) return answer;
      const shaped = z.object({ credential: z.unknown() }).safeParse(answer.value);
      return shaped.success ? parseCredential(shaped.data.credential) : strange();
    },
  };
}

/** A request of a statement or version that came after this app is told apart from a broken one. */
function readRequest(payload: unknown): Result<AnyRequest> {
  const request = parseAnyRequest(payload);
  if (request.ok) return request;
  const named = z.object({ v: z.unknown(), statement: z.unknown(), system: z.unknown() }).safeParse(payload);
  if (!named.success) return request;
  const { v, statement, system } = named.data;
  const foreign =
    v !== 1
      ? `version ${v}`
      : statement !== 'credit-score' && statement !== 'face-match'
        ? statement
        : proofSystem.safeParse(system).success
          ? undefined
          : system;
  return foreign === undefined ? request : err('request/unsupported', { what: String(foreign).slice(0, 60) });
}

function originOf(referrer: string): string | undefined {
  try {
    return referrer === '' ? undefined : new URL(referrer).origin;
  } catch {
    return undefined;
  }
}
