import { appOrigin, partnerOrigin } from '../places.ts';
import type { Sent } from './wire.ts';

// Which requests carry nothing of a person: by method, address, body and every header, so that a new place to hide something in fails.

/** What the app and the pages ask for. */
const APP_PATHS = [
  /^\/$/,
  /^\/r\/[0-9a-f]{32}$/,
  /^\/(?:face(?:\/enrol)?|index\.html|manifest\.webmanifest|service-worker\.js|wallet\/get)$/,
  /^\/(?:assets|icons)\/[\w.-]+$/,
  /^\/bundles\/(?:index\.json|[0-9a-f]{64}\/(?:manifest\.json|[0-9a-f]{64}\.\w+))$/,
  /^\/v1\/(?:demo|issuer|registries\/(?:issuer\.demo|faces\.\d+)|requests\/[0-9a-f]{32})$/,
  /^\/\.well-known\/jwks\.json$/,
];
/** A piece of a registry: all of them are asked for, and they are the same for everybody. */
const PIECE = /^\/v1\/registries\/(?:issuer\.demo|faces\.\d+)\/leaves\?from=(?:0|[1-9]\d*)&to=[1-9]\d*$/;
const PARTNER_PATHS = [/^\/$/, /^\/(?:harbour\.css|icon\.svg|poll\.js|favicon\.ico)$/];
/** Headers a browser sends by itself, and the three the app chooses: accept, content-type, range. */
const HEADERS =
  /^(?:host|(?:proxy-)?connection|pragma|cache-control|user-agent|accept(?:-language|-encoding)?|sec-(?:ch-ua|fetch|purpose)[\w-]*|content-(?:length|type)|origin|referer|upgrade-insecure-requests|if-none-match|if-modified-since|service-worker|priority|range)$/i;
/** The ones a page could write something into. */
const VALUES: Readonly<Record<string, RegExp>> = {
  accept: /^[\w*/+.,;=\- ]{1,200}$/,
  'content-type': /^(?:application\/json|application\/x-www-form-urlencoded)$/,
  range: /^bytes=\d{1,9}-$/,
  referer: new RegExp(`^(?:${appOrigin}|${partnerOrigin})/(?:service-worker\\.js|harbour\\.css|result/[0-9a-f]{32})?$`),
};

/** What is odd about the headers of a request: an unknown one, or a known one with more in it than belongs there. */
export function oddHeaders({ headers }: Sent): string[] {
  const odd: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2);
    const form = VALUES[name.toLowerCase()];
    if (!HEADERS.test(name) || (form !== undefined && !form.test(value))) odd.push(`${name}: ${value}`);
  }
  return odd;
}

/** Asks for something public and says nothing: GET, a known address without anything hung on, no body, plain headers. */
export function isPublic(sent: Sent): boolean {
  const { origin, pathname } = new URL(sent.url);
  const known = origin === appOrigin ? APP_PATHS : origin === partnerOrigin ? PARTNER_PATHS : [];
  return (
    sent.method === 'GET' &&
    (sent.url === origin + pathname || PIECE.test(sent.url.slice(origin.length))) &&
    sent.body.length === 0 &&
    (known.some((pattern) => pattern.test(pathname)) || PIECE.test(sent.url.slice(origin.length))) &&
    oddHeaders(sent).length === 0
  );
}

export const brief = ({ method, url, headers, body }: Sent): string =>
  `${method} ${url} ${body.toString('latin1').slice(0, 200)} ${headers.join(' ').slice(0, 900)}`;
