import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { canonicalBytes, type ErrorCode, errorStatus, sha256Hex } from '../../base/index.ts';
import { type BundleManifest, bundleHash, type ProofRequest } from '../../protocol/index.ts';
import { request as sampleRequest } from '../../vault/testing/samples.ts';
import { createHttp, type Http } from '../http.ts';
import { createLedger, type WritableLedger } from '../ledger.ts';

export const ORIGIN = 'http://localhost:8787';

export type Handler = (request: Request) => Response | Promise<Response>;

/** A network of handlers by `METHOD /path`; what is not there is down. */
export interface Network {
  readonly routes: Map<string, Handler>;
  online: boolean;
  now: number;
  readonly ledger: WritableLedger;
  readonly http: Http;
  /** Every request that arrived, with its body. */
  readonly seen: { readonly url: string; readonly body: string; readonly headers: Headers }[];
}

export function network(): Network {
  const routes = new Map<string, Handler>();
  const seen: Network['seen'] = [];
  const net = { routes, seen, online: true, now: 1_800_000_100_000 } as { -readonly [K in keyof Network]: Network[K] };
  net.ledger = createLedger(() => net.now);
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const { mode: _, ...rest } = init ?? {};
    const request = new Request(new URL(String(input), ORIGIN), rest);
    const path = new URL(request.url).pathname;
    const handler = routes.get(`${request.method} ${path}`);
    if (request.signal.aborted) throw request.signal.reason;
    if (!net.online || handler === undefined) throw new TypeError('Failed to fetch');
    seen.push({ url: path, body: request.method === 'POST' ? await request.clone().text() : '', headers: request.headers });
    return handler(request);
  };
  net.http = createHttp({ ledger: net.ledger, fetch, now: () => net.now, isOnline: () => net.online });
  return net;
}

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });

export const problem = (code: ErrorCode, params: Record<string, string | number> = {}, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({ type: 'x', title: 'x', status: errorStatus(code), detail: 'x', code, params }), {
    status: errorStatus(code),
    headers: { 'content-type': 'application/problem+json', ...headers },
  });

export interface SigningVerifier {
  readonly keyId: string;
  readonly jwks: { readonly keys: readonly unknown[] };
  sign(request: unknown, header?: Record<string, unknown>): Promise<string>;
}

export async function signingVerifier(): Promise<SigningVerifier> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const keyId = await calculateJwkThumbprint(jwk);
  return {
    keyId,
    jwks: { keys: [{ ...jwk, kid: keyId, alg: 'EdDSA', use: 'sig' }] },
    sign: (request, header = {}) =>
      new CompactSign(canonicalBytes(request as never))
        .setProtectedHeader({ alg: 'EdDSA', kid: keyId, typ: 'tacit-request+jwt', ...header })
        .sign(privateKey),
  };
}

/** A bundle of made-up files; only sizes and hashes matter to the loader. */
export function bundle(files: Readonly<Record<keyof BundleManifest['artefacts'], Uint8Array<ArrayBuffer>>>) {
  const artefacts = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [
      name,
      { file: `${sha256Hex(bytes)}.bin`, sha256: sha256Hex(bytes), bytes: bytes.length },
    ]),
  ) as BundleManifest['artefacts'];
  const manifest: BundleManifest = {
    format: 'tacit-bundle',
    v: 1,
    statement: 'credit-score',
    system: 'groth16',
    keys: 'development',
    title: 'Test',
    model: '01'.repeat(32),
    schema: sha256Hex(files.schema),
    publicSignals: ['issuerX'],
    constraints: 1,
    artefacts,
  };
  return { manifest, hash: bundleHash(manifest), files };
}
export type TestBundle = ReturnType<typeof bundle>;

/** `size` bytes that differ from place to place. */
export const noise = (size: number, salt: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8) * 7 + salt * 101) & 255);

export const testBundle = (schema: Uint8Array<ArrayBuffer> = noise(50, 6)): TestBundle =>
  bundle({
    wasm: noise(1000, 1),
    zkey: noise(1_000_000, 2),
    r1cs: noise(10, 3),
    vkey: noise(500, 4),
    model: noise(60, 5),
    schema,
    preview: noise(70, 7),
    transcript: noise(80, 8),
    card: noise(90, 9),
  });

/** Serves a bundle with Range, as the verifier does. `cut`: the body ends after so many bytes, with an error. */
export function serveBundle(net: Network, { manifest, hash, files }: TestBundle, options: { cut?: number } = {}): void {
  net.routes.set('GET /bundles/index.json', () =>
    json({ format: 'tacit-bundles', v: 1, bundles: [{ statement: 'credit-score', system: 'groth16', bundle: hash }] }),
  );
  net.routes.set(`GET /bundles/${hash}/manifest.json`, () => json(manifest));
  for (const [name, artefact] of Object.entries(manifest.artefacts)) {
    const bytes = files[name as keyof typeof files];
    net.routes.set(`GET /bundles/${hash}/${artefact.file}`, (request) => {
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.get('range') ?? '')?.[1] ?? 0);
      if (from >= bytes.length) return new Response(null, { status: 416 });
      const { cut } = options;
      options.cut = undefined;
      return new Response(cut === undefined ? streamed(bytes.slice(from)) : dropped(bytes.slice(from, from + cut)), {
        status: from > 0 ? 206 : 200,
        headers: from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {},
      });
    });
  }
}

function inPieces(bytes: Uint8Array<ArrayBuffer>, end: (controller: ReadableStreamDefaultController) => void) {
  let at = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      await new Promise((turn) => setTimeout(turn));
      if (at >= bytes.length) return end(controller);
      controller.enqueue(bytes.slice(at, at + 50_000));
      at += 50_000;
    },
  });
}

/** A body that comes in pieces. */
export const streamed = (bytes: Uint8Array<ArrayBuffer>) => inPieces(bytes, (controller) => controller.close());

/** A body whose connection breaks after `bytes`. */
export const dropped = (bytes: Uint8Array<ArrayBuffer>) =>
  inPieces(bytes, (controller) => controller.error(new TypeError('network error')));

export const requestFor = (keyId: string, change: Partial<ProofRequest> = {}): ProofRequest => ({
  ...sampleRequest(),
  verifier: { url: ORIGIN, keyId },
  ...change,
});
