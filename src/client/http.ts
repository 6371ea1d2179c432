import * as z from 'zod';
import { type ErrorCode, err, isErrorCode, ok, type Result, type TacitError } from '../base/index.ts';
import type { WritableLedger } from './ledger.ts';
import type { Purpose } from './types.ts';

/** The only code of the app that calls fetch: every call is in the ledger, goes to this origin, and carries nothing unasked. */
export interface Http {
  /** A JSON answer. Errors: the verifier's own codes, network/offline, verifier/unavailable, verifier/busy, job/cancelled. */
  json(call: Call): Promise<Result<unknown>>;
  /** Plain bytes, `limit` of them at most. Errors: as json. */
  bytes(call: Pick<Call, 'purpose' | 'path' | 'signal'> & { readonly limit: number }): Promise<Result<Uint8Array<ArrayBuffer>>>;
  /** A raw answer, for downloads. Errors: network/offline, verifier/unavailable, job/cancelled. Any status is an answer. */
  raw(path: string, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Result<Response>>;
  /** Milliseconds since 1970 by the verifier's clock, as far as it was seen: a wrong device clock must not expire a request. */
  now(): number;
}

export interface Call {
  readonly purpose: Purpose;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface HttpOptions {
  readonly ledger: WritableLedger;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly isOnline: () => boolean;
}

const TIMEOUT_MS = 20_000;
/** Of one answer: what the API sends is small, and a captive portal's page is not read to its end. */
const MAX_ANSWER_BYTES = 2 * 2 ** 20;

const problemSchema = z.object({
  code: z.custom<ErrorCode>(isErrorCode),
  params: z.record(z.string().max(40), z.union([z.string().max(500), z.int()])).optional(),
});

/** Failures that may pass by themselves: what was to be sent is kept and tried again. All others are final. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'network/offline',
  'verifier/unavailable',
  'verifier/busy',
  'verifier/timeout',
  'internal/error',
]);
export const mayPass = (error: TacitError): boolean => PASSING.has(error.code);

export function createHttp({ ledger, fetch, now, isOnline }: HttpOptions): Http {
  let skew = 0;

  async function call(
    purpose: Purpose,
    path: string,
    init: RequestInit & { method: 'GET' | 'POST'; body?: string },
  ): Promise<Result<Response>> {
    ledger.record({ purpose, method: init.method, url: path, body: init.body ?? '' });
    try {
      const response = await fetch(path, {
        ...init,
        credentials: 'omit',
        cache: 'no-store',
        mode: 'same-origin',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      });
      const date = Date.parse(response.headers.get('date') ?? '');
      // Whole seconds and the way back: below two seconds nothing is known.
      if (Number.isFinite(date)) skew = Math.abs(date - now()) < 2_000 ? 0 : date - now();
      return ok(response);
    } catch (error) {
      return failed(error, init.signal ?? undefined);
    }
  }

  function failed(error: unknown, signal: AbortSignal | undefined): Result<never> {
    if (signal?.aborted === true && !isTimeout(signal.reason)) return err('job/cancelled');
    if (error instanceof TypeError || error instanceof DOMException) return err(isOnline() ? 'verifier/unavailable' : 'network/offline');
    throw error;
  }

  return {
    now: () => now() + skew,
    raw: (path, headers, signal) => call('download', path, { method: 'GET', headers, ...(signal && { signal }) }),

    async bytes({ purpose, path, limit, signal }) {
      const stop = AbortSignal.timeout(TIMEOUT_MS);
      const joined = signal === undefined ? stop : AbortSignal.any([signal, stop]);
      const response = await call(purpose, path, { method: 'GET', headers: { accept: 'application/octet-stream' }, signal: joined });
      if (!response.ok) return response;
      try {
        if (!response.value.ok) return refusal(response.value, await readJson(response.value));
        if (Number(response.value.headers.get('content-length') ?? 0) > limit) return err('verifier/unavailable');
        const read = new Uint8Array(await response.value.arrayBuffer());
        return read.length > limit ? err('verifier/unavailable') : ok(read);
      } catch (error) {
        return failed(error, joined);
      }
    },

    async json({ purpose, method, path, body, signal }) {
      const limit = AbortSignal.timeout(TIMEOUT_MS);
      const joined = signal === undefined ? limit : AbortSignal.any([signal, limit]);
      const headers: Record<string, string> = {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const response = await call(purpose, path, { method, headers, signal: joined, ...(body !== undefined && { body }) });
      if (!response.ok) return response;
      let read: unknown;
      try {
        read = await readJson(response.value);
      } catch (error) {
        return failed(error, joined);
      }
      return response.value.ok && read !== undefined ? ok(read) : refusal(response.value, read);
    },
  };
}

const isTimeout = (reason: unknown): boolean => reason instanceof DOMException && reason.name === 'TimeoutError';

/** Undefined when it is not JSON or too long. */
async function readJson(response: Response): Promise<unknown> {
  if (Number(response.headers.get('content-length') ?? 0) > MAX_ANSWER_BYTES) return undefined;
  const text = await response.text();
  if (text.length > MAX_ANSWER_BYTES) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An answer that is not what was asked for: the verifier's own problem, or whatever stands between us and it. */
function refusal(response: Response, body: unknown): Result<never> {
  const problem = problemSchema.safeParse(body);
  const code = problem.success && !response.ok ? problem.data.code : undefined;
  const waits = /^\d{1,6}$/.test(response.headers.get('retry-after') ?? '') ? Number(response.headers.get('retry-after')) : undefined;
  if (code === 'verifier/busy' || (code === undefined && response.status === 429)) return err('verifier/busy', { seconds: waits ?? 5 });
  if (code === undefined || !problem.success) return err('verifier/unavailable');
  return err(code, problem.data.params);
}
