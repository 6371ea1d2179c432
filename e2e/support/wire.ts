import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appPort, partnerPort } from '../places.ts';

// The only way out of a browser under test: an HTTP proxy that writes down every byte of every request (of pages, workers, the service
// worker and the browser itself) and breaks connections on demand. What it did not see was not sent.

/** One request as it arrived on the wire. */
export interface Sent {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Name and value in turn, as sent. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** What to do to matching requests; the first rule that matches counts. */
export interface Rule {
  readonly match: (sent: Sent) => boolean;
  /** Ends the connection: before the server has seen the request, or when its answer is lost on the way back. */
  readonly cut?: 'before' | 'after';
  /** Ends the connection after so many bytes of the answer's body. */
  readonly truncateTo?: number;
  /** Another body for the server. */
  readonly request?: (body: Buffer) => Buffer;
  /** Another body for the browser. */
  readonly response?: (body: Buffer) => Buffer;
  /** Milliseconds before anything happens. */
  readonly delay?: number;
}

export interface Wire {
  /** `http://127.0.0.1:port`, for the browser's proxy setting. */
  readonly address: string;
  readonly sent: readonly Sent[];
  /** Hosts the browser wanted to reach that are neither the verifier nor the partner. */
  readonly strangers: readonly string[];
  /** What the content policy of any page or worker stopped, as the browser reported it. */
  readonly violations: readonly string[];
  /** Applies a rule to what comes, until the returned function is called. */
  break(rule: Rule): () => void;
  close(): Promise<void>;
}

/** Every policy gets this address to report to; the wire itself answers there. Nothing else of an answer is changed unasked. */
const REPORTS = `http://localhost:${appPort}/policy-reports`;
const KNOWN = new Set([`localhost:${appPort}`, `localhost:${partnerPort}`]);

export async function openWire(): Promise<Wire> {
  const sent: Sent[] = [];
  const strangers: string[] = [];
  const violations: string[] = [];
  const rules: Rule[] = [];
  const server = createServer((incoming, outgoing) => void exchange(incoming, outgoing));
  // CONNECT is how a browser reaches an https origin: no program under test has one.
  server.on('connect', (incoming, socket) => {
    strangers.push(incoming.url ?? '?');
    socket.destroy();
  });
  server.on('upgrade', (incoming, socket) => {
    strangers.push(`upgrade ${incoming.url}`);
    socket.destroy();
  });

  async function exchange(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming).catch(() => undefined);
    if (body === undefined) return;
    if (incoming.url === REPORTS) {
      violations.push(body.toString());
      outgoing.writeHead(204).end();
      return;
    }
    const record: Sent = { method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.rawHeaders, body };
    sent.push(record);
    const host = URL.canParse(record.url) ? new URL(record.url).host : record.url;
    if (!KNOWN.has(host)) {
      strangers.push(host);
      outgoing.writeHead(502).end();
      return;
    }
    const rule = rules.find(({ match }) => match(record));
    if (rule?.delay !== undefined) await new Promise((wake) => setTimeout(wake, rule.delay));
    if (rule?.cut === 'before') return void outgoing.destroy();
    const headers = { ...incoming.headers };
    delete headers['proxy-connection'];
    const altered = rule?.request?.(body) ?? body;
    if (rule?.request) headers['content-length'] = String(altered.length);
    if (rule?.response || rule?.truncateTo !== undefined) delete headers['accept-encoding'];
    const upstream = forward(record.url, { method: record.method, headers }, (answer) => {
      if (rule?.cut === 'after') {
        answer.resume();
        return void outgoing.destroy();
      }
      void reply(rule, answer, outgoing).catch(() => outgoing.destroy());
    });
    upstream.on('error', () => outgoing.destroy());
    upstream.end(altered);
  }

  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    strangers,
    violations,
    break(rule) {
      rules.unshift(rule);
      return () => void rules.splice(rules.indexOf(rule), 1);
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function reply(rule: Rule | undefined, answer: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const status = answer.statusCode ?? 502;
  const policy = answer.headers['content-security-policy'];
  if (policy !== undefined) answer.headers['content-security-policy'] = `${policy}; report-uri ${REPORTS}`;
  if (rule?.response !== undefined) {
    const body = rule.response(await bytesOf(answer));
    outgoing.writeHead(status, { ...answer.headers, 'content-length': String(body.length) }).end(body);
    return;
  }
  outgoing.writeHead(status, answer.headers);
  if (rule?.truncateTo === undefined) {
    answer.on('error', () => outgoing.destroy());
    answer.pipe(outgoing);
    return;
  }
  const body = await bytesOf(answer);
  outgoing.write(body.subarray(0, rule.truncateTo), () => setTimeout(() => outgoing.destroy(), 1500));
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export const path = (sent: Sent): string => new URL(sent.url).pathname;
export const isProof = (sent: Sent): boolean => sent.method === 'POST' && /^\/v1\/requests\/[^/]+\/proof$/.test(path(sent));
export const isApi = (sent: Sent): boolean => path(sent).startsWith('/v1/');
/** A download of a published file whose name ends in `ending`. */
export const isFile =
  (ending: string) =>
  (sent: Sent): boolean =>
    /^\/bundles\/[0-9a-f]{64}\/[0-9a-f]{64}\./.test(path(sent)) && path(sent).endsWith(ending);
