import { randomUUID } from 'node:crypto';
import { open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { err, ok, type Result } from '../base/index.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'its folder is not a folder',
  ENOSPC: 'no room is left',
  EDQUOT: 'no room is left',
  EFBIG: 'no room is left for a file of this size',
  EROFS: 'the disk is read-only',
};

function fileError(file: string, thrown: unknown): Result<never> {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
  return err('cli/file', { file, what: reasons[code] ?? code });
}

/**
 * Reads UTF-8 text from a file, a pipe or a device, at most `limit` bytes of it. Errors: cli/file, input/too-large, and
 * input/malformed for what is not UTF-8.
 */
export async function readTextFile(file: string, limit: number): Promise<Result<string>> {
  const bytes = await readAtMost(file, limit);
  if (!bytes.ok) return bytes;
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes.value));
  } catch {
    return err('input/malformed', { what: 'not UTF-8 text' });
  }
}

/** As {@link readTextFile}, then JSON: input/malformed for what is none. */
export async function readJsonFile(file: string, limit: number): Promise<Result<unknown>> {
  const text = await readTextFile(file, limit);
  return text.ok ? parseJson(text.value) : text;
}

export function parseJson(text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return err('input/malformed', { what: 'not JSON' });
  }
}

/** Stops at the limit instead of asking for the size, which a pipe does not have and a growing file belies. */
async function readAtMost(file: string, limit: number): Promise<Result<Uint8Array>> {
  const buffer = new Uint8Array(limit + 1);
  let length = 0;
  try {
    const handle = await open(file, 'r');
    try {
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
        length += bytesRead;
        if (bytesRead === 0) break; // the end, or no room left in the buffer
      }
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    return fileError(file, thrown);
  }
  return length > limit ? err('input/too-large', { limit: `${limit / 1024} kB` }) : ok(buffer.subarray(0, length));
}

/**
 * The file that writing to `file` would make or replace, links followed, asked before long work. Error: cli/file when its folder is
 * missing, or when a folder, a device or a pipe is in its place (taking the place of /dev/null would break the machine).
 */
export async function writable(file: string): Promise<Result<string>> {
  try {
    const target = await realpath(file).catch(async () => join(await realpath(dirname(file)), basename(file)));
    if (!(await stat(dirname(target))).isDirectory()) return err('cli/file', { file, what: 'its folder is not a folder' });
    const there = await stat(target).catch(() => undefined);
    return there === undefined || there.isFile() ? ok(target) : err('cli/file', { file, what: 'it is not a regular file' });
  } catch {
    return err('cli/file', { file, what: 'its folder does not exist' });
  }
}

/**
 * Before long work: every file to be written can be, and none takes the place of another or of an input (which may hold a secret that
 * cannot be had twice). Errors: cli/file, cli/usage.
 */
export async function apartFrom(written: readonly (string | undefined)[], read: readonly (string | undefined)[]): Promise<Result<void>> {
  const targets: string[] = [];
  for (const file of written) {
    if (file === undefined) continue;
    const target = await writable(file);
    if (!target.ok) return target;
    targets.push(target.value);
  }
  for (const file of read) {
    const target = file === undefined ? undefined : await writable(file);
    if (target?.ok) targets.push(target.value);
  }
  return new Set(targets).size === targets.length ? ok(undefined) : err('cli/usage', { what: '--out names the same file as the input' });
}

/** Writes a whole file or nothing: into a new file beside it, which then takes its place. Error: cli/file. */
export const writeWhole = (file: string, text: string, mode = 0o644): Promise<Result<void>> => writeWholeBytes(file, text, mode);

/** The same of bytes. */
export async function writeWholeBytes(file: string, content: string | Uint8Array, mode = 0o644): Promise<Result<void>> {
  const target = await writable(file);
  if (!target.ok) return target;
  const draft = join(dirname(target.value), `.${basename(target.value)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(draft, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, target.value);
    return ok(undefined);
  } catch (thrown) {
    await unlink(draft).catch(() => undefined);
    return fileError(file, thrown);
  }
}
