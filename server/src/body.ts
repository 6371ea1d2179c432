// SPDX-License-Identifier: Apache-2.0
import { concatBytes, err, ok, type Result } from '../../src/base/index.ts';
import { readJson } from './json.ts';

/** Bytes and milliseconds a body may take. */
export interface BodyLimit {
  readonly bytes: number;
  readonly millis: number;
}

/** Reads a JSON body. Errors: input/media-type, input/too-large, input/malformed, verifier/timeout. */
export async function readJsonBody(request: Request, limit: BodyLimit): Promise<Result<unknown>> {
  const type = request.headers.get('content-type') ?? '';
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (!/^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i.test(type.trim()) || encoding !== 'identity') return err('input/media-type');
  const bytes = await readBody(request, limit);
  return bytes.ok ? readJson(bytes.value) : bytes;
}

/** Counts the bytes that arrive, since a Content-Length may be absent or a lie, and stops reading at the first too many. */
async function readBody(request: Request, limit: BodyLimit): Promise<Result<Uint8Array>> {
  const tooLarge = err('input/too-large', { limit: `${Math.floor(limit.bytes / 1024)} kB` });
  if (Number(request.headers.get('content-length') ?? 0) > limit.bytes) return tooLarge;
  if (request.body === null) return ok(new Uint8Array());
  const reader = request.body.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, limit.millis, 'late');
  });
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), late]);
      if (next === 'late') return err('verifier/timeout');
      if (next.done) return ok(concatBytes(...chunks));
      length += next.value.length;
      if (length > limit.bytes) return tooLarge;
      chunks.push(next.value);
    }
  } catch {
    return err('input/malformed', { what: 'the body ended early' });
  } finally {
    clearTimeout(timer);
    // Not awaited: a source that hangs must not hold the answer back.
    reader.cancel().catch(() => {});
  }
}
