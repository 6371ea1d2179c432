/** Paths that belong to machines: no page of the app lies there. */
export const MACHINE_PATHS = /^\/(?:v1|bundles|assets|\.well-known|healthz)(?:\/|$)/;

export const HEAVY_CACHE = 'tacit-heavy-v1';

/** Runtimes the bundler named by their hash, such as /assets/ort-wasm-simd-threaded-BxYz0123.wasm. */
export const isHeavyAsset = (path: string): boolean => /^\/assets\/[^/]+-[A-Za-z0-9_-]{8}\.wasm$/.test(path);

const stem = (url: string): string => new URL(url).pathname.replace(/-[A-Za-z0-9_-]{8}\.wasm$/, '');

/**
 * From the cache when it is there, else from the network and kept. A name carries its content's hash, so a kept file is never
 * stale; the former build of the same file is dropped. A full disk only means that it is fetched again next time.
 */
export async function keepByHash(
  request: Request,
  caches: CacheStorage,
  fetch: (request: Request) => Promise<Response>,
): Promise<Response> {
  const cache = await caches.open(HEAVY_CACHE);
  const kept = await cache.match(request.url);
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.status !== 200) return response;
  try {
    await cache.put(request.url, response.clone());
    for (const { url } of await cache.keys()) if (url !== request.url && stem(url) === stem(request.url)) await cache.delete(url);
  } catch {
    // No room.
  }
  return response;
}
