// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** One file that may be served, as it was at start-up. */
export interface StaticFile {
  readonly path: string;
  readonly bytes: number;
  /** Strong: from the content. */
  readonly etag: string;
  readonly type: string;
  /** Named by its content, so that it can be cached for good. */
  readonly immutable: boolean;
  /** The same content compressed beforehand, by content coding. */
  readonly encoded: Readonly<Partial<Record<Encoding, StaticFile>>>;
}
export type Encoding = 'br' | 'gzip';

export interface StaticFiles {
  /** The file at a URL path such as `/assets/index-1a2b3c4d.js`. */
  get(path: string): StaticFile | undefined;
  /** The page that routes of the app fall back to; absent when the app is not built. */
  readonly index: StaticFile | undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Vite's `name-HASH.ext` below /assets/, and a bundle's folder, which its manifest's hash names. */
const IMMUTABLE = /^\/(?:assets\/(?:.*\/)?[^/]+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+|bundles\/[0-9a-f]{64}\/[^/]+)$/;

/**
 * Lists the app and the bundles once. A request is answered from this list alone, so no path, however it is spelled, reaches another
 * file; what was built since is served after a restart. Symbolic links and dot files are left out.
 */
export function listFiles(app: string | undefined, bundles: string): StaticFiles {
  const files = new Map<string, StaticFile>();
  if (app !== undefined) add(files, app, '');
  add(files, bundles, '/bundles');
  return { get: (path) => files.get(path), index: files.get('/index.html') };
}

function add(files: Map<string, StaticFile>, root: string, prefix: string): void {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return;
  const found = new Map<string, StaticFile>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const url = `${prefix}/${relative(root, path).split(sep).join('/')}`;
    if (entry.isFile() && !/\/\./.test(url)) found.set(url, read(path, url));
  }
  for (const [url, file] of found) {
    const br = found.get(`${url}.br`);
    const gzip = found.get(`${url}.gz`);
    files.set(url, { ...file, encoded: { ...(br ? { br } : {}), ...(gzip ? { gzip } : {}) } });
  }
}

function read(path: string, url: string): StaticFile {
  const content = readFileSync(path);
  return {
    path,
    bytes: content.length,
    etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`,
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    immutable: IMMUTABLE.test(url),
    encoded: {},
  };
}
