import { bytesToHex, err, ok, type Result } from '../base/index.ts';
import type { Http } from './http.ts';
import type { DownloadProgress } from './types.ts';

/** A published file of the app itself. */
export interface PublishedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** The part of the browser's cache storage that is used; absent in windows that may not store. */
export type Caches = Pick<CacheStorage, 'open'>;

const CACHE = 'tacit-face-v1';

const digest = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));

export interface FileOptions {
  readonly http: Http;
  readonly caches: Caches | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/**
 * The bytes of files, each from the browser's cache or fetched and then kept there; checked by hash either way. Errors:
 * bundle/download, bundle/missing (offline and not kept), bundle/hash-mismatch, job/cancelled.
 */
export async function loadFiles<N extends string>(
  wanted: Readonly<Record<N, PublishedFile>>,
  { http, caches, signal, onProgress }: FileOptions,
): Promise<Result<Record<N, Uint8Array<ArrayBuffer>>>> {
  const names = Object.keys(wanted) as N[];
  const total = names.reduce((sum, name) => sum + wanted[name].bytes, 0);
  const cache = await caches?.open(CACHE).catch(() => undefined);
  const got: Partial<Record<N, Uint8Array<ArrayBuffer>>> = {};
  let before = 0;
  for (const name of names) {
    const file = wanted[name];
    const bytes =
      (await kept(cache, file)) ??
      (await fetched(cache, file, name, http, signal, (present) => onProgress?.({ bytes: before + present, total }))); // prettier-ignore
    if (!(bytes instanceof Uint8Array)) return bytes;
    got[name] = bytes;
    before += file.bytes;
  }
  onProgress?.({ bytes: total, total });
  return ok(got as Record<N, Uint8Array<ArrayBuffer>>);
}

/** From the cache, whole and unchanged; what is not is dropped from it. */
async function kept(cache: Cache | undefined, { path, sha256 }: PublishedFile): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const response = await cache?.match(path);
    if (response === undefined) return undefined;
    const bytes = new Uint8Array(await response.arrayBuffer());
    if ((await digest(bytes)) === sha256) return bytes;
    await cache?.delete(path);
  } catch {
    // A cache that cannot be read is none.
  }
  return undefined;
}

async function fetched(
  cache: Cache | undefined,
  { path, sha256, bytes: length }: PublishedFile,
  name: string,
  http: Http,
  signal: AbortSignal | undefined,
  onBytes: (present: number) => void,
): Promise<Uint8Array<ArrayBuffer> | Result<never>> {
  const answer = await http.raw(path, {}, signal);
  if (!answer.ok) {
    const { code } = answer.error;
    return code === 'job/cancelled' ? answer : err(code === 'network/offline' ? 'bundle/missing' : 'bundle/download', { file: name });
  }
  const { body } = answer.value;
  if (answer.value.status !== 200 || body === null) return err('bundle/download', { file: name });
  const bytes = new Uint8Array(length);
  let at = 0;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > length) return err('bundle/hash-mismatch', { file: name });
      bytes.set(value, at);
      at += value.length;
      onBytes(at);
    }
  } catch {
    return signal?.aborted === true ? err('job/cancelled') : err('bundle/download', { file: name });
  } finally {
    reader.cancel().catch(() => undefined);
  }
  if (at < length) return err('bundle/download', { file: name });
  if ((await digest(bytes)) !== sha256) return err('bundle/hash-mismatch', { file: name });
  try {
    await cache?.put(path, new Response(bytes));
    for (const { url } of (await cache?.keys()) ?? []) if (stem(url) === stem(path) && !url.endsWith(path)) await cache?.delete(url);
  } catch {
    // No room only means that it is fetched again.
  }
  return bytes;
}

/** Of a name with its hash: other builds of the same file have it too. */
const stem = (url: string): string => url.replace(/^.*\//, '').replace(/-[\w-]{8}\.\w+$/, '');
