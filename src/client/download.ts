import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, err, ok, type Result } from '../base/index.ts';
import type { Artefact } from '../protocol/index.ts';
import type { FileStore } from '../vault/index.ts';
import type { Http } from './http.ts';

/** What is written at once: large enough for few transactions, small enough that little is lost with the connection. */
const CHUNK_BYTES = 256 * 1024;

export interface Download {
  readonly http: Http;
  readonly files: FileStore;
  /** What a person reads in an error. */
  readonly name: string;
  readonly path: string;
  readonly artefact: Artefact;
  readonly signal?: AbortSignal | undefined;
  /** Bytes present, after each piece that arrived. */
  readonly onBytes: (present: number) => void;
}

/**
 * Makes one artefact present and whole: goes on behind the kept prefix (Range), hashes as it goes, keeps what came when the
 * connection ends. Errors: bundle/download, bundle/missing (offline with nothing kept), bundle/hash-mismatch (all of it is
 * dropped), vault/quota, job/cancelled.
 */
export async function download(task: Download): Promise<Result<void>> {
  const { files, artefact, onBytes } = task;
  const state = await files.state(artefact.sha256);
  if (!state.ok) return state;
  onBytes(state.value.bytes);
  if (state.value.complete) return ok(undefined);
  let done = await goOn(task, state.value.bytes);
  if (done === 'restart') {
    // A prefix that cannot be right (damaged, or the server has another file): once more, from nothing.
    const dropped = await files.discard(artefact.sha256);
    if (!dropped.ok) return dropped;
    done = await goOn(task, 0);
  }
  return done === 'restart' ? err('bundle/download', { file: task.name }) : done;
}

async function goOn(task: Download, kept: number): Promise<Result<void> | 'restart'> {
  const { http, files, artefact, name, signal } = task;
  const hash = sha256.create();
  if (kept > 0) {
    const prefix = await files.read(artefact.sha256);
    if (!prefix.ok) return prefix;
    if (prefix.value?.length !== kept || kept > artefact.bytes) return 'restart';
    hash.update(prefix.value);
  }
  if (kept < artefact.bytes) {
    const response = await http.raw(task.path, kept > 0 ? { range: `bytes=${kept}-` } : {}, signal);
    if (!response.ok) return response.error.code === 'job/cancelled' ? response : unreached(response.error.code, kept, name);
    const { status, body, headers } = response.value;
    const from = status === 206 ? Number(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1] ?? Number.NaN) : 0;
    if (status === 416 || (response.value.ok && from !== kept)) {
      await body?.cancel();
      return kept > 0 ? 'restart' : err('bundle/download', { file: name });
    }
    if (!response.value.ok || body === null) return err('bundle/download', { file: name });
    const received = await receive(task, body, kept, (piece) => hash.update(piece));
    if (!received.ok) return received;
  }
  if (bytesToHex(hash.digest()) !== artefact.sha256) {
    if (kept > 0) return 'restart'; // the damage may lie in what was kept
    const dropped = await files.discard(artefact.sha256);
    return dropped.ok ? err('bundle/hash-mismatch', { file: name }) : dropped;
  }
  return files.complete(artefact.sha256);
}

const unreached = (code: string, kept: number, name: string) =>
  err(code === 'network/offline' && kept === 0 ? 'bundle/missing' : 'bundle/download', { file: name });

/** Writes the body behind `kept` in chunks; whatever ends it early, what arrived is kept. */
async function receive(
  { files, artefact, name, signal, onBytes }: Download,
  body: ReadableStream<Uint8Array>,
  kept: number,
  hash: (piece: Uint8Array) => unknown,
): Promise<Result<void>> {
  const reader = body.getReader();
  let stored = kept;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const flush = async (): Promise<Result<void>> => {
    if (heldBytes === 0) return ok(undefined);
    const chunk = new Uint8Array(heldBytes);
    let at = 0;
    for (const piece of held) {
      chunk.set(piece, at);
      at += piece.length;
    }
    held = [];
    heldBytes = 0;
    const written = await files.append(artefact.sha256, stored, chunk);
    if (written.ok) stored += chunk.length;
    return written;
  };
  try {
    for (;;) {
      let piece: ReadableStreamReadResult<Uint8Array>;
      try {
        piece = await reader.read();
      } catch {
        const written = await flush();
        if (!written.ok) return written;
        return signal?.aborted === true ? err('job/cancelled') : err('bundle/download', { file: name });
      }
      if (piece.done) break;
      if (stored + heldBytes + piece.value.length > artefact.bytes) {
        const dropped = await files.discard(artefact.sha256);
        return dropped.ok ? err('bundle/hash-mismatch', { file: name }) : dropped;
      }
      hash(piece.value);
      held.push(piece.value);
      heldBytes += piece.value.length;
      onBytes(stored + heldBytes);
      if (heldBytes >= CHUNK_BYTES) {
        const written = await flush();
        if (!written.ok) return written;
      }
    }
    const written = await flush();
    if (!written.ok) return written;
    // Ended early without an error: the server or something between said it was all.
    return stored === artefact.bytes ? ok(undefined) : err('bundle/download', { file: name });
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
