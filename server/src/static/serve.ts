// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Encoding, StaticFile } from './files.ts';

/** Files up to this size are read at once; larger ones are streamed. */
const WHOLE_BYTES = 64 * 1024;

/** Answers GET or HEAD for `file`: conditional (RFC 9110, 13), by one byte range (14) or compressed, with the right lifetime. */
export async function serveFile(request: Request, file: StaticFile): Promise<Response> {
  const range = readRange(request, file);
  const encoding = range === undefined ? chooseEncoding(request.headers.get('accept-encoding') ?? '', file) : undefined;
  const body = (encoding && file.encoded[encoding]) ?? file;
  const headers = new Headers({
    'content-type': file.type,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: body.etag,
    'accept-ranges': 'bytes',
    vary: 'accept-encoding',
  });
  if (encoding !== undefined) headers.set('content-encoding', encoding);
  if (matches(request.headers.get('if-none-match'), body.etag)) return new Response(null, { status: 304, headers });
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${file.bytes}`);
    return new Response(null, { status: 416, headers });
  }
  const [first, last] = range ?? [0, body.bytes - 1];
  if (range !== undefined) headers.set('content-range', `bytes ${first}-${last}/${file.bytes}`);
  headers.set('content-length', String(last - first + 1));
  const content = request.method === 'HEAD' ? null : await contentOf(body, first, last);
  return new Response(content, { status: range === undefined ? 200 : 206, headers });
}

/** First and last byte (inclusive) of the one range asked for; undefined: send all of it, as for anything we do not understand. */
function readRange(request: Request, file: StaticFile): readonly [number, number] | 'unsatisfiable' | undefined {
  const asked = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(request.headers.get('range') ?? '');
  if (asked === null || (asked[1] === '' && asked[2] === '')) return undefined;
  const condition = request.headers.get('if-range');
  if (condition !== null && condition !== file.etag) return undefined;
  const [from, to] = [asked[1] ?? '', asked[2] ?? ''];
  const first = from === '' ? Math.max(0, file.bytes - Number(to)) : Number(from);
  const last = from === '' || to === '' ? file.bytes - 1 : Math.min(Number(to), file.bytes - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  return first > last ? 'unsatisfiable' : [first, last];
}

function chooseEncoding(accepted: string, file: StaticFile): Encoding | undefined {
  const wanted = accepted.split(',').map((entry) => entry.trim().toLowerCase());
  const takes = (name: Encoding) =>
    wanted.some((entry) => entry === name || (entry.startsWith(`${name};`) && !/;\s*q=0(?:\.0*)?$/.test(entry)));
  return (['br', 'gzip'] as const).find((name) => file.encoded[name] !== undefined && takes(name));
}

const matches = (header: string | null, etag: string): boolean =>
  (header ?? '').split(',').some((entry) => entry.trim() === '*' || entry.trim().replace(/^W\//, '') === etag);

/** Opened before the answer begins, so that a file that is gone becomes a clean error. */
async function contentOf(file: StaticFile, first: number, last: number): Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>> {
  const handle = await open(file.path);
  if (last - first >= WHOLE_BYTES)
    return Readable.toWeb(handle.createReadStream({ start: first, end: last })) as ReadableStream<Uint8Array>;
  try {
    const bytes = new Uint8Array(last - first + 1);
    await handle.read(bytes, 0, bytes.length, first);
    return bytes;
  } finally {
    await handle.close();
  }
}
